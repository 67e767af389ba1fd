/** Contracts that the tests deploy, compiled when they are wanted: a token, an uptime feed, a price feed, and Multicall3's read part. */
import solc from "solc";
import type { EvmNode } from "./evm-node.ts";

const SOURCE = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

contract Token {
  uint8 public immutable decimals;
  mapping(address => uint256) public balanceOf;
  constructor(uint8 d) { decimals = d; }
  function mint(address to, uint256 amount) external { balanceOf[to] += amount; }
  function transfer(address to, uint256 amount) external returns (bool) {
    balanceOf[msg.sender] -= amount;
    balanceOf[to] += amount;
    return true;
  }
  function burn(address from, uint256 amount) external { balanceOf[from] -= amount; }
}

contract Feed {
  int256 answer;
  uint256 startedAt;
  uint256 updatedAt;
  uint80 round;
  uint8 public constant decimals = 8;
  function set(int256 a, uint256 started, uint256 updated) external {
    answer = a;
    startedAt = started;
    updatedAt = updated;
    round++;
  }
  function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
    return (round, answer, startedAt, updatedAt, round);
  }
}

contract Multicall {
  struct Call3 { address target; bool allowFailure; bytes callData; }
  struct Result { bool success; bytes returnData; }
  function aggregate3(Call3[] calldata calls) external payable returns (Result[] memory results) {
    results = new Result[](calls.length);
    for (uint256 i = 0; i < calls.length; i++) {
      (bool ok, bytes memory data) = calls[i].target.call(calls[i].callData);
      require(ok || calls[i].allowFailure, "call failed");
      results[i] = Result(ok, data);
    }
  }
  function getEthBalance(address who) external view returns (uint256) { return who.balance; }
}
`;

export type ContractName = "Token" | "Feed" | "Multicall";

interface Compiled {
  readonly contracts: Record<
    string,
    Record<string, { readonly evm: { readonly bytecode: { readonly object: string } } }>
  >;
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
}

let compiled: Compiled | undefined;

function bytecode(name: ContractName): string {
  if (compiled === undefined) {
    const settings = { evmVersion: "cancun", outputSelection: { "*": { "*": ["evm.bytecode.object"] } } };
    const input = { language: "Solidity", sources: { "all.sol": { content: SOURCE } }, settings };
    compiled = JSON.parse(solc.compile(JSON.stringify(input))) as Compiled; // solc's documented output
    const fault = compiled.errors?.find(({ severity }) => severity === "error");
    if (fault !== undefined) throw new Error(fault.formattedMessage);
  }
  const found = compiled.contracts["all.sol"]?.[name]?.evm.bytecode.object;
  if (found === undefined) throw new Error(`there is no contract ${name}`);
  return `0x${found}`;
}

/** @returns its address */
export function deploy(node: EvmNode, name: ContractName, ...words: readonly (bigint | number)[]): Promise<string> {
  return node.transact({ data: `${bytecode(name)}${encoded(words)}` });
}

/** Code as it is deployed at an address of the test's choice. */
export async function deployAt(node: EvmNode, address: string, name: ContractName): Promise<void> {
  const made = await deploy(node, name);
  await node.ask("hardhat_setCode", [address, await node.ask("eth_getCode", [made, "latest"])]);
}

const SELECTORS = {
  /** `set(int256,uint256,uint256)` */
  set: "c5d227fb",
  /** `mint(address,uint256)` */
  mint: "40c10f19",
  /** `burn(address,uint256)` */
  burn: "9dc29fac",
} as const;

/** Calls a contract with words: numbers, and addresses as numbers. */
export async function send(
  node: EvmNode,
  to: string,
  name: keyof typeof SELECTORS,
  ...words: readonly (bigint | number)[]
): Promise<void> {
  await node.transact({ to, data: `0x${SELECTORS[name]}${encoded(words)}` });
}

function encoded(words: readonly (bigint | number)[]): string {
  return words.map((word) => BigInt.asUintN(256, BigInt(word)).toString(16).padStart(64, "0")).join("");
}
