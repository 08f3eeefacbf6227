/** A limit that a run of a fleet must keep, such as `p95 < 500ms`. */
export interface Threshold {
  /** As it was written. */
  readonly text: string;
  readonly figure: ThresholdFigure;
  readonly operator: ThresholdOperator;
  /** Milliseconds for times, percent for rates. */
  readonly bound: number;
}

/** Figures of a whole run, and what each is measured in. */
export const THRESHOLD_FIGURES = {
  /** Latency of a request: from the last byte sent to the whole answer. */
  p50: "time",
  p90: "time",
  p95: "time",
  p99: "time",
  "p99.9": "time",
  max: "time",
  "session.p50": "time",
  "session.p95": "time",
  "session.p99": "time",
  "session.max": "time",
  /** CWMP faults in either direction. */
  faults: "count",
  /** Sessions that failed. */
  failures: "count",
  failureRate: "percent",
  sessions: "count",
  rpcs: "count",
  retries: "count",
  connectionRequests: "count",
  /** Phones that have been started, that have had a successful session, and whose last session failed. */
  started: "count",
  reached: "count",
  retrying: "count",
} as const;

export type ThresholdFigure = keyof typeof THRESHOLD_FIGURES;

export const THRESHOLD_OPERATORS = ["<=", ">=", "==", "!=", "<", ">"] as const;
export type ThresholdOperator = (typeof THRESHOLD_OPERATORS)[number];

const FORM = /^([a-z][\w.]*)\s*(<=|>=|==|!=|<|>)\s*(\d+(?:\.\d+)?)\s*(ms|s|%)?$/i;

/** Null: not a threshold. Times are in ms or s, rates in %. */
export function parseThreshold(text: string): Threshold | null {
  const [, name = "", sign = "", number = "", unit = ""] = FORM.exec(text.trim()) ?? [];
  if (!isFigure(name) || !isOperator(sign)) return null;
  const kind = THRESHOLD_FIGURES[name];
  if (kind === "time" ? unit !== "ms" && unit !== "s" : unit !== (kind === "percent" ? "%" : "")) return null;
  return { text: text.trim(), figure: name, operator: sign, bound: Number(number) * (unit === "s" ? 1000 : 1) };
}

function isFigure(name: string): name is ThresholdFigure {
  return Object.hasOwn(THRESHOLD_FIGURES, name);
}

function isOperator(sign: string): sign is ThresholdOperator {
  return (THRESHOLD_OPERATORS as readonly string[]).includes(sign);
}
