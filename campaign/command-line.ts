import { parseArgs } from "node:util";
import { BACKENDS, type BackendName } from "./phone/settings.ts";

export interface CommandLine {
  readonly seed: string;
  readonly short: boolean;
  /** Only trials whose `part:id` begins with this. */
  readonly only: string | null;
  readonly backends: readonly BackendName[];
  /** Trials at the same time. */
  readonly jobs: number;
  /** Disturbances of each part; null: as many as the form has. */
  readonly count: number | null;
  /** No new trial begins after it, shared by the parts; null: no end. */
  readonly seconds: number | null;
  /** Where the summary goes as JSON; null: nowhere. */
  readonly summary: string | null;
  readonly main: string | null;
}

export const USAGE = `npm run campaign -- [options]

  --short            the form for CI: a sample of everything, within --seconds (default 120)
  --only PART[:ID]   one part (kills, faults, crash-states, clocks, proxy), or one trial of it
  --seed TEXT        the same seed plans the same trials; printed at the start; --short has one of its own
  --count N          so many disturbances of each part (kills: 5000 unless --short)
  --backend NAME     ${BACKENDS.join(", ")}; may be given several times; all unless given
  --jobs N           trials at the same time (default 2)
  --seconds N        no new trial begins after so long
  --summary FILE     the figures as JSON
  --main FILE        another build of the product than dist/cli/main.js
`;

/** @throws Error that says what is wrong, for people */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: "boolean", default: false },
      ...{ only: text, seed: text, count: text, jobs: text, seconds: text, summary: text, main: text },
      backend: { type: "string", multiple: true },
    },
  });
  const number = (name: "count" | "jobs" | "seconds", fallback: number | null): number | null => {
    const given = values[name];
    if (given === undefined) return fallback;
    const value = Number(given);
    if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} must be a whole number from 1`);
    return value;
  };
  const backends = (values.backend ?? BACKENDS).map((name) => {
    const known = BACKENDS.find((one) => one === name);
    if (known === undefined) throw new Error(`--backend ${name}: must be one of ${BACKENDS.join(", ")}`);
    return known;
  });
  return {
    seed: values.seed ?? (values.short ? "short" : new Date().toISOString()),
    short: values.short,
    only: values.only ?? null,
    backends,
    jobs: number("jobs", 2) ?? 2,
    count: number("count", null),
    seconds: number("seconds", values.short ? 120 : null),
    summary: values.summary ?? null,
    main: values.main ?? null,
  };
}
