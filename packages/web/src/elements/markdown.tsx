/**
 * Runbooks as elements: headings, paragraphs, lists, code, tables, bold, links. Made of nodes, never of HTML: what a text holds
 * cannot become more than text. What is not known stays as it was written.
 */

import type { ComponentChildren, JSX } from "preact";
import { Snippet } from "./snippet.tsx";

export interface MarkdownProps {
  readonly text: string;
  /** Level of the text's first heading on the page. */
  readonly headingLevel?: 3 | 4;
}

/** Longer texts are cut: no runbook's section is. */
const MAX_LENGTH = 100_000;

export function Markdown({ text, headingLevel = 3 }: MarkdownProps): JSX.Element {
  const blocks = blocksOf(text.slice(0, MAX_LENGTH).split(/\r?\n/));
  return <div class="hw-markdown">{blocks.map((block, index) => drawn(block, headingLevel, index))}</div>;
}

type Block =
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "list"; readonly isOrdered: boolean; readonly items: readonly string[] }
  | { readonly kind: "table"; readonly rows: readonly (readonly string[])[] };

const ITEM = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;

function blocksOf(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  const line = (): string => lines[at] ?? "";
  while (at < lines.length) {
    if (line().trim() === "") at += 1;
    else if (/^\s*```/.test(line())) blocks.push(codeBlock());
    else if (/^#{1,6}\s/.test(line())) {
      blocks.push({ kind: "heading", text: line().replace(/^#+\s*/, "") });
      at += 1;
    } else if (ITEM.test(line())) blocks.push(listBlock());
    else if (/^\s*\|/.test(line())) blocks.push(tableBlock());
    else blocks.push(paragraph());
  }
  return blocks;

  function codeBlock(): Block {
    at += 1;
    const code: string[] = [];
    while (at < lines.length && !/^\s*```/.test(line())) {
      code.push(line());
      at += 1;
    }
    at += 1;
    return { kind: "code", text: code.join("\n") };
  }

  function listBlock(): Block {
    const items: string[] = [];
    const isOrdered = ITEM.exec(line())?.[1] !== undefined;
    while (at < lines.length && line().trim() !== "") {
      const item = ITEM.exec(line())?.[2];
      if (item === undefined) items.push(`${items.pop() ?? ""} ${line().trim()}`);
      else items.push(item);
      at += 1;
    }
    return { kind: "list", isOrdered, items };
  }

  function tableBlock(): Block {
    const rows: string[][] = [];
    while (at < lines.length && /^\s*\|/.test(line())) {
      const cells = line()
        .trim()
        .replace(/^\||\|$/g, "")
        .split("|")
        .map((cell) => cell.trim());
      if (!cells.every((cell) => /^:?-+:?$/.test(cell))) rows.push(cells);
      at += 1;
    }
    return { kind: "table", rows };
  }

  function paragraph(): Block {
    const text: string[] = [];
    while (
      at < lines.length &&
      line().trim() !== "" &&
      !/^\s*(?:```|#{1,6}\s|\|)/.test(line()) &&
      !(text.length > 0 && ITEM.test(line()))
    ) {
      text.push(line().trim());
      at += 1;
    }
    // A line that begins like a block and is none.
    if (text.length === 0) text.push(lines[at++] ?? "");
    return { kind: "paragraph", text: text.join(" ") };
  }
}

function drawn(block: Block, level: 3 | 4, key: number): JSX.Element {
  switch (block.kind) {
    case "heading":
      return level === 3 ? <h3 key={key}>{inline(block.text)}</h3> : <h4 key={key}>{inline(block.text)}</h4>;
    case "paragraph":
      return <p key={key}>{inline(block.text)}</p>;
    case "code":
      return <Snippet key={key}>{block.text}</Snippet>;
    case "list": {
      const items = block.items.map((item, index) => <li key={index}>{inline(item)}</li>);
      return block.isOrdered ? <ol key={key}>{items}</ol> : <ul key={key}>{items}</ul>;
    }
    case "table": {
      const [head = [], ...rows] = block.rows;
      return (
        <table key={key}>
          <thead>
            <tr>
              {head.map((cell, index) => (
                <th key={index}>{inline(cell)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((cells, row) => (
              <tr key={row}>
                {cells.map((cell, index) => (
                  <td key={index}>{inline(cell)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      );
    }
    default:
      return block satisfies never;
  }
}

/** Code first: nothing in it means anything. Each has a limit, so that what is never closed is not sought to the end each time. */
const INLINE = /`([^`]{1,1000})`|\*\*([^*]{1,1000})\*\*|\[([^\]]{1,300})\]\(([^)\s]{1,2000})\)/g;

function inline(text: string): ComponentChildren[] {
  const parts: ComponentChildren[] = [];
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    if (found.index > at) parts.push(text.slice(at, found.index));
    const [whole, code, bold, label, address] = found;
    if (code !== undefined) parts.push(<code>{code}</code>);
    else if (bold !== undefined) parts.push(<strong>{inline(bold)}</strong>);
    // Links within a repository lead nowhere from here.
    else if (label !== undefined && address !== undefined && /^https?:\/\//.test(address)) {
      parts.push(
        <a href={address} rel="noopener noreferrer" target="_blank">
          {label}
        </a>,
      );
    } else parts.push(label ?? whole);
    at = found.index + whole.length;
  }
  parts.push(text.slice(at));
  return parts;
}
