import type { Threshold, ThresholdFigure, ThresholdOperator } from "../config/fleet/thresholds.ts";
import type { FleetFigures } from "./figures/fleet-figures.ts";
import type { Latency } from "./figures/latency.ts";

/** Whether a threshold holds. */
export interface Verdict {
  readonly text: string;
  /** Milliseconds, a percentage or a count, as the figure is. Null: nothing was measured, and no threshold of it holds. */
  readonly value: number | null;
  readonly holds: boolean;
}

/** The figures that thresholds apply to. */
export interface JudgedFigures extends Pick<FleetFigures, "counts"> {
  readonly requests: Latency;
  readonly sessions: Latency;
}

export function judge(thresholds: readonly Threshold[], figures: JudgedFigures): readonly Verdict[] {
  return thresholds.map(({ text, figure, operator, bound }) => {
    const value = measured(figure, figures);
    return { text, value, holds: value !== null && COMPARE[operator](value, bound) };
  });
}

const COMPARE: Readonly<Record<ThresholdOperator, (value: number, bound: number) => boolean>> = {
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
  "==": (value, bound) => value === bound,
  "!=": (value, bound) => value !== bound,
};

function measured(figure: ThresholdFigure, figures: JudgedFigures): number | null {
  const { requests, sessions } = figures;
  const counts = figures.counts();
  switch (figure) {
    case "max":
      return requests.count === 0 ? null : requests.maxMs;
    case "session.max":
      return sessions.count === 0 ? null : sessions.maxMs;
    case "failureRate":
      return counts.sessions === 0 ? 0 : (100 * counts.failures) / counts.sessions;
    case "session.p50":
    case "session.p95":
    case "session.p99":
      return percentile(sessions, figure.slice("session.p".length));
    case "p50":
    case "p90":
    case "p95":
    case "p99":
    case "p99.9":
      return percentile(requests, figure.slice(1));
    default:
      return counts[figure];
  }
}

function percentile(latency: Latency, text: string): number | null {
  return latency.count === 0 ? null : latency.percentileMs(Number(text));
}
