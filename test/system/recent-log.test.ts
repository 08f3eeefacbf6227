import assert from "node:assert/strict";
import { test } from "node:test";
import { createRecentLog } from "../../src/system/recent-log.ts";
import { createFakeTime } from "../helpers/fake-time.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";

test("the latest thousand lines are kept, one a line, from info on, with a child's fields and without secrets", () => {
  const inner = createMemoryLogger();
  const { log, text } = createRecentLog(inner, createFakeTime().clock);
  log.debug({}, "too much");
  log.child({ phone: 1 }).warn({ password: "hunter2", stack: "at x" }, "two\nlines");
  assert.equal(text(), '2024-05-01T12:00:00.000Z warn two\\nlines {"phone":1,"password":"********"}\n');
  assert.equal(inner.lines.length, 2, "everything is still logged");
  for (let line = 0; line < 1_000; line++) log.info({}, `line ${line}`);
  assert.equal(text().split("\n").length, 1_001);
  assert.match(text(), /^\S+ info line 0\n/);
});

test("of several phones each has the lines that name it alone", () => {
  const { log, text } = createRecentLog(createMemoryLogger(), createFakeTime().clock);
  log.info({ phone: "one" }, "mine");
  log.info({ phone: "two" }, "not mine");
  log.info({}, "of the process");
  assert.equal(text("one"), '2024-05-01T12:00:00.000Z info mine {"phone":"one"}\n');
  assert.equal(text().split("\n").length, 4);
});
