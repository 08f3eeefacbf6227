/**
 * The event table (TR-069 3.7.1.5, Table 8): how often an event may stand in one Inform, what confirms its delivery,
 * and when an undelivered one may go.
 */

/** An event as it stands in an Inform. `commandKey` is empty but for the `M ...` events. */
export interface CwmpEvent {
  readonly code: EventCode;
  readonly commandKey: string;
  /** Distinguishes causes with the same CommandKey, such as due times of scheduled Informs. Never sent. */
  readonly cause?: number;
}

export interface EventRule {
  /** `single`: at most once in an Inform; `multiple`: once per cause. */
  readonly count: "single" | "multiple";
  /** The response whose success means that the event is delivered. */
  readonly confirmedBy:
    | "InformResponse"
    | "TransferCompleteResponse"
    | "AutonomousTransferCompleteResponse"
    | "RequestDownloadResponse";
  /** `never`: is dropped when the session fails. `untilReboot`: is retried, and dropped by a reboot. `always`: is kept over reboots. */
  readonly retry: "never" | "untilReboot" | "always";
}

const inform = (retry: EventRule["retry"], count: EventRule["count"] = "single"): EventRule => ({
  count,
  confirmedBy: "InformResponse",
  retry,
});
const transfer = (count: EventRule["count"]): EventRule => ({
  count,
  confirmedBy: "TransferCompleteResponse",
  retry: "always",
});

export const EVENTS = {
  "0 BOOTSTRAP": inform("always"),
  "1 BOOT": inform("untilReboot"),
  "2 PERIODIC": inform("always"),
  "3 SCHEDULED": inform("always"),
  "4 VALUE CHANGE": inform("untilReboot"),
  "6 CONNECTION REQUEST": inform("never"),
  "7 TRANSFER COMPLETE": transfer("single"),
  "8 DIAGNOSTICS COMPLETE": inform("untilReboot"),
  "9 REQUEST DOWNLOAD": { count: "single", confirmedBy: "RequestDownloadResponse", retry: "untilReboot" },
  "10 AUTONOMOUS TRANSFER COMPLETE": {
    count: "single",
    confirmedBy: "AutonomousTransferCompleteResponse",
    retry: "always",
  },
  "M Reboot": inform("always", "multiple"),
  "M ScheduleInform": inform("always", "multiple"),
  "M Download": transfer("multiple"),
  "M ScheduleDownload": transfer("multiple"),
  "M Upload": transfer("multiple"),
} as const satisfies Record<string, EventRule>;

export type EventCode = keyof typeof EVENTS;

/** The most events that one Inform may carry (EventList, A.3.3.1). */
export const MAX_EVENTS = 64;

export function eventRule(code: EventCode): EventRule {
  return EVENTS[code];
}

export function isEventCode(text: string): text is EventCode {
  return Object.hasOwn(EVENTS, text);
}
