/** The facts of a transfer for display. Secrets in URLs are masked. */
import { maskUrls } from "../cwmp/mask.ts";
import { decodeRequest } from "../soap/decode.ts";
import type { XmlElement } from "../soap/messages.ts";
import type { RpcCall } from "./calls.ts";
import type { TransferResult } from "./events.ts";

/** File type and URL of an RPC that asks for a transfer; nothing for others. */
export function transferTarget(call: RpcCall): { readonly target?: string } {
  if (call.name !== "Download" && call.name !== "Upload" && call.name !== "ScheduleDownload") return {};
  // A link is as good as a password to its file.
  const place = call.local === undefined ? maskUrls(call.args.url) : call.local || "received here";
  return { target: `${call.args.fileType}, ${place}` };
}

/** What the CPE reports; nothing for other requests, and where it cannot be read: the report is accepted all the same. */
export function transferResult(name: string, element: XmlElement): { readonly transfer?: TransferResult } {
  try {
    if (name === "TransferComplete") {
      const { commandKey, faultStruct } = decodeRequest(name, element);
      return { transfer: resultOf(commandKey, faultStruct) };
    }
    if (name === "AutonomousTransferComplete")
      return { transfer: resultOf("", decodeRequest(name, element).faultStruct) };
  } catch {
    // As the ACSs of the world do.
  }
  return {};
}

function resultOf(
  commandKey: string,
  { faultCode, faultString }: { readonly faultCode: number; readonly faultString: string },
): TransferResult {
  return { commandKey, faultCode, faultString: maskUrls(faultString) };
}
