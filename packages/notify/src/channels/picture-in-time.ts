/** The picture of a message, if it is there in time. */
import type { Notification } from "../alert.ts";
import type { News } from "../message/news.ts";
import type { Delivery, Picture } from "./channel.ts";

/** Largest picture that is sent, bytes: Telegram takes 10 MB, and ours have some kilobytes. */
const MAX_BYTES = 2_000_000;

export interface ComingPicture {
  /** What there is by the deadline. */
  readonly inTime: Promise<Picture | undefined>;
  /** What there is some time later: text has gone ahead of it. */
  readonly late: () => Promise<Picture | undefined>;
}

/** How much longer than the deadline a picture may take to be sent after its text. */
const LATE_FACTOR = 20;

/** Never throws: a message without its picture is better than none. */
export function comingPicture(news: News, delivery: Delivery): ComingPicture | undefined {
  if (news.kind !== "group" || delivery.pictureOf === undefined) return undefined;
  const picture = drawn(news.notification, delivery.pictureOf);
  const { pictureDeadlineMs } = delivery;
  return {
    inTime: within(picture, pictureDeadlineMs, delivery),
    late: () => within(picture, pictureDeadlineMs * LATE_FACTOR, delivery),
  };
}

async function drawn(
  notification: Notification,
  pictureOf: (notification: Notification) => Promise<Picture | undefined>,
): Promise<Picture | undefined> {
  try {
    const picture = await pictureOf(notification);
    return picture === undefined || picture.png.byteLength > MAX_BYTES ? undefined : picture;
  } catch {
    return undefined;
  }
}

function within<T>(coming: Promise<T>, ms: number, { clock }: Delivery): Promise<T | undefined> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, () => resolve(undefined));
    void coming.then((value) => {
      cancel();
      resolve(value);
    });
  });
}
