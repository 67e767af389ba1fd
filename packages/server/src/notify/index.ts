/** Tells people: what the rules find, and messages about it. */
export { alertmanagerRoutes } from "./alertmanager-api.ts";
export { notifyRoutes } from "./notify-routes.ts";
export { Notifying } from "./notifying.ts";
