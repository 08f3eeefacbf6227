import assert from "node:assert/strict";
import { test } from "node:test";
import { liveLines, plainLine, summaryText } from "../../../src/cli/fleet/lines.ts";
import { createFleetView } from "../../../src/cli/fleet/view.ts";
import { createPaint } from "../../../src/cli/paint.ts";
import type { FleetMoment } from "../../../src/fleet/figures/timeline.ts";
import { duration, measuredText, milliseconds } from "../../../src/fleet/words.ts";
import { capturedIo } from "../../helpers/captured-io.ts";
import { fleetSummary } from "../../helpers/fleet.ts";

const MOMENT: FleetMoment = {
  ...{ atMs: 62_000, phones: 2000, started: 1500, reached: 1490, retrying: 2, sessions: 3000, failures: 12 },
  ...{ retries: 10, rpcs: 640, faults: 0, connectionRequests: 5, open: 17, waiting: 3, rate: 50, rssMiB: 210 },
  ...{ injected: 0, arrivals: 0 },
  latency: { count: 90, p50: 3.21, p95: 123.4, p99: 1499 },
};
const BEFORE = { ...MOMENT, atMs: 60_000, sessions: 2900, rpcs: 600 };

test("times are written as people read them", () => {
  assert.deepEqual([0, 62_000, 3_723_000].map(duration), ["0:00", "1:02", "1:02:03"]);
  assert.deepEqual([3.21, 123.4, 1499].map(milliseconds), ["3.2 ms", "123 ms", "1.5 s"]);
});

test("what a threshold was judged by has its unit", () => {
  const measured = (text: string, value: number | null) => measuredText({ text, value, holds: false });
  assert.equal(measured("session.p95 < 2s", 647.6543), "647.7 ms");
  assert.equal(measured("max < 1s", null), "nothing was measured");
  assert.equal(measured("failureRate < 1%", 3.25), "3.25 %");
  assert.equal(measured("sessions > 99", 123_456), "123456");
});

test("the end of a run names what was injected, and what was measured in which unit", async () => {
  const text = summaryText(await fleetSummary(), createPaint(false));
  assert.match(text, /^Injected +29 reboot storm$/m);
  assert.match(text, /^Duration +240 of successful sessions: p50 /m);
  assert.match(text, /^✔ p95 < 500ms: it is [\d.]+ ms$/m);
  assert.match(text, /^✘ faults == 0: it is \d+$/m);
});

test("a pipe gets one line for a moment, with what there was in a second since the last", () => {
  assert.equal(
    plainLine(MOMENT, BEFORE),
    "1:02; 1,500/2,000 phones started, 1,490 reached the ACS; 50 sessions/s; 20 RPCs/s; p50 3.2 ms, p95 123 ms, p99 1.5 s; 12 failed, 2 retrying, 0 faults; 17 open; 210 MiB",
  );
  assert.match(plainLine({ ...MOMENT, latency: null }, null), /; 48 sessions\/s; 10 RPCs\/s; no answers; /);
});

test("a terminal gets lines that are drawn anew, and other text above them", () => {
  const { io, stdout } = capturedIo({}, { columns: 100, answer: "" });
  const calls: string[] = [];
  const live = {
    draw: (lines: readonly string[]) => void calls.push(`draw ${lines.length}`),
    clear: () => void calls.push("clear"),
  };
  const view = createFleetView({ ...io, live }, false);
  view.event({ kind: "moment", moment: BEFORE });
  view.event({ kind: "moment", moment: MOMENT });
  view.notice("The ACS answers 503");
  assert.deepEqual(calls, ["draw 8", "draw 8", "clear", "draw 8"]);
  assert.equal(stdout(), "The ACS answers 503\n");
  const text = liveLines(MOMENT, BEFORE, createPaint(false)).join("\n");
  assert.match(text, /^Phones +█{18}░{6} 1,500 of 2,000 started, 50 more each second$/m);
  assert.match(text, /^Sessions +50\/s, 3,000 in all, 12 failed$/m);
});

test("the end of a part says who judges the thresholds", async () => {
  const summary = await fleetSummary();
  const part = { ...summary, shards: [{ index: 2, count: 4 }], thresholds: [] };
  assert.match(summaryText(part, createPaint(false)), /^Part 2\/4: akuvox-cpe report merge judges the thresholds$/m);
  assert.doesNotMatch(summaryText(summary, createPaint(false)), /report merge/);
});
