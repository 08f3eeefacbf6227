import { CwmpFault, messageOf } from "../../cwmp/errors.ts";

/** Why a file was not taken, for a person: without the standard's words for the fault where there are better ones. */
export function reasonOf(error: unknown): string {
  const message = messageOf(error);
  if (!(error instanceof CwmpFault)) return message;
  const standard = new CwmpFault(error.faultCode).message;
  return message.startsWith(`${standard}: `) ? message.slice(standard.length + 2) : message;
}
