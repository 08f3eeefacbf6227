import type { AcsSettings } from "./acs-settings.ts";
import type { Phone } from "./phone.ts";

/**
 * Before the first contact with this ACS, and after every change of its URL (C-090). One that still waits is not raised
 * again: it would drop what has happened since (C-091).
 */
export function isBootstrapDue({ lifecycle, events }: Phone, { url }: AcsSettings): boolean {
  const waits = events.pending().some(({ code }) => code === "0 BOOTSTRAP");
  return url !== "" && lifecycle.current.informedUrl !== url && !waits;
}
