import { type AgentErrorCode, CwmpFault, isAgentError, type ParameterFault } from "../cwmp/errors.ts";
import type { FaultCode } from "../cwmp/faults.ts";

/** The API's error answer, with one shape for all errors. */
export interface Problem {
  readonly code: ProblemCode;
  /** For people: what is wrong, and what to do. */
  readonly message: string;
  /** The fault that an ACS would have received; null: none. */
  readonly faultCode: FaultCode | null;
  /** The problem of each parameter, or of each key of a file. */
  readonly faults: readonly ParameterFault[];
}

export const PROBLEM_CODES = [
  "BAD_REQUEST",
  "FORBIDDEN",
  "NOT_FOUND",
  "UNKNOWN_PATH",
  "METHOD_NOT_ALLOWED",
  "TR069_OFF",
  "REFUSED",
  "TOO_LARGE",
  "CONTENT_TYPE",
  "FAULT",
  "INTERNAL",
  "PHONE",
  "PHONE_DOWN",
  "TOO_MANY",
  "WORKER_DOWN",
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

const STATUSES = {
  BAD_REQUEST: 400,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  UNKNOWN_PATH: 404,
  METHOD_NOT_ALLOWED: 405,
  TR069_OFF: 409,
  REFUSED: 409,
  TOO_LARGE: 413,
  CONTENT_TYPE: 415,
  FAULT: 422,
  INTERNAL: 500,
  PHONE: 500,
  PHONE_DOWN: 503,
  TOO_MANY: 503,
  WORKER_DOWN: 503,
} as const satisfies Record<ProblemCode, number>;

/** The HTTP status that goes with a code. */
export function statusOf(code: ProblemCode): (typeof STATUSES)[ProblemCode] {
  return STATUSES[code];
}

/** Thrown by a handler that finds the request wanting. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ProblemCode;

  constructor(code: ProblemCode, message: string) {
    super(message);
    this.code = code;
  }
}

const AGENT_ERRORS: Readonly<Partial<Record<AgentErrorCode, ProblemCode>>> = {
  PHONE_DOWN: "PHONE_DOWN",
  BACKEND_REFUSED: "REFUSED",
  BACKEND_IO: "PHONE",
  STATE_IO: "PHONE",
};

/** An error of a handler as a problem for the client; null: an internal error, which is logged only. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof ApiError) return problem(error.code, error.message);
  if (error instanceof CwmpFault) {
    const { faultCode, message, parameterFaults: faults } = error;
    return { code: faultCode === 9005 ? "UNKNOWN_PATH" : "FAULT", message, faultCode, faults };
  }
  const code = isAgentError(error) ? AGENT_ERRORS[error.code] : undefined;
  return code === undefined || !isAgentError(error) ? null : problem(code, error.message);
}

export function problem(code: ProblemCode, message: string): Problem {
  return { code, message, faultCode: null, faults: [] };
}
