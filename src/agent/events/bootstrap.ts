import type { CwmpEvent } from "../../cwmp/events.ts";
import type { AcsSettings } from "../core/acs-settings.ts";
import type { LifecycleCell } from "../core/lifecycle.ts";
import type { EventQueue } from "./event-queue.ts";

/**
 * Raised before the first contact with this ACS, and after every change of its URL (C-090). A pending one is not
 * raised again: that would drop later events (C-091).
 */
export function isBootstrapDue(
  { lifecycle, events }: { readonly lifecycle: LifecycleCell; readonly events: Pick<EventQueue, "pending"> },
  { url }: AcsSettings,
): boolean {
  return url !== "" && lifecycle.current.informedUrl !== url && !isBootstrap(events.pending());
}

/** Whether the Inform reports the first contact to the ACS. */
export function isBootstrap(events: readonly CwmpEvent[]): boolean {
  return events.some(({ code }) => code === "0 BOOTSTRAP");
}
