/** Streams of things with a time, as one. */

interface Timed {
  readonly timeMs: number;
}

/**
 * Takes whichever source's next is the earliest; of two at the same time, the one of the earlier source. Holds one of each.
 * Ends all of them when it is ended itself.
 */
export async function* merged<T extends Timed>(sources: readonly AsyncGenerator<T>[]): AsyncGenerator<T> {
  const next = async (source: AsyncGenerator<T>): Promise<T | undefined> => {
    const { value, done } = await source.next();
    return done === true ? undefined : value;
  };
  try {
    const heads: { source: AsyncGenerator<T>; head: T | undefined }[] = [];
    for (const source of sources) heads.push({ source, head: await next(source) });
    while (true) {
      let earliest: (typeof heads)[number] | undefined;
      for (const candidate of heads) {
        if (candidate.head === undefined) continue;
        if (earliest?.head === undefined || candidate.head.timeMs < earliest.head.timeMs) earliest = candidate;
      }
      if (earliest?.head === undefined) return;
      yield earliest.head;
      earliest.head = await next(earliest.source);
    }
  } finally {
    for (const source of sources) await source.return(undefined);
  }
}

/** Time never runs backwards: what comes late is taken at the time of the one before it. @param onLate told of each */
export async function* inOrder<T extends Timed>(events: AsyncGenerator<T>, onLate: () => void): AsyncGenerator<T> {
  let lastMs = Number.NEGATIVE_INFINITY;
  for await (const event of events) {
    if (event.timeMs >= lastMs) {
      lastMs = event.timeMs;
      yield event;
    } else {
      onLate();
      yield { ...event, timeMs: lastMs };
    }
  }
}

/** Those before this time. */
export async function* until<T extends Timed>(endMs: number, events: AsyncGenerator<T>): AsyncGenerator<T> {
  for await (const event of events) {
    if (event.timeMs >= endMs) return;
    yield event;
  }
}

/** Those of one time together: looked at one by one, the first would be held against what the others have overtaken. */
export async function* byTime<T extends Timed>(events: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  let together: T[] = [];
  for await (const event of events) {
    if (together[0] !== undefined && event.timeMs !== together[0].timeMs) {
      yield together;
      together = [];
    }
    together.push(event);
  }
  if (together.length > 0) yield together;
}
