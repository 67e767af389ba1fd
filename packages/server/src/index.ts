/** The server's parts. For now: what targets expose is read here. */
export * from "./exposition/index.ts";
