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

test("a readable line has its data behind the sentence, but for what the sentence says", async () => {
  const { log, texts } = await captured("pretty");
  log.info(
    { events: ["1 BOOT", "4 VALUE CHANGE"], acs: "a.example:80" },
    "Session with a.example:80: 1 BOOT, 4 VALUE CHANGE",
  );
  log.info({ delayMs: 5000, file: "/a b.cfg", none: null, list: [], more: { a: 1 } }, "Trying again");
  log.info({ port: 7547 }, "port 7547 is in use");
  const lines = texts.map((text) => text.replace(/^\[[\d:.]+\] INFO: /, "").trimEnd());
  assert.deepEqual(lines, [
    "Session with a.example:80: 1 BOOT, 4 VALUE CHANGE",
    'Trying again  delayMs=5000  file="/a b.cfg"  none=null  list=[]  more={"a":1}',
    "port 7547 is in use",
  ]);
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
    log
      .child({ authorization: "hunter2" })
      .error({ err: Object.assign(new Error("no"), { passphrase: "hunter2" }) }, "failed");
    assert.doesNotMatch(texts.join(""), /hunter2/);
    assert.match(texts.join(""), /\*{8}/);
    assert.match(texts.join(""), /failed/);
    for (const text of texts) assert.match(text, /\S\n$/);
  }
});

test("what others have said begins no line of its own on a terminal, nor anything that it obeys", async () => {
  for (const isTTY of [false, true]) {
    const { log, texts } = await captured("pretty", { isTTY });
    const forged = "x\n[12:00:00.000] INFO: all is well\r\u001b[2J\u001b[31m\u202e\u2028\u0085";
    log.child({ [forged]: `one ${forged}` }).warn({ reason: `two ${forged}`, list: [`three ${forged}`] }, forged);
    const [line = "", ...more] = texts;
    assert.deepEqual(more, []);
    assert.equal(line.indexOf("\n"), line.length - 1);
    assert.doesNotMatch(line, /[\r\u202e\u2028\u0085]|\[2J(?<!\\u001b\[2J)/);
    assert.equal(line.split("all is well").length - 1, 5);
  }
});

test("an error keeps the lines of its stack, all of them set in", async () => {
  const { log, texts } = await captured("pretty");
  log.error({ err: new Error("broken\n[12:00:00.000] INFO: all is well") }, "failed");
  const [first = "", ...more] = texts.join("").trimEnd().split("\n");
  assert.match(first, /failed/);
  assert.ok(more.length > 1);
  assert.deepEqual(
    more.filter((line) => !line.startsWith("    ")),
    [],
  );
});

test("JSON lines hold no line end but the last, not even one of Unicode, and say the same", async () => {
  const { log, texts } = await captured("json");
  log.warn({ reason: "a\nb\u2028c\u0085d\u202e" }, "said");
  assert.match(texts.join(""), /^[^\n\u2028\u0085\u202e]*\n$/);
  assert.equal((JSON.parse(texts.join("")) as { reason: string }).reason, "a\nb\u2028c\u0085d\u202e");
});

test("lines that cannot be written are counted, and told of once they can", async () => {
  for (const format of ["json", "pretty"] as const) {
    const texts: string[] = [];
    let isFull = true;
    const write = (text: string): void => {
      if (isFull) throw Object.assign(new Error("full"), { code: "ENOSPC" });
      texts.push(text);
    };
    const log = await createLogger({ level: "info", format, destination: { write } });
    for (const message of ["one", "two", "three"]) log.info({}, message);
    isFull = false;
    log.info({}, "four");
    log.info({}, "five");
    assert.equal(texts.length, 3);
    assert.match(texts[0] ?? "", /WARN|warn/);
    assert.match(texts[0] ?? "", /lines"?[:=]3/);
    assert.match(texts[1] ?? "", /four/);
    assert.match(texts[2] ?? "", /five/);
  }
});
