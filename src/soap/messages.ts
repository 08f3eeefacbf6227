import type { CwmpVersion } from "../cwmp/versions.ts";

/** A parameter's name and value. `type` is the local name of the xsi:type as it was sent, null where none was. */
export interface ParameterValue {
  readonly name: string;
  readonly value: string;
  readonly type: string | null;
}

export type Status = 0 | 1;

/** A parsed element: namespace-resolved, character data joined and unescaped, comments and PIs gone. */
export interface XmlElement {
  readonly namespace: string;
  readonly name: string;
  /** `{namespace}local` or, without a namespace, `local`. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  readonly text: string;
  /** Where it starts, in characters of the text; only where that was asked for. */
  readonly at?: number;
}

/** An envelope from the other side, checked as SOAP, its body not yet decoded. */
export interface IncomingEnvelope {
  /** cwmp:ID, null where the sender gave none. */
  readonly id: string | null;
  readonly holdRequests: boolean;
  /** The cwmp namespace in use, as the lowest version that it can mean. */
  readonly version: CwmpVersion;
  /** UseCWMPVersion of an InformResponse, null where absent. */
  readonly useCwmpVersion: string | null;
  /** Names of unknown header entries with mustUnderstand=1: the request must not be executed (C-062). */
  readonly notUnderstood: readonly string[];
  readonly body: IncomingBody;
}

export type IncomingBody =
  | { readonly kind: "request"; readonly name: string; readonly element: XmlElement }
  /** `name` without the trailing `Response`. */
  | { readonly kind: "response"; readonly name: string; readonly element: XmlElement }
  | {
      readonly kind: "fault";
      readonly faultCode: number;
      readonly faultString: string;
      readonly parameterFaults: readonly { parameterName: string; faultCode: number; faultString: string }[];
    };
