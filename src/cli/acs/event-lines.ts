import type { AcsEvent } from "../../acs/events.ts";
import { printableAll } from "../../system/printable.ts";
import type { Paint } from "../paint.ts";
import { faultLines, outcomeSummary } from "./outcome-lines.ts";
import type { PnpEvent } from "./pnp.ts";

/** An event as text for a person watching the ACS; some take several lines. */
export function eventLines(event: AcsEvent, paint: Paint): readonly string[] {
  const time = paint.dim(clockText(event.at));
  const [first = "", ...rest] = plainLines(printableAll(event), paint);
  return [`${time}  ${first}`, ...rest.map((line) => `${" ".repeat(14)}${line}`)];
}

/** A phone has asked for the URL of its files. */
export function pnpLine({ at, macAddress, userAgent, from }: PnpEvent, paint: Paint): string {
  return `${paint.dim(clockText(at))}  PnP: ${macAddress} (${userAgent}) at ${from} received the URL of its files`;
}

function plainLines(event: AcsEvent, paint: Paint): readonly string[] {
  switch (event.kind) {
    case "session-started":
      return [sessionStarted(event, paint)];
    case "rpc-sent":
      return [`  → ${event.name}${event.target === undefined ? "" : `  ${event.target}`}`];
    case "rpc-answered":
      return answered(event, paint);
    case "cpe-request":
      return [cpeRequest(event, paint)];
    case "script-deviation":
      return [paint.red(`  ✗ script "${event.entry}": ${event.message}`)];
    case "session-ended":
      return [sessionEnded(event, paint)];
    case "file":
      return [fileLine(event, paint)];
    case "refused":
      return [paint.yellow(`refused ${event.address} with HTTP ${event.status}: ${event.reason}`)];
    case "connection-request":
      return [`connection request to ${event.device}: HTTP ${event.status} ${paint.dim(tookText(event.tookMs))}`];
    case "xmpp-connection-request":
      return [`XMPP connection request to ${event.jabberId}: ${event.answer} ${paint.dim(tookText(event.tookMs))}`];
    case "udp-connection-request":
      return [`UDP connection request to ${event.device} at ${event.address}`];
  }
}

function fileLine(event: Extract<AcsEvent, { kind: "file" }>, paint: Paint): string {
  const way = event.direction === "sent" ? `file to ${event.device}` : `file of ${event.device}`;
  if (event.error !== null) return paint.red(`${way}, ${event.path}: ${event.error}`);
  return `${way}, ${event.bytes} bytes: ${event.path}`;
}

function cpeRequest(event: Extract<AcsEvent, { kind: "cpe-request" }>, paint: Paint): string {
  const { name, faultCode, transfer } = event;
  if (faultCode !== null) return `  ← ${name} of the CPE, refused with ${faultCode}`;
  if (transfer === undefined) return `  ← ${name} of the CPE, served`;
  const key = transfer.commandKey === "" ? "" : ` (${transfer.commandKey})`;
  if (transfer.faultCode === 0) return `  ← ${name}${key} of the CPE: ${paint.green("the transfer is complete")}`;
  return paint.red(`  ✗ ${name}${key} of the CPE: fault ${transfer.faultCode} ${transfer.faultString}`);
}

function sessionStarted(event: Extract<AcsEvent, { kind: "session-started" }>, paint: Paint): string {
  const codes = event.events
    .map(({ eventCode, commandKey }) => (commandKey === "" ? eventCode : `${eventCode} (${commandKey})`))
    .join(", ");
  const retries = event.retryCount === 0 ? "" : `, retry ${event.retryCount}`;
  const device = `${event.device}${event.isNew ? " (new)" : ""}`;
  return `session ${event.session}  ${device}  ${paint.green(codes)}${retries}`;
}

function answered(event: Extract<AcsEvent, { kind: "rpc-answered" }>, paint: Paint): readonly string[] {
  const took = paint.dim(tookText(event.tookMs));
  if (event.outcome.kind !== "fault") return [`  ← ${event.name}Response  ${outcomeSummary(event.outcome)} ${took}`];
  const [main = "", ...parameters] = faultLines(event.outcome).map(paint.red);
  return [`  ${paint.red("✗")} ${main} ${took}`, ...parameters];
}

function sessionEnded(event: Extract<AcsEvent, { kind: "session-ended" }>, paint: Paint): string {
  const took = paint.dim(tookText(event.tookMs));
  if (event.error !== null) return paint.red(`session ${event.session} failed: ${event.error}`);
  return `session ${event.session}  ended, ${event.calls} ${event.calls === 1 ? "RPC" : "RPCs"} ${took}`;
}

function tookText(milliseconds: number): string {
  return `(${Math.round(milliseconds)} ms)`;
}

/** UTC, as in logs. */
function clockText(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}
