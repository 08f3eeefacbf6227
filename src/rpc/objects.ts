import type { RpcHandler } from "./context.ts";
import { checkKey, statusOf } from "./parameter-values.ts";

/** TR-069 A.3.2.6. */
export const addObject: RpcHandler<"AddObject"> = async ({ objectName, parameterKey }, { parameters }) => {
  checkKey("ParameterKey", parameterKey);
  const { instance, applied } = await parameters.addObject(objectName, parameterKey);
  return { instanceNumber: instance, status: statusOf(applied) };
};

/** TR-069 A.3.2.7. The attributes of what was deleted go with it. */
export const deleteObject: RpcHandler<"DeleteObject"> = async (args, { parameters, attributes }) => {
  checkKey("ParameterKey", args.parameterKey);
  const applied = await parameters.deleteObject(args.objectName, args.parameterKey);
  await attributes.prune(parameters.layout);
  return { status: statusOf(applied) };
};
