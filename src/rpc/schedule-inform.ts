import { CwmpFault } from "../cwmp/errors.ts";
import type { RpcHandler } from "./context.ts";
import { checkKey } from "./parameter-values.ts";

/** TR-069 A.4.1.2 (C-192): at least a second from now, as often as the ACS likes, each with a CommandKey of its own. */
export const scheduleInform: RpcHandler<"ScheduleInform"> = async ({ delaySeconds, commandKey }, context) => {
  checkKey("CommandKey", commandKey);
  if (delaySeconds < 1) throw new CwmpFault(9003, "DelaySeconds must be 1 or more");
  await context.scheduleInform(delaySeconds, commandKey);
  return {};
};
