/** Secrets on their way into one request, and out of whatever is said about it. */
import type { Delivery } from "./channel.ts";

/** A text that is shorter would be found everywhere. */
const MIN_LENGTH = 4;

/** Takes a request's secrets, and remembers them for as long as it is made. */
export class Secrets {
  readonly #delivery: Pick<Delivery, "secret">;
  readonly #values: string[] = [];

  constructor(delivery: Pick<Delivery, "secret">) {
    this.#delivery = delivery;
  }

  /** @throws {SecretError} without the secret, or what is known of it */
  async get(reference: string): Promise<string> {
    let value: string;
    try {
      value = (await this.#delivery.secret(reference)).trim();
    } catch (error) {
      throw new SecretError(`${reference} cannot be read: ${error instanceof Error ? error.message : "unknown cause"}`);
    }
    if (value === "") throw new SecretError(`${reference} is empty`);
    this.#values.push(value, encodeURIComponent(value));
    return value;
  }

  /** The text without any of them. */
  removedFrom(text: string): string {
    let clean = text;
    for (const value of this.#values) if (value.length >= MIN_LENGTH) clean = clean.replaceAll(value, "[secret]");
    return clean;
  }
}

/** A secret is not where it is said to be. */
export class SecretError extends Error {
  override readonly name = "SecretError";
}
