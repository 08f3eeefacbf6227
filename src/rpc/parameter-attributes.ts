import type { RpcHandler } from "./context.ts";
import { checkCount, distinctRefs, maxEntries } from "./parameter-values.ts";

/** TR-069 A.3.2.4. Entries are applied in list order, all or none (C-151 to C-161). */
export const setParameterAttributes: RpcHandler<"SetParameterAttributes"> = async (
  { parameterList },
  { parameters, attributes },
) => {
  checkCount("ParameterList", parameterList.length, maxEntries(parameters));
  const requests = parameterList.map((entry) => ({
    path: entry.name,
    notification: entry.notificationChange ? entry.notification : null,
    accessList: entry.accessListChange ? entry.accessList : null,
  }));
  await attributes.set(requests, parameters.layout);
  return {};
};

/** TR-069 A.3.2.5. One entry per parameter, never per object (C-162). */
export const getParameterAttributes: RpcHandler<"GetParameterAttributes"> = async (
  { parameterNames },
  { parameters, attributes },
) => ({
  parameterList: distinctRefs(parameters, parameterNames).map((ref) => ({ name: ref.path, ...attributes.get(ref) })),
});
