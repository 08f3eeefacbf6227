import type { Status } from "../../control/answers.ts";
import { offsetText } from "../../ladder/offset-text.ts";
import { printable } from "../../system/printable.ts";
import type { CliIo } from "../io.ts";
import { createPaint, hasColor, type Paint } from "../paint.ts";
import type { AgentOptions } from "./options.ts";
import { durationText, outcomeText, printJson, sentenceOf, timeText } from "./print.ts";
import { table } from "./table.ts";
import { retryWhileRestarting, withAgent } from "./with-agent.ts";

/** Health checks of containers and services have short timeouts, so an answer that is late counts as none. */
const CHECK_LIMIT_MS = 5000;

export async function showStatus(
  options: AgentOptions & { readonly check?: boolean },
  io: CliIo,
  now: number,
): Promise<void> {
  await withAgent(options, io, async (agent) => {
    if (options.check === true) {
      await retryWhileRestarting(() => agent.get("/status", CHECK_LIMIT_MS), CHECK_LIMIT_MS);
      return;
    }
    const status = await retryWhileRestarting(() => agent.get<Status>("/status"));
    if (options.json === true) printJson(status, io);
    else io.stdout(statusText(status, now, io));
  });
}

export function statusText(status: Status, now: number, io: Pick<CliIo, "terminal" | "env">): string {
  const paint = createPaint(hasColor(io));
  const { identity, version } = status;
  const head = printable(`${identity.manufacturer} ${identity.modelName}  ${identity.serialNumber}`);
  const rows = [...factsOf(status, now), ...accountsOf(status), ...phoneBooksOf(status)];
  const lines = table(rows, io.terminal?.columns ?? null);
  return `${paint.bold(head)}  ${paint.dim(`akuvox-cpe ${version}`)}\n${tinted(lines, status, paint)}`;
}

type Row = readonly [string, string];

function factsOf(status: Status, now: number): readonly Row[] {
  const { identity, acsUrl, tr069Enabled, lastSession, pendingEvents, transfers, sessions } = status;
  const facts: readonly Row[] = [
    ["Firmware", `${identity.softwareVersion}, up ${durationText(identity.upTime * 1000)}`],
    ["Address", [identity.ipAddress, identity.macAddress].filter((text) => text !== "").join(", ")],
    ["TR-069", tr069Enabled ? "on" : "off"],
    ["ACS", acsUrl === "" ? "none is set" : acsUrl],
    ["Session", phaseText(status, now)],
    [
      "Last session",
      lastSession === null ? "none yet" : `${timeText(lastSession.startedAt)}  ${outcomeText(lastSession)}`,
    ],
    ["Sessions", `${sessions} since the agent was started`],
    ["Next Inform", nextInform(status, now)],
    [
      "Pending",
      pendingEvents.map(({ code, commandKey }) => `${code}${commandKey === "" ? "" : ` (${commandKey})`}`).join(", "),
    ],
    ["Transfers", transfers.length === 0 ? "" : sentenceOf(transfers.length, "transfer", "transfers")],
    ["Clock", clockText(status)],
    ...connectionRequests(status),
  ];
  return facts.filter(([, text]) => text !== "");
}

function phaseText({ phase, retryCount, retryAt }: Status, now: number): string {
  if (phase === "session") return "under way";
  if (phase !== "waiting") return phase;
  const when = retryAt === null ? "soon" : `in ${durationText(retryAt - now)}`;
  return `failed ${sentenceOf(retryCount, "time", "times")}, trying again ${when}`;
}

function nextInform({ nextInformAt, tr069Enabled }: Status, now: number): string {
  if (nextInformAt === null || !tr069Enabled) return "";
  return `${timeText(nextInformAt)}, in ${durationText(nextInformAt - now)}`;
}

function connectionRequests({ connectionRequests: ways }: Status): readonly Row[] {
  return [
    ["Connection requests", ways.url],
    [
      "STUN",
      ways.stunEnabled
        ? `${ways.natDetected ? "behind a NAT" : "no NAT found"}, ${ways.udpAddress || "no address yet"}`
        : "",
    ],
    ["XMPP", ways.jabberId],
  ];
}

/** The offset of the host's clock, if time servers are configured. */
function clockText({ ntp }: Status): string {
  if (ntp === null) return "";
  const parts = [offsetText(ntp), ntp.problem ?? ""].filter((text) => text !== "");
  return parts.length === 0 ? "no time server has answered yet" : parts.join("; ");
}

function accountsOf({ accounts }: Status): readonly Row[] {
  return accounts.map(({ number, userName, server, enable, line, reason, calls }) => {
    const who = userName === "" && server === "" ? "not set up" : `${userName}@${server}`;
    const why = reason === "" ? "" : ` (${reason})`;
    const now = calls === "" ? "" : `, ${calls}`;
    return [`Account ${number}`, `${who}, ${enable === "Enabled" ? `${line}${why}${now}` : enable}`];
  });
}

function phoneBooksOf({ phoneBooks }: Status): readonly Row[] {
  return phoneBooks.map(({ number, name, entries, fetchedAt, problem }) => {
    const found =
      entries === null || fetchedAt === null
        ? "not fetched yet"
        : `${sentenceOf(entries, "entry", "entries")}, ${timeText(fetchedAt)}`;
    return [`Phone book ${number}`, [name, found, problem ?? ""].filter((text) => text !== "").join("; ")];
  });
}

/** The line that matters most when something is wrong. */
function tinted(lines: string, { lastSession }: Status, paint: Paint): string {
  if (lastSession === null) return lines;
  const tint = lastSession.successful ? paint.green : paint.red;
  return lines.replace(/^Last session.*$/m, (line) => tint(line));
}
