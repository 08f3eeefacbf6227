import type { Clock } from "../ports/clock.ts";
import type { SipFlow } from "../ports/sip.ts";
import type { SipLog, SipRecord } from "../ports/sip-log.ts";
import { cseqOf } from "./message/message.ts";
import { parseMessage } from "./message/parse.ts";
import { hostPort } from "./message/uri.ts";

/** A log of every message. */
export interface ObservingSipLog extends SipLog {
  observe(from: SipRecord["from"], bytes: Uint8Array, flow: SipFlow): void;
}

/** The stored part of one message: most are shorter. */
const MAX_TEXT = 4_096;
const MAX_NAME = 120;

/** Keeps the last `count` messages. Keep-alives and what is no SIP are left out. */
export function createSipMessageLog(clock: Pick<Clock, "now">, count: number): ObservingSipLog {
  const records: SipRecord[] = [];
  return {
    records: () => [...records],
    observe(from, bytes, flow) {
      const record = recordOf(from, bytes, flow, clock.now());
      if (record === null) return;
      records.push(record);
      if (records.length > count) records.shift();
    },
  };
}

function recordOf(from: SipRecord["from"], bytes: Uint8Array, flow: SipFlow, at: number): SipRecord | null {
  const message = parseMessage(bytes);
  if (message === null) return null;
  const isRequest = message.kind === "request";
  const name = isRequest ? `${message.method} ${message.uri}` : `${message.status} ${message.reason}`;
  const answers = isRequest ? "" : (cseqOf(message)?.method ?? "");
  const peer = `${flow.protocol} ${hostPort(flow.remote.host, flow.remote.port)}`;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  const shown = text.length > MAX_TEXT ? `${maskSip(text).slice(0, MAX_TEXT)}…` : maskSip(text);
  const short = maskSip(name).trim().slice(0, MAX_NAME);
  return { at, from, peer, name: short, answers, bytes: bytes.length, text: shown };
}

const MASK = "********";

/**
 * Digest answers, from which a password can be guessed, whole credentials of other schemes, passwords in URIs and keys of SRTP.
 * Everything else stays as it is.
 */
export function maskSip(text: string): string {
  return text
    .replace(/\b(response\s*=\s*)(?:"[^"\r\n]*"?|[^\s,;"]+)/gi, `$1"${MASK}"`)
    .replace(/^((?:Proxy-)?Authorization\s*:\s*(?!Digest\b)\S+\s+)\S.*$/gim, `$1${MASK}`)
    .replace(/(\binline:)[^\s|;]+/gi, `$1${MASK}`)
    .replace(/(\bsips?:[^\s:@<>"]+:)[^\s@<>"]+(?=@)/gi, `$1${MASK}`)
    .replace(/(:\/\/[^\s:@/<>"]*:)[^\s@/<>"]+(?=@)/gi, `$1${MASK}`);
}
