import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type HooksPhone, hooksPhone, isAlive, LABEL, LINE, until } from "./hooks-phone.ts";

const GATHER = "changes from the watch hook";
const RESTART = "start of the watch hook";
/** Goes on as long as the agent keeps its stdin open. */
const FOR_EVER = "cat >/dev/null";

const pending = (phone: HooksPhone, name: string) => phone.time.pendingTimers().find((timer) => timer.name === name);

/** What the hook has said so far is taken in. */
async function hear(phone: HooksPhone): Promise<void> {
  await until(() => pending(phone, GATHER) !== undefined);
  await phone.time.advance(100);
}

describe("the watch hook", () => {
  test("tells live values and settings as they change, and each change once", async (t) => {
    const line = (key: string, value: string) => `'{"key":"${key}","value":"${value}"}'`;
    // In one write, so that they are heard at once.
    const said = `printf '%s\\n%s\\n%s\\n' ${line(LINE, "Registering")} ${line(LINE, "Up")} ${line(LABEL, "hall")}`;
    const phone = await hooksPhone(t, { scripts: { watch: `${said}; ${FOR_EVER}` } });
    await phone.begin();
    await hear(phone);
    await until(async () => (await phone.read(LABEL)) === "hall");
    assert.equal(await phone.read(LINE), "Up");
    assert.deepEqual(phone.reported, [
      { key: LINE, before: "Disabled", after: "Up" },
      { key: LABEL, before: "desk", after: "hall" },
    ]);
  });

  test("may name a key alone: then it is asked for", async (t) => {
    const phone = await hooksPhone(t, {
      scripts: {
        read: `cat >>asked; test ! -e changed || echo '{"key":"${LINE}","value":"Up"}'`,
        watch: `touch changed; echo '{"key":"${LINE}"}'; ${FOR_EVER}`,
      },
    });
    await phone.begin();
    const before = await phone.left("asked");
    await hear(phone);
    await until(async () => (await phone.read(LINE)) === "Up");
    assert.equal((await phone.left("asked")).slice(before.length), `{"key":"${LINE}"}\n`, "and nothing else");
  });

  test("what it tells while an answer is on its way is newer than the answer", async (t) => {
    const phone = await hooksPhone(t, {
      scripts: {
        read: `cat >/dev/null; test -e first || { touch first; exit 0; }; touch asked; while test ! -e go; do sleep 0.01; done
          echo '{"key":"${LINE}","value":"Registering"}'`,
        watch: `while test ! -e asked; do sleep 0.01; done; echo '{"key":"${LINE}","value":"Up"}'; ${FOR_EVER}`,
      },
    });
    await phone.begin();
    const asked = phone.backend.refresh([LINE]);
    await hear(phone);
    await writeFile(join(phone.folder, "go"), "");
    await asked;
    assert.equal(await phone.read(LINE), "Up");
    await phone.backend.refresh([LINE]);
    assert.equal(await phone.read(LINE), "Registering", "a later answer counts again");
  });

  test("a value that is null is not there, whatever this host would say", async (t) => {
    const phone = await hooksPhone(t, { scripts: { watch: `echo '{"key":"${LINE}","value":null}'; ${FOR_EVER}` } });
    await phone.begin();
    assert.equal(await phone.read(LINE), "Disabled");
    await hear(phone);
    assert.equal(await phone.read(LINE), undefined);
  });

  test("is started again with longer and longer waits, at most five minutes", async (t) => {
    const phone = await hooksPhone(t, { scripts: { watch: "echo >>starts; exit 3" } });
    await phone.begin();
    const waits: number[] = [];
    for (let starts = 1; starts <= 11; starts++) {
      await until(() => pending(phone, RESTART) !== undefined);
      assert.equal((await phone.left("starts")).length, starts);
      const waitMs = (pending(phone, RESTART)?.dueMs ?? 0) - phone.time.clock.monotonic();
      waits.push(waitMs / 1000);
      await phone.time.advance(waitMs);
    }
    assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    assert.match(
      phone.warnings()[0] ?? "",
      /^the watch hook ended with exit code 3 \(setting backend\.watch\): it is restarted in 1 /,
    );
    await phone.backend.stop();
    assert.deepEqual(phone.time.pendingTimers(), []);
  });

  test("one that has run well for a minute is soon started again", async (t) => {
    const phone = await hooksPhone(t, {
      scripts: {
        watch:
          "n=$(cat n || echo 0); echo $((n+1)) >n; test $n -lt 3 && exit 1; echo $$ >pid.new; mv pid.new pid; exec cat",
      },
    });
    await phone.begin();
    for (const seconds of [1, 2, 4]) {
      await until(() => pending(phone, RESTART) !== undefined);
      await phone.time.advance(seconds * 1000);
    }
    await phone.appears("pid");
    await phone.time.advance(60_000);
    process.kill(Number(await phone.left("pid")), "SIGTERM");
    await until(() => pending(phone, RESTART) !== undefined);
    assert.equal((pending(phone, RESTART)?.dueMs ?? 0) - phone.time.clock.monotonic(), 1_000);
    assert.match(phone.warnings().at(-1) ?? "", /was ended by SIGTERM/);
  });

  test("lines that make no sense are left out and logged, so many a minute; the others count", async (t) => {
    const phone = await hooksPhone(t, {
      scripts: {
        watch: `for i in $(seq 100); do echo rubbish-hunter2; done; echo '{"key":"Status.Own","value":"1"}'
          echo '{"key":"Config.Account9.GENERAL.Label","value":"x"}'; echo '{"key":"${LINE}","value":"Up"}'; ${FOR_EVER}`,
      },
    });
    await phone.begin();
    await hear(phone);
    assert.equal(await phone.read(LINE), "Up");
    assert.equal(phone.warnings().length, 30);
    assert.ok(!phone.log.text().includes("hunter2"));
  });

  for (const [what, script] of [
    ["a line without an end", "cat /dev/zero"],
    ["more lines than a phone can have to tell", `yes '{"key":"${LINE}","value":"Up"}'`],
    ["too much on stderr", "yes 0123456789012345678901234567890123456789 >&2"],
  ] as const) {
    test(`one that prints ${what} is ended and started again later`, async (t) => {
      const phone = await hooksPhone(t, { scripts: { watch: script } });
      await phone.begin();
      await until(() => pending(phone, RESTART) !== undefined);
      assert.match(phone.warnings().at(-1) ?? "", /the watch hook printed too much and was ended/);
    });
  }

  test("a stop ends its whole process group", async (t) => {
    const phone = await hooksPhone(t, {
      scripts: { watch: "sleep 1000 & sleep 1000 & echo $$ $! >pids.new; mv pids.new pids; wait" },
    });
    await phone.begin();
    await phone.appears("pids");
    await phone.backend.stop();
    for (const pid of (await phone.left("pids")).split(" ").map(Number)) await until(() => !isAlive(pid));
    assert.deepEqual(phone.time.pendingTimers(), []);
    await phone.time.advance(600_000);
    assert.deepEqual(phone.time.pendingTimers(), [], "and it is not started again");
  });

  test("one that does not end when it is asked to is ended by force", async (t) => {
    const phone = await hooksPhone(t, {
      scripts: { watch: "trap '' TERM; echo $$ >pid.new; mv pid.new pid; while :; do sleep 0.01; done" },
    });
    await phone.begin();
    await phone.appears("pid");
    const stopped = phone.backend.stop();
    await until(() => pending(phone, "end of the watch hook") !== undefined);
    await phone.time.advance(2_000);
    await stopped;
    const pid = Number(await phone.left("pid"));
    await until(() => !isAlive(pid));
  });

  test("what it leaves running when it ends is ended too", async (t) => {
    const phone = await hooksPhone(t, { scripts: { watch: "sleep 1000 & echo $! >pid.new; mv pid.new pid; exit 0" } });
    await phone.begin();
    await phone.appears("pid");
    await until(() => pending(phone, "rest of the output of the watch hook") !== undefined);
    await phone.time.advance(500);
    const pid = Number(await phone.left("pid"));
    await until(() => !isAlive(pid));
  });

  test("one that cannot be started is tried again, and costs nothing else", async (t) => {
    const phone = await hooksPhone(t, { commands: { watch: ["./nowhere"] } });
    await phone.begin();
    await until(() => pending(phone, RESTART) !== undefined);
    assert.match(phone.warnings()[0] ?? "", /the watch hook cannot be started: there is no such program/);
    assert.equal(await phone.change({ [LABEL]: "hall" }), "applied");
  });
});
