import type { CwmpFault } from "../cwmp/errors.ts";
import { CPE_FAULTS } from "../cwmp/faults.ts";
import { faultCodeIn } from "../cwmp/older-versions.ts";
import type { CwmpVersion } from "../cwmp/versions.ts";
import type { IncomingBody, XmlElement } from "./messages.ts";
import { toXmlText } from "./xml-text.ts";
import { container, leaf } from "./xml-writer.ts";

type IncomingFault = Extract<IncomingBody, { kind: "fault" }>;

/** C-057, C-059: the SOAP fault that carries a CWMP fault, with a code that this version has. */
export function encodeFaultBody(fault: CwmpFault, version: CwmpVersion): string {
  const faultCode = faultCodeIn(version, fault.faultCode);
  const parameters = fault.parameterFaults.map((entry) =>
    container(
      "SetParameterValuesFault",
      leaf("ParameterName", toXmlText(entry.parameterName)) + faultMembers(entry.faultCode, entry.faultString),
    ),
  );
  const detail = container("cwmp:Fault", faultMembers(faultCode, fault.message) + parameters.join(""));
  return soapFault(CPE_FAULTS[faultCode].type, "CWMP fault", container("detail", detail));
}

/** C-062. No detail: SOAP 1.1 (4.4) keeps that for faults about the Body. */
export function mustUnderstandFaultBody(): string {
  return soapFault("soap:MustUnderstand", "A header entry that must be understood is not", "");
}

/**
 * Reads a SOAP fault, however incomplete: what is missing is fault code 0, a code that no side has, and an empty text. Without
 * a CWMP detail the SOAP faultstring speaks.
 */
export function decodeFault(element: XmlElement): IncomingFault {
  const cwmp = childOf(childOf(element, "detail"), "Fault");
  const { faultCode, faultString } = membersIn(cwmp);
  return {
    kind: "fault",
    faultCode,
    faultString: cwmp === undefined ? (childOf(element, "faultstring")?.text ?? "") : faultString,
    parameterFaults: (cwmp?.children ?? [])
      .filter((child) => child.name === "SetParameterValuesFault")
      .map((entry) => ({ parameterName: childOf(entry, "ParameterName")?.text ?? "", ...membersIn(entry) })),
  };
}

function soapFault(code: string, text: string, detail: string): string {
  return container("soap:Fault", leaf("faultcode", code) + leaf("faultstring", text) + detail);
}

/** A fault must reach the ACS even if its text quotes characters that XML cannot carry. */
function faultMembers(code: number, text: string): string {
  return leaf("FaultCode", String(code)) + leaf("FaultString", toXmlText(text));
}

function membersIn(element: XmlElement | undefined): { readonly faultCode: number; readonly faultString: string } {
  const digits = childOf(element, "FaultCode")?.text.trim() ?? "";
  return {
    faultCode: /^[0-9]{1,9}$/.test(digits) ? Number(digits) : 0,
    faultString: childOf(element, "FaultString")?.text ?? "",
  };
}

/** By local name alone: senders qualify names differently. */
function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}
