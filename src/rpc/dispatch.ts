import { CwmpFault, messageOf } from "../cwmp/errors.ts";
import type { MessageDescription } from "../ports/acs-transport.ts";
import type { Logger } from "../ports/logger.ts";
import { decodeRequest } from "../soap/decode.ts";
import { describeResponse } from "../soap/describe.ts";
import { type EnvelopeHeader, encodeResponse } from "../soap/encode.ts";
import type { XmlElement } from "../soap/messages.ts";
import type { AbsenceListener } from "../soap/place.ts";
import { type CpeMethod, isCpeMethod, methodsOf } from "../soap/rpc-table.ts";
import type { RpcContext, RpcHandler } from "./context.ts";
import { getParameterAttributes, setParameterAttributes } from "./parameter-attributes.ts";
import { checkKey, getParameterNames, getParameterValues, setParameterValues, statusOf } from "./parameter-values.ts";
import {
  cancelTransfer,
  download,
  getAllQueuedTransfers,
  getQueuedTransfers,
  scheduleDownload,
  upload,
} from "./transfers.ts";

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

/** TR-069 A.3.2.9: the response first, then the rest of the session, then the reboot (C-188). */
const reboot: RpcHandler<"Reboot"> = async ({ commandKey }, context) => {
  checkKey("CommandKey", commandKey);
  await context.rebootAfterSession(commandKey);
  return {};
};

/** TR-069 A.4.1.6 (C-190). */
const factoryReset: RpcHandler<"FactoryReset"> = async (_args, context) => {
  await context.factoryResetAfterSession();
  return {};
};

/** TR-069 A.4.1.2 (C-192): at least a second from now, as often as the ACS likes, each with a CommandKey of its own. */
const scheduleInform: RpcHandler<"ScheduleInform"> = async ({ delaySeconds, commandKey }, context) => {
  checkKey("CommandKey", commandKey);
  if (delaySeconds < 1) throw new CwmpFault(9003, "DelaySeconds must be 1 or more");
  await context.scheduleInform(delaySeconds, commandKey);
  return {};
};

/** One handler for each method of the CPE: RPC_TABLE says which those are. */
const HANDLERS: { readonly [N in CpeMethod]: RpcHandler<N> } = {
  GetRPCMethods: async (_args, _context, version) => ({ methodList: methodsOf("CPE", version) }),
  SetParameterValues: setParameterValues,
  GetParameterValues: getParameterValues,
  GetParameterNames: getParameterNames,
  SetParameterAttributes: setParameterAttributes,
  GetParameterAttributes: getParameterAttributes,
  AddObject: addObject,
  DeleteObject: deleteObject,
  Reboot: reboot,
  FactoryReset: factoryReset,
  Download: download,
  Upload: upload,
  ScheduleDownload: scheduleDownload,
  CancelTransfer: cancelTransfer,
  GetQueuedTransfers: getQueuedTransfers,
  GetAllQueuedTransfers: getAllQueuedTransfers,
  ScheduleInform: scheduleInform,
};

/** The name of an RPC that is served in some version, or `other`: a name that is safe to count by. */
export function servedName(name: string): string {
  return Object.hasOwn(HANDLERS, name) ? name : "other";
}

/** The envelope of a response, and what it is for those who watch the wire. */
export interface RpcAnswer {
  readonly envelope: string;
  readonly describe: () => MessageDescription;
}

async function serve<N extends CpeMethod>(
  name: N,
  element: XmlElement,
  context: RpcContext,
  header: EnvelopeHeader,
  absent: AbsenceListener,
): Promise<RpcAnswer> {
  const response = await HANDLERS[name](decodeRequest(name, element, absent), context, header.version);
  return { envelope: encodeResponse(name, response, header), describe: () => describeResponse(name, response) };
}

/**
 * Answers a request of the ACS. Throws CwmpFault, and nothing else; 9000 for an RPC that the version spoken does not have.
 * `absent`: as decodeRequest.
 */
export async function dispatch(
  request: { readonly name: string; readonly element: XmlElement },
  context: RpcContext,
  header: EnvelopeHeader,
  log: Logger,
  absent: AbsenceListener,
): Promise<RpcAnswer> {
  const { name, element } = request;
  if (!isCpeMethod(name, header.version)) throw new CwmpFault(9000, name.slice(0, 64));
  try {
    const answer = await serve(name, element, context, header, absent);
    await context.settled();
    return answer;
  } catch (error) {
    if (error instanceof CwmpFault) throw error;
    log.error(
      { rpc: name, reason: messageOf(error), stack: error instanceof Error ? error.stack : undefined },
      "RPC failed",
    );
    throw new CwmpFault(9002, undefined, { cause: error });
  }
}
