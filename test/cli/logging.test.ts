import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogger, type LogFormat, type LogLevel } from "../../src/cli/logging.ts";

async function captured(format: LogFormat, options: { readonly isTTY?: boolean; readonly level?: LogLevel } = {}) {
  const texts: string[] = [];
  const destination = { isTTY: options.isTTY ?? false, write: (text: string) => void texts.push(text) };
  return { log: await createLogger({ level: options.level ?? "info", format, destination }), texts };
}

test("a pipe gets one JSON object a line, with level, time, fields and message", async () => {
  const { log, texts } = await captured("auto");
  log.child({ agent: "a1" }).info({ port: 7547 }, "listening");
  assert.equal(texts.length, 1);
  const { time, ...line } = JSON.parse(texts[0] ?? "") as Record<string, unknown>;
  assert.deepEqual(line, { level: "info", agent: "a1", port: 7547, msg: "listening" });
  assert.match(String(time), /^\d{4}-\d\d-\d\dT/);
});

test("a terminal gets readable lines at once", async () => {
  const { log, texts } = await captured("auto", { isTTY: true });
  log.warn({ port: 7547 }, "in use");
  assert.match(texts.join(""), /WARN.*in use.*7547/);
  assert.throws(() => JSON.parse(texts.join("")));
});

test("the format can be told, whatever the destination", async () => {
  const json = await captured("json", { isTTY: true });
  json.log.info({}, "one");
  assert.doesNotThrow(() => JSON.parse(json.texts.join("")));
  const pretty = await captured("pretty");
  pretty.log.info({}, "one");
  assert.throws(() => JSON.parse(pretty.texts.join("")));
});

test("lines below the level are not told, and silent tells nothing", async () => {
  const warn = await captured("json", { level: "warn" });
  warn.log.info({}, "no");
  warn.log.warn({}, "yes");
  assert.equal(warn.texts.length, 1);
  const silent = await captured("json", { level: "silent" });
  silent.log.error({}, "no");
  assert.equal(silent.texts.length, 0);
});

test("a secret that somebody logs by mistake is masked in both formats", async () => {
  for (const format of ["json", "pretty"] as const) {
    const { log, texts } = await captured(format);
    log.info(
      { password: "hunter2", acs: { password: "hunter2" }, config: { cpe: { password: "hunter2" } } },
      "settings",
    );
    assert.doesNotMatch(texts.join(""), /hunter2/);
    assert.match(texts.join(""), /\*{8}/);
  }
});
