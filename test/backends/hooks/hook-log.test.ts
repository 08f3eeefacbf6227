import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createHookLog, createStderrLines, hiding } from "../../../src/backends/hooks/hook-log.ts";
import { jsonLines } from "../../../src/backends/hooks/json-lines.ts";
import { createFakeTime } from "../../helpers/fake-time.ts";
import { createMemoryLogger } from "../../helpers/memory-logger.ts";
import { hooksPhone, LABEL, PASSWORD } from "./hooks-phone.ts";

describe("what hooks say", () => {
  test("values that were sent, and secrets that are kept, are never shown", async (t) => {
    const phone = await hooksPhone(t, {
      scripts: {
        apply: "tee copy >&2; cat copy; grep Pwd phone.cfg >&2; exit 7",
        read: "cat phone.cfg >&2; cat phone.cfg",
      },
    });
    await phone.begin();
    await phone.edit(PASSWORD, "kept-secret");
    await assert.rejects(phone.change({ [PASSWORD]: 'hush "quoted" \\ ☎', [LABEL]: "hush-label" }));
    await assert.rejects(phone.backend.refresh(["Status.Account1.Line.State"]));
    const text = phone.log.text();
    assert.doesNotMatch(text, /hush|quoted|kept-secret/);
    assert.match(text, /Config\.Account1\.GENERAL\.Pwd = \*\*\*/);
  });

  test("lines are short, without control characters, and so many a minute", () => {
    const shown: string[] = [];
    const lines = createStderrLines(
      (text) => text,
      (line) => void shown.push(line()),
    );
    lines.take(Buffer.from(`a\x1b[31mb\u202ec\r\n\n  \n${"é".repeat(300)}\npar`));
    lines.take(Buffer.from(`tial\n${"x".repeat(10_000)}`));
    lines.take(Buffer.from("rest\nlast"));
    assert.equal(lines.last(), "last");
    assert.deepEqual(shown, [
      "a [31mb c",
      `${"é".repeat(199)}…`,
      "partial",
      "(a line that is too long to be shown)",
      "last",
    ]);
    const time = createFakeTime();
    const log = createMemoryLogger();
    const hook = createHookLog("read", time.clock, log);
    for (let line = 0; line < 100; line++) hook.info(() => "chatter");
    hook.warn("wrong");
    assert.equal(log.lines.length, 31);
    assert.equal(log.lines.at(-1)?.message, "wrong", "what is wrong is told all the same");
  });

  test("a minute later it is told how many lines were left out", async () => {
    const time = createFakeTime();
    const log = createMemoryLogger();
    const hook = createHookLog("watch", time.clock, log);
    for (let line = 0; line < 35; line++) hook.info(() => "chatter");
    await time.advance(60_000);
    hook.info(() => "again");
    assert.deepEqual(
      log.lines.slice(30).map(({ message }) => message),
      ["the watch hook: 5 lines were left out of the log", "again"],
    );
  });

  test("a short value stands in any line by chance and is left; a secret is not", () => {
    const hide = hiding(["1", "12", "a b", "1234"], ["7"]);
    assert.equal(hide("exit 12 of 1234 at 7, a blank"), "exit 12 of *** at ***, a blank");
    assert.equal(hiding(["hall", "hall-1"], [])("hall-1 hall"), "*** ***");
    assert.equal(hiding(['a"b\\'], [])('{"value":"a\\"b\\\\"}'), '{"value":"***"}');
  });

  test("hooks get little of the agent's environment", async (t) => {
    const phone = await hooksPhone(t, {
      scripts: { apply: "env >env.txt" },
      env: { HOME: "/root", TZ: "UTC", AKUVOX_CPE_ACS_PASSWORD: "hush", CPE_PASSWORD: "hush", NODE_OPTIONS: "--x" },
    });
    await phone.begin();
    await phone.change({ [LABEL]: "hall" });
    const names = (await phone.left("env.txt")).split("\n").flatMap((line) => line.split("=", 1)[0] || []);
    // The shell adds some of its own.
    assert.deepEqual(names.filter((name) => !["PWD", "OLDPWD", "SHLVL", "_"].includes(name)).sort(), [
      "AKUVOX_CPE_HOOK",
      "HOME",
      "PATH",
      "TZ",
    ]);
    assert.match(await phone.left("env.txt"), /^AKUVOX_CPE_HOOK=apply$/m);
  });

  test("what a hook reads has one form, that of docs/hooks.md", () => {
    const value = 'a "b" \\ / ☎ \u2028 \t';
    assert.equal(jsonLines([{ key: LABEL, value }]), `{"key":"${LABEL}","value":"a \\"b\\" \\\\ / ☎ \u2028 \\t"}\n`);
  });
});
