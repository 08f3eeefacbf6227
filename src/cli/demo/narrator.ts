import type { TraceRecord } from "../../ports/trace.ts";
import type { CliIo } from "../io.ts";
import { drawLadder } from "../ladder.ts";
import { createPaint, type Paint } from "../paint.ts";
import { DemoFailure } from "./wait.ts";

/** Tells the story of the demo, and checks each of its claims. */
export interface Narrator {
  readonly paint: Paint;
  heading(text: string): void;
  say(text: string): void;
  /** Prints ✓ and goes on, or ✗ and throws DemoFailure. `found` says what was there instead. */
  check(holds: boolean, claim: string, found?: () => string): void;
  /** `-` and `+` lines. */
  diff(lines: readonly string[]): void;
  ladder(records: readonly TraceRecord[]): void;
  /** Claims that held. */
  claims(): number;
}

const MAX_COLUMNS = 100;

export function createNarrator(io: CliIo): Narrator {
  const paint = createPaint(io.terminal !== null);
  const width = Math.min(io.terminal?.columns ?? 80, MAX_COLUMNS);
  let parts = 0;
  let claims = 0;
  const line = (text: string): void => io.stdout(`${text}\n`);
  return {
    paint,
    heading(text) {
      parts += 1;
      line(`\n${paint.bold(`${parts}  ${text}`)}\n`);
    },
    say: (text) => line(text === "" ? "" : `   ${text}`),
    check(holds, claim, found) {
      line(`   ${holds ? paint.green("✓") : paint.red("✗")} ${claim}`);
      if (!holds) throw new DemoFailure(`${claim}: this does not hold${found === undefined ? "" : `; ${found()}`}`);
      claims += 1;
    },
    diff(lines) {
      for (const text of lines) line(`     ${text.startsWith("-") ? paint.red(text) : paint.green(text)}`);
    },
    ladder: (records) => line(`\n${drawLadder(records, { width, color: io.terminal !== null })}\n`),
    claims: () => claims,
  };
}
