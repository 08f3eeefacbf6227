import * as z from "zod";
import type { SessionOutcome } from "../agent/core/session-history.ts";
import { LOCAL_EVENTS, type ParameterView } from "../agent/local/local-control.ts";
import type { PhoneStatus } from "../agent/local/phone-status.ts";
import { EVENTS, type EventCode } from "../cwmp/events.ts";
import { CPE_FAULTS, type FaultCode } from "../cwmp/faults.ts";
import { CWMP_TYPES, MAX_PATH } from "../cwmp/types.ts";
import type { SessionSummary } from "../ladder/summary.ts";
import type { RecordedSession } from "../ports/session-log.ts";
import type { SipRecord } from "../ports/sip-log.ts";
import type { TraceRecord } from "../ports/trace.ts";
import { PROBLEM_CODES, type Problem } from "./problem.ts";

/** The requests and answers of the API. The OpenAPI description is generated from them. */

const count = z.int().min(0);
const time = z.number().describe("Wall time, milliseconds since 1970");
const eventCode = z.enum(Object.keys(EVENTS) as [EventCode, ...EventCode[]]);
const faultCode = z.union(Object.keys(CPE_FAULTS).map((code) => z.literal(Number(code) as FaultCode)));

export const PROBLEM = z.strictObject({
  code: z.enum(PROBLEM_CODES),
  message: z.string().describe("What is wrong, and what to do"),
  faultCode: faultCode.nullable().describe("The CWMP fault that an ACS would have got"),
  faults: z
    .array(z.strictObject({ parameterName: z.string(), faultCode, faultString: z.string() }))
    .describe("What is wrong with each parameter, or with each key of a file"),
}) satisfies z.ZodType<Problem>;

const OUTCOME = z.strictObject({
  successful: z.boolean(),
  events: z.array(eventCode).describe("Event codes of its Inform"),
  startedAt: time,
  durationMs: count,
  served: count.describe("RPCs of the ACS that were answered"),
  failure: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
});

/** The failure's code is one of a fixed list, which callers need not know. */
type PlainOutcome = Omit<SessionOutcome, "failure"> & {
  readonly failure: { readonly code: string; readonly message: string } | null;
};
OUTCOME satisfies z.ZodType<PlainOutcome>;

const TRANSFER = z.strictObject({
  commandKey: z.string(),
  state: z.union([z.literal(1), z.literal(2), z.literal(3)]).describe("1 not started, 2 in progress, 3 completed"),
  isDownload: z.boolean(),
  fileType: z.string(),
  fileSize: z.number(),
  targetFileName: z.string(),
  step: z.enum(["waiting", "transferring", "installing", "rebooting", "reporting"]),
  server: z.string().describe("host:port of the file server; empty when it is not needed any more"),
  dueAt: time.nullable().describe("Of its start or next try; null where it does not wait"),
  tries: count,
  receivedBytes: count.nullable().describe("Of a running download; null: there is none"),
  totalBytes: count.nullable().describe("As given by the file server, or else by the ACS; null: unknown"),
  failure: z.strictObject({ code: faultCode, text: z.string() }).nullable().describe("Of it, or of the last try"),
});

const IDENTITY = z.strictObject({
  manufacturer: z.string(),
  oui: z.string(),
  modelName: z.string(),
  productClass: z.string(),
  serialNumber: z.string(),
  softwareVersion: z.string(),
  hardwareVersion: z.string(),
  macAddress: z.string(),
  ipAddress: z.string(),
  upTime: z.number().describe("Seconds"),
});

const PHONE_BOOK = z.strictObject({
  number: z.int().min(0).max(4).describe("As in CUSTOM_PhoneBook0URL"),
  name: z.string(),
  url: z.string(),
  entries: count.nullable().describe("Null: not fetched yet"),
  fetchedAt: time.nullable(),
  problem: z.string().nullable().describe("Why the last fetch failed"),
});

const NTP = z.strictObject({
  server: z.string().describe("The server that answered; empty: none has yet"),
  offsetMs: z.number().nullable().describe("The server's time less the host's; no clock is set"),
  roundTripMs: z.number().nullable(),
  stratum: z.int().min(1).max(15).nullable(),
  problem: z.string().nullable().describe("Servers that failed at the last query, and why"),
});

export const STATUS = z.strictObject({
  version: z.string().describe("Of the agent"),
  identity: IDENTITY,
  phase: z.enum(["idle", "session", "waiting", "stopped"]).describe("waiting: for the retry of a session that failed"),
  tr069Enabled: z.boolean(),
  acsUrl: z.string().describe("Empty: no ACS is set"),
  retryCount: count,
  retryAt: time.nullable(),
  nextInformAt: time.nullable().describe("Next periodic Inform; null while it is off"),
  lastSession: OUTCOME.nullable(),
  sessions: count.describe("Ended since the process started"),
  pendingEvents: z.array(z.strictObject({ code: eventCode, commandKey: z.string() })),
  transfers: z.array(TRANSFER),
  connectionRequests: z.strictObject({
    url: z.string(),
    udpAddress: z.string(),
    natDetected: z.boolean(),
    stunEnabled: z.boolean(),
    jabberId: z.string(),
  }),
  accounts: z.array(
    z.strictObject({
      number: z.int().min(1),
      userName: z.string(),
      server: z.string(),
      enable: z.string(),
      line: z.string(),
      reason: z.string().describe("Why the line is not up; empty where nothing is known"),
      calls: z.string().describe("The calls of the line, in words; empty: none"),
    }),
  ),
  phoneBooks: z.array(PHONE_BOOK).describe("Those that are set"),
  ntp: NTP.nullable().describe("Null: time servers are not asked"),
});
STATUS satisfies z.ZodType<Omit<PhoneStatus, "lastSession"> & { readonly lastSession: PlainOutcome | null }>;

const PARAMETER = z.strictObject({
  path: z.string(),
  type: z.enum(CWMP_TYPES),
  hidden: z.boolean().describe("A secret: value is empty whatever is set"),
  writable: z.boolean(),
  value: z.string(),
  notification: z.union([z.literal(0), z.literal(1), z.literal(2)]).describe("0 off, 1 passive, 2 active"),
  source: z.enum(["constant", "entries", "agent", "live", "config"]),
  keys: z.array(z.string()).describe("Keys of the phone's file that it stands for"),
  allowed: z.string().describe("What may be set, as the end of the sentence: must be …"),
  description: z.string(),
}) satisfies z.ZodType<ParameterView>;

export const PARAMETERS = z.strictObject({ parameters: z.array(PARAMETER) });

const path = z.string().min(1).max(MAX_PATH).describe("Full name, or an object with its dot at the end");

export const PARAMETERS_QUERY = z.strictObject({
  path: z.array(path).max(100).default(["Device."]).describe("What to read; may be repeated"),
});

export const CHANGES = z.strictObject({
  values: z
    .record(path, z.string())
    .refine((values) => Object.keys(values).length > 0, { error: "at least one value is needed" })
    .describe("Values by full parameter name: all are set, or none is"),
});

const APPLIED = z.enum(["applied", "needs-reboot"]).describe("needs-reboot: kept, in force after a reboot");

export const CHANGED = z.strictObject({
  applied: APPLIED,
  changes: z.array(z.strictObject({ path: z.string(), hidden: z.boolean(), before: z.string(), after: z.string() })),
});

export const INFORM = z.strictObject({
  event: z.enum(LOCAL_EVENTS).default("2 PERIODIC"),
  wait: z.boolean().default(false).describe("Answer when the session with it has ended"),
});

export const INFORMED = z.strictObject({
  event: z.enum(LOCAL_EVENTS),
  outcome: OUTCOME.nullable().describe("Null where the answer did not wait for it"),
});

export const TRANSFERS = z.strictObject({ transfers: z.array(TRANSFER) });

const RECORD = z.strictObject({
  session: count,
  at: time,
  kind: z.enum(["connected", "secured", "message", "closed"]),
  address: z.string().optional(),
  protocol: z.string().optional(),
  cipher: z.string().optional(),
  from: z.enum(["cpe", "acs"]).optional(),
  name: z.string().optional(),
  status: z.number().optional(),
  bytes: z.number().optional(),
  detail: z.string().optional(),
  file: z.string().optional(),
  error: z.string().optional(),
});
/** Absent, never undefined: JSON has no undefined. */
RECORD satisfies z.ZodType<{ readonly [K in keyof TraceRecord]: TraceRecord[K] | undefined }>;

export const SESSION = z.strictObject({
  session: count,
  running: z.boolean().describe("Whether its connection is still open"),
  records: z.array(RECORD).describe("Oldest first"),
  gap: z
    .strictObject({ at: count, count })
    .optional()
    .describe("Where records in the midst of a long session are not kept: count of them, before records[at]"),
});
SESSION satisfies z.ZodType<{ readonly [K in keyof Omit<RecordedSession, "records">]: RecordedSession[K] | undefined }>;

const SUMMARY = z.strictObject({
  session: count,
  events: z.array(z.string()).describe("Of its Inform; none while it was not sent"),
  outcome: z.enum(["running", "complete", "failed"]),
  reason: z.string().describe("For a failed one: why, as far as the wire shows it"),
  startedAt: time,
  durationMs: count,
  messages: count.describe("Of both sides, the empty ones too"),
  bytes: count,
});
SUMMARY satisfies z.ZodType<SessionSummary>;

export const SESSIONS = z.strictObject({ sessions: z.array(SUMMARY).describe("Oldest first") });

const SIP_RECORD = z.strictObject({
  at: time,
  from: z.enum(["phone", "peer"]),
  peer: z.string().describe("UDP 192.0.2.1:5060"),
  name: z.string().describe("REGISTER sip:192.0.2.1, or 401 Unauthorized"),
  answers: z.string().describe("Of a response: the method that it answers; of a request empty"),
  bytes: count,
  text: z.string().describe("All of it; secrets are masked"),
});
SIP_RECORD satisfies z.ZodType<SipRecord>;

export const SIP_MESSAGES = z.strictObject({ messages: z.array(SIP_RECORD) });

const number = z.string().regex(/^\d{1,9}$/);
export const SESSION_PATH = z.strictObject({ session: number });
export const MESSAGE_PATH = z.strictObject({
  session: number,
  message: number.describe("Place of its record in the session, from 0"),
});

export const ENVELOPE = z.strictObject({ envelope: z.string().describe("XML; secrets are masked") });

export const AUTOP_QUERY = z.strictObject({
  name: z.string().max(255).default("autop.cfg").describe("Name of the file in messages"),
  lenient: z.enum(["true", "false"]).default("false").describe("Apply the good lines of a file with bad ones"),
});
export const EXPORT_QUERY = z.strictObject({
  passwords: z.enum(["true", "false"]).default("false").describe("With the lines that hold passwords"),
});
export const AUTOP_APPLIED = z.strictObject({
  settings: count.describe("In the file"),
  changed: z.array(z.string()).describe("Keys of the phone's file that were not so before"),
  applied: APPLIED,
  unknown: z.array(z.string()).describe("Keys that the data model lacks: they are kept for the firmware"),
  refused: z.array(z.string()).describe("Bad lines that were left out, which only lenient allows"),
  warnings: z.array(z.string()),
});

export const FILE_TEXT = z.string();

export const CALL = z.strictObject({
  number: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[^\s<>"]+$/)
    .describe("Number or SIP user, with or without @domain"),
  account: z.int().min(1).max(16).default(1),
});
export const CALLING = z.strictObject({ calling: z.boolean().describe("False: the phone has hung up") });

export const NOTHING = z.strictObject({});
export const RESTARTING = z.strictObject({ restarting: z.literal(true) });

/** The schemas that the description names. */
export const NAMED_SCHEMAS = {
  Problem: PROBLEM,
  Status: STATUS,
  Parameters: PARAMETERS,
  Changes: CHANGES,
  Changed: CHANGED,
  Inform: INFORM,
  Informed: INFORMED,
  Transfers: TRANSFERS,
  TraceRecord: RECORD,
  Session: SESSION,
  Sessions: SESSIONS,
  Envelope: ENVELOPE,
  AutopApplied: AUTOP_APPLIED,
  Call: CALL,
  Calling: CALLING,
  Nothing: NOTHING,
  Restarting: RESTARTING,
} as const;
