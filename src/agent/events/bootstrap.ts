import type { CwmpEvent } from "../../cwmp/events.ts";
import type { AcsSettings } from "../core/acs-settings.ts";
import type { LifecycleCell } from "../core/lifecycle.ts";
import type { EventQueue } from "./event-queue.ts";

/**
 * Before the first contact with this ACS, and after every change of its URL (C-090). One that still waits is not raised
 * again: it would drop what has happened since (C-091).
 */
export function isBootstrapDue(
  { lifecycle, events }: { readonly lifecycle: LifecycleCell; readonly events: Pick<EventQueue, "pending"> },
  { url }: AcsSettings,
): boolean {
  return url !== "" && lifecycle.current.informedUrl !== url && !isBootstrap(events.pending());
}

/** Whether the ACS is told that it is the first contact. */
export function isBootstrap(events: readonly CwmpEvent[]): boolean {
  return events.some(({ code }) => code === "0 BOOTSTRAP");
}
