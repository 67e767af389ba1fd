/** Haltwatch's own pages: how things are, its metrics, and reading the configuration again. */
import type { Registry } from "@haltwatch/bot";
import type { Route } from "./api/index.ts";
import { type HomePageView, homePage } from "./home-page.ts";

export interface OwnRouteOptions {
  /** Whose metrics `/metrics` shows; no metric is in two of them. */
  readonly registries: readonly [Registry, ...Registry[]];
  readonly reload: () => Promise<void>;
}

/** How things are in plain words, where the page is not built. */
export function plainPageRoute(page: () => HomePageView): Route {
  return {
    methods: ["GET"],
    path: "/",
    access: "read",
    handle: () => {
      const { html, headers } = homePage(page());
      return { kind: "text", status: 200, text: html, headers };
    },
  };
}

export function ownRoutes({ registries, reload }: OwnRouteOptions): Route[] {
  return [
    {
      methods: ["GET"],
      path: "/metrics",
      access: "read",
      handle: async () => ({
        kind: "text",
        status: 200,
        text: (await Promise.all(registries.map((registry) => registry.metrics()))).join(""),
        headers: { "Content-Type": registries[0].contentType },
      }),
    },
    {
      methods: ["POST", "PUT"],
      path: "/-/reload",
      access: "control",
      handle: async () => {
        await reload();
        return { kind: "text", status: 200, text: "" };
      },
    },
  ];
}
