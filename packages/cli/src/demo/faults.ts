/** Which faults the demo's bots can be made to suffer, and which of them are on. */
import type { Fault } from "@haltwatch/packs";
import { CommandError } from "../command-error.ts";
import type { DemoBot } from "./demo-bots.ts";
import { nearNames } from "./near-names.ts";

/** A fault of one bot. */
export interface FaultPlace {
  readonly bot: DemoBot;
  readonly fault: Fault;
}

/** As `GET /api/haltwatch/demo` shows it. */
export interface ShownBot {
  readonly bot: string;
  readonly pack: string;
  readonly speed: number;
  readonly faults: readonly {
    readonly name: string;
    readonly description: string;
    readonly alerts: readonly string[];
    readonly is_on: boolean;
  }[];
}

export class Faults {
  readonly #bots: readonly DemoBot[];
  /** By bot, names of those that are on. */
  readonly #on = new Map<string, Set<string>>();

  constructor(bots: readonly DemoBot[]) {
    this.#bots = bots;
  }

  /**
   * @param wanted `bot`: a bot's name, or its pack's; not needed where only one bot knows the fault
   * @throws {CommandError} if there is none, or there are several
   */
  find({ fault, bot }: { readonly fault: string; readonly bot?: string | undefined }): FaultPlace {
    const bots = this.#bots.filter((one) => bot === undefined || one.name === bot || one.pack.name === bot);
    if (bots.length === 0) {
      const names = this.#bots.map(({ name }) => name);
      const near = nearNames(bot ?? "", names);
      const hint = near.length > 0 ? `Perhaps ${near.join(" or ")} is meant` : `There are ${names.join(", ")}`;
      throw new CommandError(`there is no bot ${JSON.stringify(bot)}`, hint);
    }
    const found = bots.flatMap((one) => {
      const known = one.pack.faults.find(({ name }) => name === fault);
      return known === undefined ? [] : [{ bot: one, fault: known }];
    });
    const [first, second] = found;
    if (first === undefined) throw noSuchFault(fault, bots);
    if (second !== undefined) {
      const names = found.map((one) => one.bot.name);
      throw new CommandError(
        `${fault} is a fault of ${names.join(", ")}`,
        `Name the bot, too: ${first.bot.name}:${fault}`,
      );
    }
    return first;
  }

  /** @returns what is on of this bot now; `undefined` if nothing has changed */
  set({ bot, fault }: FaultPlace, on: boolean): readonly string[] | undefined {
    const names = this.#on.get(bot.name) ?? new Set();
    if (names.has(fault.name) === on) return undefined;
    if (on) names.add(fault.name);
    else names.delete(fault.name);
    this.#on.set(bot.name, names);
    return [...names];
  }

  shown(speed: number): ShownBot[] {
    return this.#bots.map(({ name, pack }) => ({
      ...{ bot: name, pack: pack.name, speed },
      faults: pack.faults.map((fault) => ({
        name: fault.name,
        description: describe(fault),
        alerts: fault.alerts,
        is_on: this.#on.get(name)?.has(fault.name) ?? false,
      })),
    }));
  }
}

/** What it does, and what it needs. */
function describe({ description, afterSeconds }: Fault): string {
  return afterSeconds === undefined
    ? description
    : `${description}. Is told after ${afterSeconds / 3600} h of usual life`;
}

function noSuchFault(name: string, bots: readonly DemoBot[]): CommandError {
  const known = bots.flatMap(({ pack }) => pack.faults.map((fault) => fault.name));
  const near = nearNames(name, known);
  const hint =
    near.length > 0 ? `Perhaps ${near.join(" or ")} is meant` : `There are ${[...new Set(known)].join(", ")}`;
  return new CommandError(`there is no fault ${JSON.stringify(name)}`, hint);
}
