import type { Bindings } from "../../sip/registrar/bindings.ts";
import type { RegistrarEvent } from "../../sip/registrar/registrar.ts";
import { table } from "../control/table.ts";

/** An event of a registrar, as a line for people. */
export function registrarLine({ kind, user, from, status, expiresSeconds }: RegistrarEvent): string {
  const detail: Readonly<Record<RegistrarEvent["kind"], string>> = {
    registered: `for ${expiresSeconds} s`,
    refreshed: `for ${expiresSeconds} s`,
    unregistered: "",
    refused: `with ${status}`,
  };
  return [`${user || "(no user)"} at ${from}`, kind, detail[kind]].filter((text) => text !== "").join(" ");
}

/** The registered users as a table, or a sentence if there are none. */
export function whoIsThere(bindings: Bindings, nowMs: number, columns: number | null): string {
  const rows = bindings
    .all()
    .map(({ user, contact, userAgent, untilMs }) => [
      ...[user, contact, `${Math.ceil((untilMs - nowMs) / 1_000)} s`, userAgent],
    ]);
  return rows.length === 0
    ? "No user is registered.\n"
    : table([["User", "Contact", "For", "Phone"], ...rows], columns);
}
