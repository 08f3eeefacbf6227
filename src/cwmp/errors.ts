import { CPE_FAULTS, type FaultCode } from "./faults.ts";

/** One parameter's fault inside a SetParameterValues fault (TR-069 A.3.2.1). */
export interface ParameterFault {
  readonly parameterName: string;
  readonly faultCode: FaultCode;
  readonly faultString: string;
}

/** A fault that goes to the ACS. For the wire only: errors of our own are `AgentError`s. */
export class CwmpFault extends Error {
  override readonly name = "CwmpFault";
  readonly faultCode: FaultCode;
  readonly parameterFaults: readonly ParameterFault[];

  constructor(
    faultCode: FaultCode,
    detail?: string,
    options: { readonly parameterFaults?: readonly ParameterFault[]; readonly cause?: unknown } = {},
  ) {
    super(detail === undefined ? CPE_FAULTS[faultCode].text : `${CPE_FAULTS[faultCode].text}: ${detail}`, {
      cause: options.cause,
    });
    this.faultCode = faultCode;
    this.parameterFaults = options.parameterFaults ?? [];
  }
}

/**
 * Errors of the agent. Catch by code.
 * ACS_*: a session that failed. STATE_*: durable state. BACKEND_*: the phone. CONFIG: a person's file.
 * CONFIG_IO: that file cannot be read now, possibly temporarily: a retry may help.
 */
export type AgentErrorCode =
  | "ACS_UNREACHABLE"
  | "ACS_TIMEOUT"
  | "ACS_TLS"
  | "ACS_AUTHENTICATION"
  | "ACS_HTTP_STATUS"
  | "ACS_REDIRECTS"
  | "ACS_MESSAGE"
  | "ACS_MESSAGE_TOO_LARGE"
  | "ACS_FAULT"
  | "ACS_PROTOCOL"
  | "SESSION_ABORTED"
  | "STATE_CORRUPT"
  | "STATE_VERSION"
  | "STATE_IO"
  | "BACKEND_IO"
  | "BACKEND_REFUSED"
  | "LISTEN"
  | "PHONE_DOWN"
  | "CONFIG"
  | "CONFIG_IO";

export class AgentError extends Error {
  override readonly name = "AgentError";
  readonly code: AgentErrorCode;
  /** The HTTP status, for ACS_HTTP_STATUS and ACS_AUTHENTICATION. */
  readonly status: number | undefined;

  constructor(
    code: AgentErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly status?: number } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.status = options.status;
  }
}

/**
 * A refusal or an invalid answer of the phone, with the fault for the ACS. BACKEND_REFUSED: it has changed nothing;
 * BACKEND_IO: its effect is unknown.
 */
export class PhoneFault extends AgentError {
  readonly faultCode: FaultCode;
  /** Keys of the phone that are at fault; empty where it has named none. */
  readonly keys: readonly string[];
  /** The reason in words for the ACS; null where there are none. */
  readonly told: string | null;

  constructor(
    code: "BACKEND_REFUSED" | "BACKEND_IO",
    faultCode: FaultCode,
    message: string,
    options: { readonly keys?: readonly string[]; readonly told?: string; readonly cause?: unknown } = {},
  ) {
    super(code, message, { cause: options.cause });
    this.faultCode = faultCode;
    this.keys = options.keys ?? [];
    this.told = options.told ?? null;
  }
}

export function isAgentError(error: unknown, code?: AgentErrorCode): error is AgentError {
  return error instanceof AgentError && (code === undefined || error.code === code);
}

/** The message of anything thrown, for a log line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
