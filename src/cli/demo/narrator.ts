import type { SipRecord } from "../../ports/sip-log.ts";
import type { TraceRecord } from "../../ports/trace.ts";
import type { CliIo } from "../io.ts";
import { drawLadder, drawSipLadder } from "../ladder.ts";
import { createPaint, hasColor, type Paint } from "../paint.ts";
import { DemoFailure } from "./wait.ts";

/** Prints the demo's narration, and checks each claim. */
export interface Narrator {
  readonly paint: Paint;
  title(text: string): void;
  heading(text: string): void;
  say(text: string): void;
  /** An empty line, unless there is one. */
  gap(): void;
  /** Prints ✓, or prints ✗ and throws DemoFailure. `found`: the actual result. */
  check(holds: boolean, claim: string, found?: () => string): void;
  /** `-` and `+` lines. */
  diff(lines: readonly string[]): void;
  ladder(records: readonly TraceRecord[]): void;
  sipLadder(records: readonly SipRecord[]): void;
  /** Claims that were true. */
  claims(): number;
}

const MAX_COLUMNS = 100;

export function createNarrator(io: CliIo): Narrator {
  const paint = createPaint(hasColor(io));
  const width = Math.min(io.terminal?.columns ?? 80, MAX_COLUMNS);
  let parts = 0;
  let claims = 0;
  let afterGap = false;
  const line = (text: string): void => {
    io.stdout(`${text}\n`);
    afterGap = text === "";
  };
  /** Never two empty lines in a row. */
  const gap = (): void => {
    if (!afterGap) line("");
  };
  return {
    paint,
    title: (text) => line(paint.bold(text)),
    heading(text) {
      parts += 1;
      gap();
      line(paint.bold(`${parts}  ${text}`));
      gap();
    },
    gap,
    say: (text) => line(`   ${text}`),
    check(holds, claim, found) {
      line(`   ${holds ? paint.green("✓") : paint.red("✗")} ${claim}`);
      if (!holds) throw new DemoFailure(`${claim}: this is not true${found === undefined ? "" : `; ${found()}`}`);
      claims += 1;
    },
    diff(lines) {
      gap();
      for (const text of lines) line(`     ${text.startsWith("-") ? paint.red(text) : paint.green(text)}`);
      gap();
    },
    ladder(records) {
      gap();
      line(drawLadder(records, { width, color: hasColor(io) }));
      gap();
    },
    sipLadder(records) {
      gap();
      line(drawSipLadder(records, { width, color: hasColor(io) }));
      gap();
    },
    claims: () => claims,
  };
}
