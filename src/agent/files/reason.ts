import { CwmpFault, messageOf } from "../../cwmp/errors.ts";

/** Why a file was refused, for a person: without the standard's fault text if there is a more precise one. */
export function reasonOf(error: unknown): string {
  const message = messageOf(error);
  if (!(error instanceof CwmpFault)) return message;
  const standard = new CwmpFault(error.faultCode).message;
  return message.startsWith(`${standard}: `) ? message.slice(standard.length + 2) : message;
}
