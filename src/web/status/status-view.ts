import { html } from "hono/html";
import type { SessionOutcome } from "../../agent/core/session-history.ts";
import type { PhoneStatus } from "../../agent/local/phone-status.ts";
import { offsetText } from "../../ladder/offset-text.ts";
import { elapsedText, sizeText } from "../../ladder/rung.ts";
import type { Clock } from "../../ports/clock.ts";
import type { SipLog } from "../../ports/sip-log.ts";
import { printableAll } from "../../system/printable.ts";
import { drawSipLadder } from "../ladder/draw-ladder.ts";
import { plainText } from "../ladder/lines.ts";
import { countdownTo, durationText, momentOf } from "../moments.ts";
import type { Html } from "../page.ts";
import { stackedTable } from "../stacked-table.ts";
import { stepWords } from "../transfers/transfers-view.ts";

/** The phone's status. It contains text of the phone and of others: all of it is escaped. */
export function statusView(status: PhoneStatus, clock: Clock, sipLog: SipLog | null = null): Html {
  return html`<div class="cards">
${card("Phone", identityRows(status))}
${card("ACS", acsRows(status, clock))}
${card("Connection requests", connectionRequestRows(status))}
${clockCard(status)}
${accountsCard(status)}
${sipCard(sipLog)}
${phoneBooksCard(status, clock)}
${transfersCard(status)}
</div>`;
}

type Row = readonly [term: string, value: string | Html];

function card(title: string, rows: readonly Row[]): Html {
  return html`<section><h2>${title}</h2><dl>${rows.map(
    ([term, value]) => html`<dt>${term}</dt><dd>${value === "" ? html`<span class="quiet">none</span>` : value}</dd>`,
  )}</dl></section>`;
}

function identityRows({ identity }: PhoneStatus): readonly Row[] {
  return [
    ["Model", `${identity.manufacturer} ${identity.modelName}`.trim()],
    ["Serial number", identity.serialNumber],
    ["OUI, product class", [identity.oui, identity.productClass].filter((text) => text !== "").join(", ")],
    ["Software", identity.softwareVersion],
    ["Hardware", identity.hardwareVersion],
    ["MAC address", identity.macAddress],
    ["IP address", identity.ipAddress],
    ["Up for", durationText(identity.upTime)],
  ];
}

const PHASES: Readonly<Record<PhoneStatus["phase"], string>> = {
  idle: "idle",
  session: "in a session",
  waiting: "waiting to try again",
  stopped: "stopped",
};

function acsRows(status: PhoneStatus, clock: Clock): readonly Row[] {
  const { lastSession, retryAt, retryCount, nextInformAt } = status;
  const retry = retryAt === null ? "" : html`attempt ${retryCount + 1}, ${countdownTo(retryAt, clock)}`;
  return [
    ["TR-069", status.tr069Enabled ? "on" : html`<strong class="mark failed">✗ off</strong>`],
    ["ACS URL", status.acsUrl],
    ["State", status.tr069Enabled ? PHASES[status.phase] : "waits until TR-069 is turned on"],
    ["Last session", lastSession === null ? "" : lastSessionOf(lastSession, clock)],
    ["Next periodic Inform", nextInformAt === null ? "off" : countdownAndMoment(nextInformAt, clock)],
    ...(retry === "" ? [] : [["Next retry", retry] as const]),
    ["Pending events", eventsOf(status.pendingEvents.map(({ code }) => code))],
    ["Sessions so far", html`<a href="/sessions">${status.sessions}</a>`],
  ];
}

function countdownAndMoment(at: number, clock: Clock): Html {
  return html`${countdownTo(at, clock)} <span class="quiet">${momentOf(at, clock)}</span>`;
}

function lastSessionOf({ successful, events, startedAt, durationMs, failure }: SessionOutcome, clock: Clock): Html {
  const mark = successful
    ? html`<strong class="mark complete">✓ complete</strong>`
    : html`<strong class="mark failed">✗ failed</strong>`;
  return html`${mark} <span class="quiet">${momentOf(startedAt, clock)} · ${elapsedText(durationMs)}</span><br>${eventsOf(events)}${
    failure === null ? "" : html`<p class="fault">${plainText(failure.message)}</p>`
  }`;
}

function eventsOf(codes: readonly string[]): Html | "" {
  return codes.length === 0 ? "" : html`${codes.map((code) => html`<span class="event">${code}</span> `)}`;
}

function connectionRequestRows({ connectionRequests }: PhoneStatus): readonly Row[] {
  const { url, udpAddress, natDetected, stunEnabled, jabberId } = connectionRequests;
  const udp = stunEnabled ? `STUN: ${natDetected ? "behind a NAT" : "no NAT found"}` : "STUN is off";
  return [
    ["URL", url],
    ["UDP address", udpAddress],
    ["NAT", udp],
    ["XMPP", jabberId],
  ];
}

const LINE_MARKS: Readonly<Record<string, string>> = { Up: "complete", Error: "failed" };

function clockCard({ ntp }: PhoneStatus): Html {
  if (ntp === null) return html``;
  const { server, roundTripMs, stratum, problem } = ntp;
  const fault: readonly Row[] =
    problem === null ? [] : [["Problem", html`<span class="fault">${plainText(problem)}</span>`]];
  return card("Time servers", [
    ["Clock of the host", offsetText(ntp) || "not known yet"],
    ["Server", plainText(server)],
    ["Round trip", roundTripMs === null ? "" : `${roundTripMs.toFixed(1)} ms`],
    ["Stratum", stratum === null ? "" : `${stratum}`],
    ...fault,
  ]);
}

function accountsCard({ accounts }: PhoneStatus): Html {
  if (accounts.length === 0) return html``;
  const rows = accounts.map(({ number, userName, server, enable, line, reason, calls }) => {
    const why = reason === "" ? "" : html`<p class="fault">${plainText(reason)}</p>`;
    const now = calls === "" ? "" : html`<p>${plainText(calls)}</p>`;
    const state = html`<strong class="mark ${LINE_MARKS[line] ?? ""}">${line}</strong>${enable === "Quiescent" ? " (quiescent)" : ""}${why}${now}`;
    return [`${number}`, plainText(userName), plainText(server), state];
  });
  return html`<section class="wide"><h2>Accounts</h2>${stackedTable(["Account", "User", "Server", "Line"], rows)}</section>`;
}

/** As many as fit a screen or two. */
const SIP_MESSAGES = 20;

function sipCard(log: SipLog | null): Html {
  const records = log?.records().slice(-SIP_MESSAGES).map(printableAll) ?? [];
  if (records.length === 0) return html``;
  return html`<section class="wide"><h2>SIP</h2>${drawSipLadder(records)}</section>`;
}

function phoneBooksCard({ phoneBooks }: PhoneStatus, clock: Clock): Html {
  if (phoneBooks.length === 0) return html``;
  const rows = phoneBooks.map(({ number, name, url, entries, fetchedAt, problem }) => {
    const fault = problem === null ? "" : html`<p class="fault">${plainText(problem)}</p>`;
    const fetched = html`${fetchedAt === null ? "not yet" : momentOf(fetchedAt, clock)}${fault}`;
    return [`${number}`, plainText(name), plainText(url), `${entries ?? ""}`, fetched];
  });
  return html`<section class="wide"><h2>Phone books</h2>${stackedTable(["Book", "Name", "URL", "Entries", "Fetched"], rows)}</section>`;
}

function transfersCard({ transfers }: PhoneStatus): Html {
  if (transfers.length === 0) return html``;
  const rows = transfers.map((transfer) => {
    const { isDownload, fileType, fileSize, commandKey } = transfer;
    const size = fileSize > 0 ? sizeText(fileSize) : "";
    return [isDownload ? "Download" : "Upload", plainText(fileType), size, stepWords(transfer), plainText(commandKey)];
  });
  return html`<section class="wide"><h2><a href="/transfers">Transfers</a></h2>${stackedTable(["Direction", "File type", "Size", "State", "CommandKey"], rows)}</section>`;
}
