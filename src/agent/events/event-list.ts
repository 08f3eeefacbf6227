import { type CwmpEvent, type EventCode, MAX_EVENTS } from "../../cwmp/events.ts";

/** Events that are reported together with those of their causes (C-087). */
const CAUSES: Partial<Record<EventCode, readonly EventCode[]>> = {
  "3 SCHEDULED": ["M ScheduleInform"],
  "7 TRANSFER COMPLETE": ["M Download", "M ScheduleDownload", "M Upload"],
};

/**
 * Those of the pending events that one Inform carries: the first 64, or one less where `4 VALUE CHANGE` is added. An
 * event that is reported with its causes waits for the first of them.
 */
export function eventsForInform(pending: readonly CwmpEvent[], hasChanges: boolean): readonly CwmpEvent[] {
  const room = hasChanges ? MAX_EVENTS - 1 : MAX_EVENTS;
  const [first, rest] = [pending.slice(0, room), pending.slice(room)];
  return first.filter(({ code }) => !hasCauseIn(code, rest) || hasCauseIn(code, first));
}

/** An event that is reported with its causes stays as long as one of them does. */
export function staysWithCause({ code }: CwmpEvent, left: readonly CwmpEvent[]): boolean {
  return hasCauseIn(code, left);
}

function hasCauseIn(code: EventCode, events: readonly CwmpEvent[]): boolean {
  return events.some((event) => CAUSES[code]?.includes(event.code));
}
