import { CwmpFault } from "../../cwmp/errors.ts";
import { versionOfNamespace } from "../../cwmp/versions.ts";
import { encodeFault } from "../../soap/encode.ts";

/** Faulty envelopes of a phone. They are edited as text, because our encoder makes only correct ones. */

const ID = /(<cwmp:ID\b[^>]*>)([^<]*)(<\/cwmp:ID>)/;
const CURRENT_TIME = /(<CurrentTime\b[^>]*>)([^<]*)(<\/CurrentTime>)/;
const VALUE = /(<Value\b[^>]*>)[^<]*(<\/Value>)/;

/** Answers alone: a request with another ID is as good as any. */
export function withWrongId(envelope: string): string {
  return isAnswer(envelope) ? envelope.replace(ID, "$1not-$2$3") : envelope;
}

export function cutOff(envelope: string): string {
  return envelope.slice(0, Math.floor(envelope.length / 2));
}

export function withSkewedClock(envelope: string, skewSeconds: number): string {
  return envelope.replace(CURRENT_TIME, (whole, open: string, text: string, close: string) => {
    const at = Date.parse(text);
    return Number.isNaN(at) ? whole : `${open}${new Date(at + skewSeconds * 1000).toISOString()}${close}`;
  });
}

/** The first value of an answer; an answer without values stays. */
export function withHugeValue(envelope: string, bytes: number): string {
  if (!isAnswer(envelope)) return envelope;
  return envelope.replace(VALUE, (_, open: string, close: string) => `${open}${"A".repeat(bytes)}${close}`);
}

/** Instead of an answer to an RPC. */
export function faultInstead(envelope: string): string {
  const [, , id = ""] = ID.exec(envelope) ?? [];
  if (!isAnswer(envelope)) return envelope;
  const [namespace = ""] = /urn:dslforum-org:cwmp-1-\d/.exec(envelope) ?? [];
  return encodeFault(new CwmpFault(9002), { id, version: versionOfNamespace(namespace) ?? "1.0" });
}

export function isInform(envelope: string | null): envelope is string {
  return envelope !== null && /<cwmp:Inform\b/.test(envelope);
}

function isAnswer(envelope: string): boolean {
  return /<cwmp:\w+Response\b/.test(envelope);
}
