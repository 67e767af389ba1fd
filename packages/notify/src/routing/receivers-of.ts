/** Who would be told of an alert, without one: for checking a configuration. */
import type { Labels } from "@haltwatch/store/labels";
import type { Route } from "./route.ts";

/**
 * The receivers of an alert of these labels, in the order of their routes, as `amtool config routes test` prints them: two
 * routes to the same receiver name it twice.
 *
 * @example receiversOf(config.route, Labels.from({ alertname: "OrdersFail", severity: "critical" })); // ["phone", "chat"]
 */
export function receiversOf(route: Route, labels: Labels): string[] {
  return route.match(labels).map(({ options }) => options.receiver);
}
