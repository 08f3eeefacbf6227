import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { isAgentError, PhoneFault } from "../../../src/cwmp/errors.ts";
import { type HooksPhone, hooksPhone, isAlive, LABEL, LINE, until } from "./hooks-phone.ts";

const IP = "Status.Network.LAN.IPAddress";

async function readFails(phone: HooksPhone, what: RegExp): Promise<void> {
  await assert.rejects(phone.backend.refresh([LINE]), (error) => isAgentError(error, "BACKEND_IO"));
  assert.match(phone.warnings().at(-1) ?? "", what);
}

describe("a hook that misbehaves costs one fault", () => {
  test("one that hangs is ended with all that it has started when its time is over", async (t) => {
    const phone = await hooksPhone(t, {
      scripts: {
        read: 'test -e well || { touch well; exit 0; }; sleep 1000 & echo "$$ $!" >pids.new; mv pids.new pids; wait',
      },
    });
    await phone.begin();
    const refresh = phone.backend.refresh([LINE]).then(
      () => "done",
      (error: unknown) => error,
    );
    await phone.appears("pids");
    await phone.time.advance(30_000);
    assert.ok((await refresh) instanceof PhoneFault);
    assert.match(phone.warnings().at(-1) ?? "", /the read hook .* did not end within 30 seconds/);
    for (const pid of (await phone.left("pids")).split(" ").map(Number)) await until(() => !isAlive(pid));
  });

  test("one that ignores the request to end is ended by force two seconds later", async (t) => {
    const phone = await hooksPhone(t, {
      scripts: {
        apply: "test ! -e pid || exit 0; trap '' TERM; echo $$ >pid.new; mv pid.new pid; while :; do sleep 0.01; done",
      },
    });
    await phone.begin();
    const change = phone.change({ [LABEL]: "hall" }).catch((error: unknown) => error);
    await phone.appears("pid");
    await phone.time.advance(32_000);
    assert.ok((await change) instanceof PhoneFault);
    const pid = Number(await phone.left("pid"));
    await until(() => !isAlive(pid));
  });

  for (const [what, script, said] of [
    [
      "floods stdout",
      "while :; do echo 0123456789012345678901234567890123456789; done",
      /printed more than 4194304 bytes/,
    ],
    ["floods stderr", "yes 0123456789012345678901234567890123456789 >&2", /printed more than .* too much on stderr/],
    ["floods stdout without a line end", "cat /dev/zero", /printed more than/],
    ["dies by a signal", "kill -SEGV $$", /was ended by SIGSEGV/],
    ["kills itself", "kill -9 $$", /was ended by SIGKILL/],
    ["ends with 1, as a shell does by itself", "exit 1", /ended with exit code 1 /],
    ["is no program that there is", "exec ./nowhere", /ended with exit code 127 /],
    ["prints rubbish", "echo rubbish", /printed a line \(1\) that is not JSON /],
    ["prints JSON that is no object", "echo '[1]'", /printed a line \(1\) that is not a JSON object/],
    ["prints a line without a key", `echo '{"value":"x"}'`, /that has no key/],
    ["prints what is no text", "printf '\\377\\n'", /printed text that is not UTF-8/],
    [
      "answers what it was not asked",
      `echo '{"key":"${IP}","value":"192.0.2.9"}'`,
      new RegExp(`names ${IP}, which it was not asked for`),
    ],
    ["names no key of a phone", `echo '{"key":"hunter2","value":"x"}'`, /names something that is not a key/],
    [
      "answers twice",
      `for i in 1 2; do echo '{"key":"${LINE}","value":"Up"}'; done`,
      /names Status\.Account1\.Line\.State again/,
    ],
    ["answers a number", `echo '{"key":"${LINE}","value":5}'`, /put numbers in quotes too/],
    [
      "answers a line break in a value",
      `printf '%s\\n' '{"key":"${LINE}","value":"Up\\nDown"}'`,
      /with a line break or another control/,
    ],
    [
      "answers a control character",
      `printf '%s\\n' '{"key":"${LINE}","value":"\\u0007"}'`,
      /with a line break or another control/,
    ],
  ] as const) {
    test(`one that ${what} is not believed, and the phone goes on`, async (t) => {
      const phone = await hooksPhone(t, { scripts: { read: `test -e well || { touch well; exit 0; }; ${script}` } });
      await phone.begin();
      await readFails(phone, said);
      assert.ok(!phone.log.text().includes("hunter2"));
      assert.equal(await phone.read(LINE), "Disabled", "what was known holds");
      assert.equal(await phone.change({ [LABEL]: "hall" }), "applied");
      assert.equal(await phone.read(LABEL), "hall");
    });
  }

  test("one that does not read what it is sent may still do its work", async (t) => {
    const keys = Object.fromEntries(
      Array.from({ length: 3_000 }, (_, at) => [`Config.Own.LIST.Item${at}`, "x".repeat(50)]),
    );
    const phone = await hooksPhone(t, { scripts: { apply: "exec <&-; exit 0" } });
    await phone.begin();
    assert.equal(await phone.change(keys), "applied");
    assert.equal(await phone.read("Config.Own.LIST.Item2999"), "x".repeat(50));
  });

  test("one that cannot be started is an error that names program and setting", async (t) => {
    const phone = await hooksPhone(t, { commands: { read: ["./nowhere"], apply: ["/etc/passwd"] } });
    await phone.begin();
    await readFails(
      phone,
      /the read hook "\.\/nowhere" cannot be started: there is no such program.*\(setting backend\.read\)/,
    );
    await assert.rejects(phone.change({ [LABEL]: "hall" }), PhoneFault);
    assert.match(
      phone.log.text(),
      /the apply hook "\/etc\/passwd" cannot be started: the permission to run it is missing/,
    );
    assert.equal(await phone.read(LABEL), "desk");
  });

  test("an argument that no program can have is an error like another", async (t) => {
    const phone = await hooksPhone(t, { commands: { apply: ["/bin/sh", "a\0b"] } });
    await phone.begin();
    await assert.rejects(phone.change({ [LABEL]: "hall" }), PhoneFault);
  });

  test("one whose children keep stdout open has answered when it has ended, and they live on", async (t) => {
    const phone = await hooksPhone(t, {
      scripts: {
        read: `sleep 1000 & echo $! >pid.new; mv pid.new pid; grep -q '${LINE}' && echo '{"key":"${LINE}","value":"Up"}'`,
      },
    });
    const begun = phone.begin();
    await phone.appears("pid");
    await until(() => phone.time.pendingTimers().some(({ name }) => name === "rest of the output of the read hook"));
    await phone.time.advance(500);
    await begun;
    assert.equal(await phone.read(LINE), "Up");
    const pid = Number(await readFile(join(phone.folder, "pid"), "utf8"));
    assert.ok(isAlive(pid), "as one that restarts the phone in a second must");
    process.kill(pid, "SIGKILL");
  });

  test("one that fails at the start leaves a phone that is up, and is asked again until it answers", async (t) => {
    const phone = await hooksPhone(t, {
      scripts: { read: `echo >>reads; test -e well || exit 1; echo '{"key":"${LINE}","value":"Up"}'` },
    });
    await phone.begin();
    assert.equal(await phone.read(LINE), "Disabled", "as this host knows it");
    assert.equal(await phone.read(IP), "192.0.2.50");
    const reads = async () => (await phone.left("reads")).length;
    for (const [seconds, count] of [
      [5, 2],
      [10, 3],
      [20, 4],
    ] as const) {
      await until(() => phone.time.pendingTimers().some(({ name }) => name === "look at the phone"));
      const { dueMs } = phone.time.pendingTimers().find(({ name }) => name === "look at the phone") ?? assert.fail();
      assert.equal(dueMs - phone.time.clock.monotonic(), seconds * 1000);
      await phone.change({ [LABEL]: `after ${count - 1}` });
      if (count === 4)
        await import("node:fs/promises").then(({ writeFile }) => writeFile(join(phone.folder, "well"), ""));
      await phone.time.advance(seconds * 1000);
      await until(async () => (await reads()) === count);
    }
    await until(async () => (await phone.read(LINE)) === "Up");
    assert.deepEqual(
      phone.reported.filter(({ key }) => key === LINE),
      [{ key: LINE, before: "Disabled", after: "Up" }],
    );
  });

  test("a stop ends what runs, and what waits is not begun", async (t) => {
    const phone = await hooksPhone(t, {
      scripts: { apply: "echo >>applies; echo $$ >pid.new; mv pid.new pid; exec sleep 1000" },
    });
    await phone.begin();
    const changes = ["a", "b"].map((label) => phone.change({ [LABEL]: label }).catch((error: unknown) => error));
    await phone.appears("pid");
    await phone.backend.stop();
    for (const change of changes) assert.ok((await change) instanceof PhoneFault);
    assert.equal((await phone.left("applies")).length, 1);
    const pid = Number(await phone.left("pid"));
    await until(() => !isAlive(pid));
    assert.deepEqual(phone.time.pendingTimers(), []);
  });
});
