/**
 * What several endpoints of a chain say of it. With a quorum of 1 the first that answers is believed, and the others are there in case
 * it does not; with more, so many must say exactly the same of the same block.
 */
import type { Fault } from "../heartbeat/reading.ts";
import { type Asked, type ChainAnswers, type ChainQuestions, headOf, readChain } from "./read-chain.ts";

export interface AgreedOptions extends Omit<Asked, "endpoint" | "signal"> {
  readonly quorum: number;
  /** Of each endpoint, as long as it may take. */
  readonly deadline: () => AbortSignal;
}

/** @returns a fault if nobody answers, or too few agree */
export async function agreedAnswers(options: AgreedOptions, questions: ChainQuestions): Promise<ChainAnswers | Fault> {
  const { chain, quorum } = options;
  return quorum <= 1 ? firstAnswer(options, questions) : agreement(options, questions, chain.endpoints);
}

async function firstAnswer(options: AgreedOptions, questions: ChainQuestions): Promise<ChainAnswers | Fault> {
  let first: Fault | undefined;
  let partial: ChainAnswers | undefined;
  for (const endpoint of options.chain.endpoints) {
    const asked = { ...options, endpoint, signal: options.deadline() };
    const head = await headOf(asked);
    const answers = typeof head === "number" ? await readChain(asked, questions, head) : head;
    const fault = faultIn(answers);
    if (fault === undefined && !("kind" in answers)) return answers;
    first ??= fault;
    if (!("kind" in answers)) partial ??= answers;
  }
  // What one could not say of one wallet does not hide what it said of the others.
  return partial ?? first ?? { kind: "failed", detail: "no endpoint is configured" };
}

async function agreement(
  options: AgreedOptions,
  questions: ChainQuestions,
  endpoints: readonly URL[],
): Promise<ChainAnswers | Fault> {
  const { quorum } = options;
  const asked = endpoints.map((endpoint) => ({ ...options, endpoint, signal: options.deadline() }));
  const heads = await Promise.all(asked.map(async (one) => ({ one, head: await headOf(one) })));
  const answering = heads.flatMap(({ one, head }) => (typeof head === "number" ? [{ one, head }] : []));
  const heights = answering.map(({ head }) => head).toSorted((a, b) => b - a);
  // The newest block that a quorum can know; then older ones, so that one that lies about its height does not leave too few.
  const candidates = new Set(heights.slice(quorum - 1));
  let most = candidates.size === 0 ? answering.length : 0;
  for (const blockNumber of candidates) {
    const knowing = answering.filter(({ head }) => head >= blockNumber);
    const all = await Promise.all(knowing.map(({ one }) => readChain(one, questions, blockNumber)));
    const best = mostAgreed(all);
    if (best !== undefined && best.count >= quorum) return best.answers;
    most = Math.max(most, best?.count ?? 0);
  }
  return { kind: "failed", detail: `${most} of ${endpoints.length} endpoints agree, and ${quorum} must` };
}

interface Agreed {
  readonly answers: ChainAnswers;
  readonly count: number;
}

function mostAgreed(all: readonly (ChainAnswers | Fault)[]): Agreed | undefined {
  const counted = new Map<string, Agreed>();
  for (const answers of all) {
    if (faultIn(answers) !== undefined || "kind" in answers) continue;
    const text = textOf(answers);
    counted.set(text, { answers, count: (counted.get(text)?.count ?? 0) + 1 });
  }
  return [...counted.values()].sort((a, b) => b.count - a.count)[0];
}

/** What makes another endpoint worth asking: a fault of this one, not of what was asked for. */
function faultIn(answers: ChainAnswers | Fault): Fault | undefined {
  if ("kind" in answers) return answers;
  const faults = [...answers.balances.values(), ...answers.prices.values()].filter(
    (one): one is Fault => typeof one === "object" && "kind" in one,
  );
  return faults.find(({ kind }) => kind !== "content" && kind !== "bad-answer");
}

function textOf({ balances, prices }: ChainAnswers): string {
  return JSON.stringify([[...balances], [...prices]], (_, value: unknown) =>
    typeof value === "bigint" ? value.toString() : value,
  );
}
