import type { ParameterFault } from "../cwmp/errors.ts";
import { CPE_FAULTS } from "../cwmp/faults.ts";

/** A fault as the rest of a sentence that starts with the field's name. */
export function faultWords({ faultCode, faultString }: ParameterFault): string {
  const general = `${CPE_FAULTS[faultCode].text}: `;
  const detail = faultString.startsWith(general) ? faultString.slice(general.length) : faultString;
  const plain = detail.replace(/^it must /, "must ");
  return plain.startsWith("must ") ? `${plain}.` : `is refused: ${plain}.`;
}
