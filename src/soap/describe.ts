import { messageOf } from "../cwmp/errors.ts";
import { ACS_FAULTS, CPE_FAULTS, type FaultEntry } from "../cwmp/faults.ts";
import { maskUrls } from "../cwmp/mask.ts";
import { decodeMessage } from "./envelope.ts";
import type { IncomingBody, XmlElement } from "./messages.ts";

/** What a message is, for file names and for the arrows of a ladder. */
export interface MessageDescription {
  /** The RPC or response, `Fault`, `Invalid` for what is no envelope, empty for an empty message. */
  readonly name: string;
  /**
   * Event codes, fault codes, an object's path, a file type with its masked URL, a transfer's result, a number of parameters.
   * Never a value.
   */
  readonly detail: string;
}

/** In characters. A larger message is not read a second time, only to be named. */
const MAX_READ = 128 * 1024;
const FIRST_IN_BODY = /<(?:[\w.-]{1,64}:)?Body[^<>]{0,512}>\s{0,512}<(?:[\w.-]{1,64}:)?([\w.-]{1,64})/;

/** Never throws. */
export function describeMessage(text: string): MessageDescription {
  if (text.length > MAX_READ) {
    return { name: FIRST_IN_BODY.exec(text)?.[1] ?? "Invalid", detail: `${text.length} characters` };
  }
  try {
    const envelope = decodeMessage(text);
    if (envelope === null) return { name: "", detail: "" };
    const { body } = envelope;
    return body.kind === "fault" ? { name: "Fault", detail: faultDetail(body) } : ofElement(body.element);
  } catch (error) {
    return { name: "Invalid", detail: messageOf(error) };
  }
}

function ofElement(element: XmlElement): MessageDescription {
  const { name } = element;
  if (name === "Inform") return { name, detail: eventCodes(element) };
  return { name, detail: transferDetail(element) ?? argumentsIn(element) };
}

/** Of a transfer: how it went, or what is to be fetched or brought where; null for other messages. */
function transferDetail(element: XmlElement): string | null {
  const { name } = element;
  const textOf = (child: string): string => childOf(element, child)?.text.trim() ?? "";
  const key = textOf("CommandKey") === "" ? "" : ` (${textOf("CommandKey")})`;
  if (name === "Download" || name === "Upload" || name === "ScheduleDownload")
    return `${textOf("FileType")}, ${maskUrls(textOf("URL"))}${key}`;
  if (name !== "TransferComplete" && name !== "AutonomousTransferComplete") return null;
  const struct = childOf(element, "FaultStruct");
  const part = (child: string): string => (struct && childOf(struct, child)?.text.trim()) ?? "";
  const code = Number(part("FaultCode"));
  if (code === 0) return `complete${key}`;
  const text = part("FaultString");
  // The sender's own text says what is wrong there: which host, which status.
  return `fault ${text === "" ? withText(code) : `${code} ${maskUrls(text)}`}${key}`;
}

/** The texts are the standard's: those of the sender might quote a value. */
function faultDetail({ faultCode, parameterFaults }: Extract<IncomingBody, { kind: "fault" }>): string {
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
  const [only, ...others] = parameters?.children ?? [];
  if (only === undefined) return parameters === undefined ? "" : "0 parameters";
  return others.length === 0 ? (childOf(only, "Name") ?? only).text : `${others.length + 1} parameters`;
}

function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name);
}
