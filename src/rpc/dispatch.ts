import { CwmpFault, messageOf } from "../cwmp/errors.ts";
import type { Logger } from "../ports/logger.ts";
import { decodeRequest } from "../soap/decode.ts";
import { type EnvelopeHeader, encodeResponse } from "../soap/encode.ts";
import type { RpcName, XmlElement } from "../soap/messages.ts";
import type { RpcContext, RpcHandler } from "./context.ts";
import { addObject, deleteObject } from "./objects.ts";
import { getParameterAttributes, setParameterAttributes } from "./parameter-attributes.ts";
import { getParameterNames, getParameterValues, setParameterValues } from "./parameter-values.ts";
import { factoryReset, reboot } from "./restart.ts";

/** TR-069 A.3.1.1: what this very table serves (C-122). */
const getRpcMethods: RpcHandler<"GetRPCMethods"> = async () => ({ methodList: Object.keys(SERVED) });

/** Every RPC that the CPE accepts. One that is not here is answered with fault 9000. */
const SERVED = {
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
} as const;

type Served = (element: XmlElement, context: RpcContext, header: EnvelopeHeader) => Promise<string>;

function serve<N extends RpcName>(name: N, handler: RpcHandler<N>): Served {
  return async (element, context, header) =>
    encodeResponse(name, await handler(decodeRequest(name, element), context), header);
}

/** Answers a request of the ACS: the envelope of its response. Throws CwmpFault, and nothing else. */
export async function dispatch(
  request: { readonly name: string; readonly element: XmlElement },
  context: RpcContext,
  header: EnvelopeHeader,
  log: Logger,
): Promise<string> {
  const { name, element } = request;
  if (!Object.hasOwn(SERVED, name)) throw new CwmpFault(9000, name.slice(0, 64));
  try {
    return await SERVED[name as keyof typeof SERVED](element, context, header);
  } catch (error) {
    if (error instanceof CwmpFault) throw error;
    log.error(
      { rpc: name, reason: messageOf(error), stack: error instanceof Error ? error.stack : undefined },
      "RPC failed",
    );
    throw new CwmpFault(9002, undefined, { cause: error });
  }
}
