import type { CwmpEvent, EventCode } from "./events.ts";
import type { FaultCode } from "./faults.ts";
import { type CwmpVersion, isAtLeast } from "./versions.ts";

/** What older versions lack, and its replacement there (the schemas cwmp-1-0 and cwmp-1-1; TR-069 A.5, 3.7.1.5). */
interface Newer<T> {
  readonly since: CwmpVersion;
  /** The nearest thing that an older version has; null: there it cannot be told at all. */
  readonly before: T | null;
}

const NEWER_EVENTS: Partial<Record<EventCode, Newer<EventCode>>> = {
  "10 AUTONOMOUS TRANSFER COMPLETE": { since: "1.1", before: null },
  "M ScheduleDownload": { since: "1.2", before: "M Download" },
};

const TRANSFER_FAILED: Newer<FaultCode> = { since: "1.1", before: 9010 };
const NEWER_FAULTS: Partial<Record<FaultCode, Newer<FaultCode>>> = {
  9014: TRANSFER_FAILED,
  9015: TRANSFER_FAILED,
  9016: TRANSFER_FAILED,
  9017: TRANSFER_FAILED,
  9018: TRANSFER_FAILED,
  9019: TRANSFER_FAILED,
  9020: { since: "1.2", before: 9010 },
  9021: { since: "1.2", before: 9001 },
};

/** The event as that version knows it; null where it has none. */
export function eventIn(version: CwmpVersion, event: CwmpEvent): CwmpEvent | null {
  const newer = NEWER_EVENTS[event.code];
  if (newer === undefined || isAtLeast(version, newer.since)) return event;
  return newer.before === null ? null : { ...event, code: newer.before };
}

/** The fault code as that version knows it. */
export function faultCodeIn(version: CwmpVersion, faultCode: FaultCode): FaultCode {
  const newer = NEWER_FAULTS[faultCode];
  return newer === undefined || isAtLeast(version, newer.since) ? faultCode : (newer.before ?? faultCode);
}
