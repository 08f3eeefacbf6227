import type { RpcHandler } from "./context.ts";
import { checkKey } from "./parameter-values.ts";

/** TR-069 A.3.2.9: the response first, then the rest of the session, then the reboot (C-188). */
export const reboot: RpcHandler<"Reboot"> = async ({ commandKey }, context) => {
  checkKey("CommandKey", commandKey);
  await context.rebootAfterSession(commandKey);
  return {};
};

/** TR-069 A.4.1.6 (C-190). */
export const factoryReset: RpcHandler<"FactoryReset"> = async (_args, context) => {
  await context.factoryResetAfterSession();
  return {};
};
