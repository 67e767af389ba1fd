/**
 * A real EVM node in this process, behind JSON-RPC over HTTP on loopback: EDR, what Hardhat runs on. Tests can make it stand still, die,
 * lie and refuse, and see what it was asked.
 */
import "./evm-binding.ts";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  ContractDecoder,
  EdrContext,
  L1_CHAIN_TYPE,
  l1GenesisState,
  l1HardforkToString,
  l1ProviderFactory,
  MineOrdering,
  type Provider,
  type SpecId,
} from "@nomicfoundation/edr";

/** Of Hardhat's first account, which is known to everybody. */
const SECRET_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/** Address of that account. */
export const OWNER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

/** How a node misbehaves. */
export type NodeFault =
  | "none"
  | "hangs"
  | "rate-limited"
  | "status-503"
  | "no-json"
  | "other-id"
  | "endless"
  | "redirects"
  /** It knows its head, and can execute nothing, as one that has lost its state. */
  | "no-calls";

let context: Promise<EdrContext> | undefined;

/** One for all: EDR wants no second one in a process. */
function edrContext(): Promise<EdrContext> {
  context ??= (async () => {
    const made = new EdrContext();
    await made.registerProviderFactory(L1_CHAIN_TYPE, l1ProviderFactory());
    return made;
  })();
  return context;
}

export class EvmNode implements AsyncDisposable {
  readonly #provider: Provider;
  readonly #server: Server;
  readonly #port: number;
  #id = 0;
  fault: NodeFault = "none";
  /** Methods that it was asked for over HTTP, in order. */
  readonly asked: string[] = [];

  private constructor(provider: Provider, server: Server) {
    this.#provider = provider;
    this.#server = server;
    // A server that listens on a port.
    this.#port = (server.address() as AddressInfo).port;
  }

  /** @param genesisMs Unix milliseconds of its first block */
  static async start(chainId: number, genesisMs = Date.now()): Promise<EvmNode> {
    const provider = await (await edrContext()).createProvider(
      L1_CHAIN_TYPE,
      {
        allowBlocksWithSameTimestamp: false,
        allowUnlimitedContractSize: false,
        bailOnCallFailure: true,
        bailOnTransactionFailure: true,
        chainId: BigInt(chainId),
        networkId: BigInt(chainId),
        coinbase: Buffer.alloc(20, 1),
        defaultTransactionGasLimit: 16_000_000n,
        // Of the enum that the package declares as const: at run time there are only numbers.
        genesisState: l1GenesisState(CANCUN),
        hardfork: l1HardforkToString(CANCUN),
        initialBaseFeePerGas: 1_000_000_000n,
        initialParentBeaconBlockRoot: Buffer.alloc(32),
        minGasPrice: 0n,
        mining: { autoMine: true, blockGasLimit: 30_000_000n, memPool: { order: MineOrdering.Priority } },
        network: { genesisBlockGasLimit: 30_000_000n, genesisBlockTime: BigInt(Math.floor(genesisMs / 1000)) },
        observability: {},
        ownedAccounts: [SECRET_KEY],
        precompileOverrides: [],
      },
      { enable: false, decodeConsoleLogInputsCallback: () => [], printLineCallback: () => undefined },
      { subscriptionCallback: () => undefined },
      new ContractDecoder(),
    );
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const node = new EvmNode(provider, server);
    server.on("request", (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks).toString("utf8");
        void node.#answer(body).then((answer) => {
          if (answer === undefined) return; // hangs until it is cut off
          response.writeHead(answer.status, answer.headers);
          if (answer.endless === undefined) response.end(answer.body);
          else pour(response, answer.endless);
        });
      });
    });
    await node.ask("hardhat_setBalance", [OWNER, "0x3635c9adc5dea00000"]);
    return node;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.#port}/`);
  }

  /** Past HTTP, and not in {@link asked}: what a test does to the chain. @throws what the node answers as an error */
  async ask(method: string, params: readonly unknown[] = []): Promise<unknown> {
    const { data } = await this.#provider.handleRequest(
      JSON.stringify({ jsonrpc: "2.0", id: ++this.#id, method, params }),
    );
    const answer: { result?: unknown; error?: { message: string } } =
      typeof data === "string" ? JSON.parse(data) : data;
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result;
  }

  /** Sends a transaction of the owner's, and gives the address of the contract that it made, if it made one. */
  async transact(transaction: {
    readonly to?: string;
    readonly data?: string;
    readonly value?: string;
  }): Promise<string> {
    const hash = await this.ask("eth_sendTransaction", [{ from: OWNER, ...transaction }]);
    const receipt = await this.ask("eth_getTransactionReceipt", [hash]);
    const address: unknown = Reflect.get(receipt as object, "contractAddress"); // it is mined at once
    return typeof address === "string" ? address : "";
  }

  /** One block, at this time. */
  async mineAt(timeMs: number): Promise<void> {
    await this.ask("evm_mine", [Math.floor(timeMs / 1000)]);
  }

  /** The process is gone: nothing listens any more. */
  async die(): Promise<void> {
    this.#server.closeAllConnections();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, "close");
  }

  /** It listens again, on the same port. */
  async revive(): Promise<void> {
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.die();
  }

  async #answer(body: string): Promise<Answer | undefined> {
    const request: { id: number; method: string } = JSON.parse(body);
    this.asked.push(request.method);
    const json = { "Content-Type": "application/json" };
    switch (this.fault) {
      case "hangs":
        return undefined;
      case "rate-limited":
        return { status: 429, headers: json, body: "{}" };
      case "status-503":
        return { status: 503, headers: {}, body: "no backend" };
      case "no-json":
        return { status: 200, headers: json, body: "<html>" };
      case "other-id":
        return {
          status: 200,
          headers: json,
          body: JSON.stringify({ jsonrpc: "2.0", id: request.id + 1, result: "0x1" }),
        };
      case "endless":
        return { status: 200, headers: json, body: "", endless: " ".repeat(65_536) };
      case "redirects":
        return { status: 302, headers: { Location: this.url.href }, body: "" };
      case "no-calls": {
        if (request.method !== "eth_call") return this.#honest(request.id, body);
        const error = { code: -32_000, message: "missing trie node" };
        return { status: 200, headers: json, body: JSON.stringify({ jsonrpc: "2.0", id: request.id, error }) };
      }
      case "none":
        return this.#honest(request.id, body);
      default:
        return this.fault satisfies never;
    }
  }

  async #honest(id: number, body: string): Promise<Answer> {
    const { data } = await this.#provider.handleRequest(body);
    const answer: object = typeof data === "string" ? JSON.parse(data) : data;
    // EDR leaves the envelope to whoever has the connection.
    const text = JSON.stringify({ jsonrpc: "2.0", id, ...answer });
    return { status: 200, headers: { "Content-Type": "application/json" }, body: text };
  }
}

/** Written as a number: the package declares the enum, and exports it in a way that modules do not see. */
const CANCUN: SpecId = 17;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly endless?: string;
}

function pour(response: import("node:http").ServerResponse, piece: string): void {
  const more = (): void => {
    while (!response.destroyed && response.write(piece));
  };
  response.on("drain", more);
  response.on("error", () => undefined);
  more();
}
