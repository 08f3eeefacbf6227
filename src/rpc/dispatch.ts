import { CwmpFault, messageOf } from "../cwmp/errors.ts";
import { type CwmpVersion, isAtLeast } from "../cwmp/versions.ts";
import type { Logger } from "../ports/logger.ts";
import { decodeRequest } from "../soap/decode.ts";
import { type EnvelopeHeader, encodeResponse } from "../soap/encode.ts";
import type { RpcName, XmlElement } from "../soap/messages.ts";
import type { AbsenceListener } from "../soap/place.ts";
import type { RpcContext, RpcHandler } from "./context.ts";
import { addObject, deleteObject } from "./objects.ts";
import { getParameterAttributes, setParameterAttributes } from "./parameter-attributes.ts";
import { getParameterNames, getParameterValues, setParameterValues } from "./parameter-values.ts";
import { factoryReset, reboot } from "./restart.ts";
import { scheduleInform } from "./schedule-inform.ts";
import {
  cancelTransfer,
  download,
  getAllQueuedTransfers,
  getQueuedTransfers,
  scheduleDownload,
  upload,
} from "./transfers.ts";

/** TR-069 A.3.1.1: what this very table serves in the version that is spoken (C-122, C-050). */
const getRpcMethods: RpcHandler<"GetRPCMethods"> = async (_args, _context, version) => ({
  methodList: Object.entries(SERVED).flatMap(([name, { since }]) => (isAtLeast(version, since) ? [name] : [])),
});

interface Served {
  readonly since: CwmpVersion;
  readonly run: (
    element: XmlElement,
    context: RpcContext,
    header: EnvelopeHeader,
    absent: AbsenceListener,
  ) => Promise<string>;
}

/** Every RPC that the CPE accepts. One that is not here, or newer than the version spoken, is answered with fault 9000. */
const SERVED: Readonly<Record<string, Served>> = {
  GetRPCMethods: serve("GetRPCMethods", getRpcMethods),
  SetParameterValues: serve("SetParameterValues", setParameterValues),
  GetParameterValues: serve("GetParameterValues", getParameterValues),
  GetParameterNames: serve("GetParameterNames", getParameterNames),
  SetParameterAttributes: serve("SetParameterAttributes", setParameterAttributes),
  GetParameterAttributes: serve("GetParameterAttributes", getParameterAttributes),
  AddObject: serve("AddObject", addObject),
  DeleteObject: serve("DeleteObject", deleteObject),
  Reboot: serve("Reboot", reboot),
  FactoryReset: serve("FactoryReset", factoryReset),
  Download: serve("Download", download),
  Upload: serve("Upload", upload),
  ScheduleDownload: serve("ScheduleDownload", scheduleDownload, "1.2"),
  CancelTransfer: serve("CancelTransfer", cancelTransfer, "1.2"),
  GetQueuedTransfers: serve("GetQueuedTransfers", getQueuedTransfers),
  GetAllQueuedTransfers: serve("GetAllQueuedTransfers", getAllQueuedTransfers, "1.1"),
  ScheduleInform: serve("ScheduleInform", scheduleInform),
};

/** `since`: the version that the RPC came with. */
function serve<N extends RpcName>(name: N, handler: RpcHandler<N>, since: CwmpVersion = "1.0"): Served {
  return {
    since,
    run: async (element, context, header, absent) =>
      encodeResponse(name, await handler(decodeRequest(name, element, absent), context, header.version), header),
  };
}

/** The name of an RPC that is served in some version, or `other`: a name that is safe to count by. */
export function servedName(name: string): string {
  return Object.hasOwn(SERVED, name) ? name : "other";
}

/** Answers a request of the ACS: the envelope of its response. Throws CwmpFault, and nothing else. `absent`: as decodeRequest. */
export async function dispatch(
  request: { readonly name: string; readonly element: XmlElement },
  context: RpcContext,
  header: EnvelopeHeader,
  log: Logger,
  absent: AbsenceListener,
): Promise<string> {
  const { name, element } = request;
  const served = Object.hasOwn(SERVED, name) ? SERVED[name] : undefined;
  if (served === undefined || !isAtLeast(header.version, served.since)) throw new CwmpFault(9000, name.slice(0, 64));
  try {
    const answer = await served.run(element, context, header, absent);
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
