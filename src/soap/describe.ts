import { messageOf } from "../cwmp/errors.ts";
import { ACS_FAULTS, CPE_FAULTS, type FaultEntry } from "../cwmp/faults.ts";
import { maskUrls } from "../cwmp/mask.ts";
import type { MessageDescription } from "../ports/acs-transport.ts";
import { decodeMessage } from "./envelope.ts";
import type { IncomingEnvelope, XmlElement } from "./messages.ts";
import type { RequestOf, ResponseOf, RpcName } from "./rpc-table.ts";

/** Of a fault, whichever side sends it. */
interface FaultCodes {
  readonly faultCode: number;
  readonly parameterFaults: readonly { readonly parameterName: string; readonly faultCode: number }[];
}

/** In characters. A larger message is not read only to be named. */
const MAX_READ = 128 * 1024;
const NOTHING_SAID: MessageDescription = { name: "", detail: "" };
const FIRST_IN_BODY = /<(?:[\w.-]{1,64}:)?Body[^<>]{0,512}>\s{0,512}<(?:[\w.-]{1,64}:)?([\w.-]{1,64})/;

/** Describes a message that was not decoded. Never throws. */
export function describeMessage(text: string): MessageDescription {
  if (text.length > MAX_READ) {
    return { name: FIRST_IN_BODY.exec(text)?.[1] ?? "Invalid", detail: `${text.length} characters` };
  }
  try {
    return describeEnvelope(decodeMessage(text));
  } catch (error) {
    return { name: "Invalid", detail: messageOf(error) };
  }
}

/** @param envelope null: an empty message. */
export function describeEnvelope(envelope: IncomingEnvelope | null): MessageDescription {
  if (envelope === null) return NOTHING_SAID;
  const { body } = envelope;
  return body.kind === "fault" ? { name: "Fault", detail: faultDetail(body) } : ofElement(body.element);
}

/** The arguments that appear in the description of a message. */
interface ShownArguments {
  readonly event?: readonly { readonly eventCode: string }[];
  readonly faultStruct?: { readonly faultCode: number; readonly faultString: string };
  readonly commandKey?: string;
  readonly fileType?: string;
  readonly parameterList?: readonly { readonly name: string }[];
}

/** Of a request that the CPE makes. */
export function describeRequest<N extends RpcName>(name: N, args: RequestOf<N>): MessageDescription {
  const { event, faultStruct, commandKey = "", fileType = "" }: ShownArguments = args;
  if (event !== undefined) return { name, detail: event.map(({ eventCode }) => eventCode).join(", ") };
  if (faultStruct === undefined) return { name, detail: fileType };
  return { name, detail: transferResult(faultStruct.faultCode, faultStruct.faultString, commandKey) };
}

/** Of the CPE's answer to a request. */
export function describeResponse<N extends RpcName>(name: N, args: ResponseOf<N>): MessageDescription {
  const { parameterList }: ShownArguments = args;
  return { name: `${name}Response`, detail: parameterList === undefined ? "" : listDetail(parameterList) };
}

/** Of a fault that the CPE answers with. */
export function describeFault(fault: FaultCodes): MessageDescription {
  return { name: "Fault", detail: faultDetail(fault) };
}

function ofElement(element: XmlElement): MessageDescription {
  const { name } = element;
  if (name === "Inform") return { name, detail: eventCodes(element) };
  return { name, detail: maskUrls(transferDetail(element) ?? argumentsIn(element)) };
}

/** Of a transfer: how it went, or what is to be fetched or brought where; null for other messages. */
function transferDetail(element: XmlElement): string | null {
  const { name } = element;
  const textOf = (child: string): string => childOf(element, child)?.text.trim() ?? "";
  if (name === "Download" || name === "Upload" || name === "ScheduleDownload") {
    const key = textOf("CommandKey") === "" ? "" : ` (${textOf("CommandKey")})`;
    return `${textOf("FileType")}, ${textOf("URL")}${key}`;
  }
  if (name !== "TransferComplete" && name !== "AutonomousTransferComplete") return null;
  const struct = childOf(element, "FaultStruct");
  const part = (child: string): string => (struct && childOf(struct, child)?.text.trim()) ?? "";
  return transferResult(Number(part("FaultCode")), part("FaultString"), textOf("CommandKey"));
}

/** The sender's own text says what is wrong there: which host, which status. */
function transferResult(faultCode: number, faultString: string, commandKey: string): string {
  const key = commandKey === "" ? "" : ` (${commandKey})`;
  const fault = faultString === "" ? withText(faultCode) : `${faultCode} ${faultString}`;
  return maskUrls(faultCode === 0 ? `complete${key}` : `fault ${fault}${key}`);
}

/** The texts are the standard's: those of the sender might quote a value. */
function faultDetail({ faultCode, parameterFaults }: FaultCodes): string {
  const parameters = parameterFaults.map((fault) => `${fault.parameterName} ${withText(fault.faultCode)}`);
  return [withText(faultCode), ...parameters].join(", ");
}

/** `9007 Invalid parameter value`; the code alone where the standard has no such fault. */
function withText(faultCode: number): string {
  const texts: Readonly<Record<number, string | FaultEntry>> = { ...ACS_FAULTS, ...CPE_FAULTS };
  const entry = texts[faultCode] ?? "";
  return `${faultCode} ${typeof entry === "string" ? entry : entry.text}`.trim();
}

function eventCodes(inform: XmlElement): string {
  const events = childOf(inform, "Event")?.children ?? [];
  return events.map((event) => childOf(event, "EventCode")?.text.trim() ?? "").join(", ");
}

function argumentsIn(element: XmlElement): string {
  const path = childOf(element, "ParameterPath") ?? childOf(element, "ObjectName") ?? childOf(element, "FileType");
  if (path !== undefined) return path.text;
  const parameters = childOf(element, "ParameterList") ?? childOf(element, "ParameterNames");
  if (parameters === undefined) return "";
  return listDetail(parameters.children.map((one) => ({ name: (childOf(one, "Name") ?? one).text })));
}

function listDetail(parameters: readonly { readonly name: string }[]): string {
  const [first] = parameters;
  return first !== undefined && parameters.length === 1 ? first.name : `${parameters.length} parameters`;
}

function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name);
}
