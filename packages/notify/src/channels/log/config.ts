/** An entry of `log_configs`: the log of Haltwatch itself. It is what is used where no channel is set. */
import { z } from "zod";

export const logConfig = z.strictObject({
  send_resolved: z.boolean().default(true),
});
