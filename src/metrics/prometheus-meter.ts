import { Counter, Histogram, type Registry } from "prom-client";
import { EVENTS, type EventCode } from "../cwmp/events.ts";
import { ACS_FAULTS } from "../cwmp/faults.ts";
import { CONNECTION_REQUEST_RESULTS, type Meter } from "../ports/meter.ts";

/** Upper bounds in seconds. Work on the phone itself takes milliseconds, a session as long as the ACS wants. */
const WORK_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
export const SESSION_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const OUTCOMES = ["success", "failure"] as const;
/** In the order of the table: the first that an Inform carries counts as what its session was for. */
const EVENT_CODES = Object.keys(EVENTS) as readonly EventCode[];

/** The meter behind /metrics. Series that are sure to be wanted start at 0, so that the first step of each is seen. */
export function addMeter(registry: Registry): Meter {
  return { ...sessionMetrics(registry), ...rpcMetrics(registry), ...requestMetrics(registry) };
}

function sessionMetrics(registry: Registry): Pick<Meter, "sessionEnded"> {
  const registers = [registry];
  const sessions = new Counter({
    name: "akuvox_cpe_sessions_total",
    help: "Sessions with the ACS; trigger: the first event of the Inform, in the order of the standard's table.",
    labelNames: ["outcome", "trigger"] as const,
    registers,
  });
  const failures = new Counter({
    name: "akuvox_cpe_session_failures_total",
    help: "Sessions that failed, by the reason.",
    labelNames: ["reason"] as const,
    registers,
  });
  const events = new Counter({
    name: "akuvox_cpe_events_delivered_total",
    help: "Events in the Informs of successful sessions.",
    labelNames: ["event"] as const,
    registers,
  });
  const durations = new Histogram({
    name: "akuvox_cpe_session_duration_seconds",
    help: "Length of a session, from the Inform to its end.",
    labelNames: ["outcome"] as const,
    buckets: SESSION_BUCKETS,
    registers,
  });
  for (const outcome of OUTCOMES) {
    durations.zero({ outcome });
    for (const trigger of EVENT_CODES) sessions.inc({ outcome, trigger }, 0);
  }
  return {
    sessionEnded({ events: told, durationMs, failure }) {
      const outcome = failure === null ? "success" : "failure";
      sessions.inc({ outcome, trigger: EVENT_CODES.find((code) => told.includes(code)) ?? "none" });
      durations.observe({ outcome }, durationMs / 1000);
      if (failure !== null) failures.inc({ reason: failure });
      else for (const event of told) events.inc({ event });
    },
  };
}

function rpcMetrics(registry: Registry): Pick<Meter, "rpcServed" | "acsFault" | "committed"> {
  const registers = [registry];
  const durations = new Histogram({
    name: "akuvox_cpe_rpc_duration_seconds",
    help: "RPCs of the ACS, from their arrival until the answer is ready to be sent.",
    labelNames: ["method"] as const,
    buckets: WORK_BUCKETS,
    registers,
  });
  const faults = new Counter({
    name: "akuvox_cpe_faults_total",
    help: "Faults that RPCs of the ACS were answered with.",
    labelNames: ["method", "code"] as const,
    registers,
  });
  const parameterFaults = new Counter({
    name: "akuvox_cpe_parameter_faults_total",
    help: "Faults of single parameters in refused SetParameterValues.",
    labelNames: ["code"] as const,
    registers,
  });
  const acsFaults = new Counter({
    name: "akuvox_cpe_acs_faults_total",
    help: "Faults that the ACS has answered the phone's requests with.",
    labelNames: ["method", "code"] as const,
    registers,
  });
  const commits = new Histogram({
    name: "akuvox_cpe_commit_duration_seconds",
    help: "Changes of parameters and settings, from the end of their check until they are durable.",
    labelNames: ["by", "outcome"] as const,
    buckets: WORK_BUCKETS,
    registers,
  });
  return {
    rpcServed({ method, durationMs, fault }) {
      durations.observe({ method }, durationMs / 1000);
      if (fault === null) return;
      faults.inc({ method, code: fault.faultCode });
      for (const { faultCode } of fault.parameterFaults) parameterFaults.inc({ code: faultCode });
    },
    acsFault: (method, faultCode) => acsFaults.inc({ method, code: acsFaultLabel(faultCode) }),
    committed(by, durationMs, successful) {
      commits.observe({ by, outcome: successful ? "success" : "failure" }, durationMs / 1000);
    },
  };
}

function requestMetrics(registry: Registry): Pick<Meter, "connectionRequest" | "transferEnded"> {
  const registers = [registry];
  const requests = new Counter({
    name: "akuvox_cpe_connection_requests_total",
    help: "Connection requests, by transport and result.",
    labelNames: ["transport", "result"] as const,
    registers,
  });
  for (const transport of ["http", "udp", "xmpp"]) {
    for (const result of CONNECTION_REQUEST_RESULTS) requests.inc({ transport, result }, 0);
  }
  const transfers = new Counter({
    name: "akuvox_cpe_transfers_total",
    help: "File transfers that have ended; result: success, or the FaultCode.",
    labelNames: ["method", "result"] as const,
    registers,
  });
  for (const method of ["Download", "Upload", "ScheduleDownload", "Autonomous"]) {
    transfers.inc({ method, result: "success" }, 0);
  }
  return {
    connectionRequest: (transport, result) => requests.inc({ transport, result }),
    transferEnded: (method, faultCode) => transfers.inc({ method, result: faultCode === 0 ? "success" : faultCode }),
  };
}

/** An ACS can write any number. */
function acsFaultLabel(faultCode: number): string {
  if (Object.hasOwn(ACS_FAULTS, faultCode)) return String(faultCode);
  return faultCode >= 8800 && faultCode <= 8899 ? "vendor" : "other";
}
