import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Settings } from "../../../src/backends/settings/settings.ts";
import { AgentError, PhoneFault } from "../../../src/cwmp/errors.ts";
import { spreadable } from "../../helpers/spreadable.ts";
import { type HooksPhone, hooksPhone, LABEL, LINE, PASSWORD, RESET, until } from "./hooks-phone.ts";

const USER = "Config.Account1.GENERAL.UserName";
const TELL = "test ! -e tells || cat tells";
const line = (key: string, value: string): string => `${JSON.stringify({ key, value })}\n`;

/** What the read hook answers from now on. */
const answer = (phone: HooksPhone, text: string) => writeFile(join(phone.folder, "tells"), text);
const settled = (phone: HooksPhone, name: string) =>
  until(() => phone.time.pendingTimers().some((timer) => timer.name === name));

describe("settings and the phone's own store", () => {
  test("the phone is asked for every key at a start, in one process", async (t) => {
    const phone = await hooksPhone(t, { scripts: { read: "echo >>reads; cat >asked" } });
    await phone.begin();
    const asked = (await phone.left("asked")).trimEnd().split("\n");
    assert.equal((await phone.left("reads")).length, 1);
    for (const key of [LABEL, PASSWORD, LINE]) assert.ok(asked.includes(`{"key":"${key}"}`), key);
    assert.ok(!asked.includes(`{"key":"${RESET}"}`));
  });

  test("what the phone has otherwise at a start was changed there", async (t) => {
    const phone = await hooksPhone(t, {
      scripts: { read: `grep -q ${LABEL} && printf '%s\\n' '{"key":"${LABEL}","value":"h\\u00e4ll \\"1\\""}'` },
    });
    await phone.begin();
    assert.equal(await phone.read(LABEL), 'häll "1"');
    assert.match(await readFile(phone.path, "utf8"), /^Config\.Account1\.GENERAL\.Label = häll "1"$/m);
    assert.deepEqual(phone.reported, [{ key: LABEL, before: "desk", after: 'häll "1"' }]);
  });

  test("it is asked again and again, and what was changed there is noticed", async (t) => {
    const phone = await hooksPhone(t, {
      scripts: { read: TELL, apply: "cat >>applied" },
      change: { readEveryMs: 60_000 },
    });
    await phone.begin();
    await answer(phone, line(LABEL, "hall") + line(LINE, "Up"));
    await settled(phone, "look at the phone");
    await phone.time.advance(60_000);
    await until(async () => (await phone.read(LABEL)) === "hall");
    await until(async () => (await phone.read(LINE)) === "Up");
    assert.deepEqual(phone.reported.map(({ key, after }) => [key, after]).sort(), [
      [LABEL, "hall"],
      [LINE, "Up"],
    ]);
    assert.equal(await phone.left("applied"), "", "the phone has it already");
  });

  test("settings and actions of one change go to the apply hook in one call, before they are stored", async (t) => {
    const phone = await hooksPhone(t, { scripts: { apply: "grep -c Label phone.cfg >>calls; cat >got" } });
    await phone.begin();
    assert.equal(await phone.change({ [RESET]: "1", [LABEL]: 'a "b" \\c', [USER]: "1001" }), "applied");
    assert.equal(await phone.left("got"), line(LABEL, 'a "b" \\c') + line(USER, "1001") + line(RESET, "1"));
    assert.equal((await phone.left("calls")).split("\n").length, 2);
    await phone.change({ [RESET]: "false" });
    assert.equal((await phone.left("calls")).split("\n").length, 2, "an action that is not asked for");
    await phone.change({ [RESET]: "1" });
    assert.equal(await phone.left("got"), line(RESET, "1"));
  });

  test("code 100 says that a restart is needed", async (t) => {
    const phone = await hooksPhone(t, { scripts: { apply: `grep -q Server && exit 100; exit 0` } });
    await phone.begin();
    assert.equal(await phone.change({ [LABEL]: "x" }), "applied");
    assert.equal(await phone.change({ "Config.Account1.SIP.Server": "sip.example" }), "needs-reboot");
    assert.equal(await phone.read("Config.Account1.SIP.Server"), "sip.example");
  });

  test("what the phone refuses is not stored, and nobody has to take it back", async (t) => {
    const phone = await hooksPhone(t, { scripts: { apply: "cat >>got; exit 4" } });
    await phone.begin();
    await assert.rejects(phone.change({ [LABEL]: "hall" }), { code: "BACKEND_REFUSED", faultCode: 9004 });
    assert.equal(await phone.read(LABEL), "desk");
    await phone.backend.stop();
    assert.equal(await phone.left("got"), line(LABEL, "hall"));
  });

  test("of a hook that fails nobody knows what it did: the phone gets the old values again", async (t) => {
    const phone = await hooksPhone(t, { scripts: { apply: "cat >>got; test -e well || { touch well; exit 1; }" } });
    await phone.begin();
    await assert.rejects(phone.change({ [LABEL]: "hall" }), { code: "BACKEND_IO", faultCode: 9002 });
    await until(async () => (await phone.left("got")) === line(LABEL, "hall") + line(LABEL, "desk"));
    assert.equal(await phone.change({ [LABEL]: "yard" }), "applied");
    assert.equal(await phone.read(LABEL), "yard");
  });

  test("what cannot be stored here is taken back at the phone", async (t) => {
    let isFull = false;
    const wrapSettings = (settings: Settings): Settings => ({
      ...spreadable(settings),
      stage(changes) {
        const staged = settings.stage(changes);
        if (isFull) return { apply: () => Promise.reject(new AgentError("BACKEND_IO", "no space is left")) };
        return staged;
      },
    });
    const phone = await hooksPhone(t, { scripts: { apply: "cat >>got" }, wrapSettings });
    await phone.begin();
    isFull = true;
    await assert.rejects(phone.change({ [LABEL]: "hall" }), { message: "no space is left" });
    assert.equal(await phone.left("got"), line(LABEL, "hall") + line(LABEL, "desk"));
  });

  test("a hand edit of our file goes to the phone; what that refuses, its next answer takes back", async (t) => {
    const phone = await hooksPhone(t, {
      scripts: { read: TELL, apply: `cat >got; ! grep -q bad got` },
      change: { readEveryMs: 600_000 },
    });
    await phone.begin();
    await phone.edit(LABEL, "hall");
    await until(async () => (await phone.left("got")) === line(LABEL, "hall"));
    await phone.edit(LABEL, "bad");
    await until(async () => (await phone.left("got")) === line(LABEL, "bad"));
    await until(() => phone.warnings().some((text) => text.includes("ended with exit code 1")));
    assert.equal(await phone.read(LABEL), "bad");
    await answer(phone, line(LABEL, "hall"));
    await phone.time.advance(600_000);
    await until(async () => (await phone.read(LABEL)) === "hall");
  });

  test("an answer that was given before a change does not take the change back", async (t) => {
    const phone = await hooksPhone(t, {
      scripts: {
        read: `cat >/dev/null; touch asked; test ! -e tells || { while test ! -e go; do sleep 0.01; done; cat tells; }`,
        apply: "cat >/dev/null",
      },
      change: { readEveryMs: 60_000 },
    });
    await phone.begin();
    await answer(phone, line(LABEL, "desk") + line(USER, "2002"));
    await import("node:fs/promises").then(({ rm }) => rm(join(phone.folder, "asked")));
    await phone.time.advance(60_000);
    await phone.appears("asked");
    const change = phone.change({ [LABEL]: "hall" });
    await writeFile(join(phone.folder, "go"), "");
    assert.equal(await change, "applied");
    await until(async () => (await phone.read(USER)) === "2002");
    assert.equal(await phone.read(LABEL), "hall");
    assert.deepEqual(
      phone.reported.filter(({ key }) => key === LABEL),
      [],
    );
  });

  test("those who ask for live values at the same time are answered by one process", async (t) => {
    const phone = await hooksPhone(t, {
      scripts: { read: `echo >>reads; cat >asked; echo '{"key":"${LINE}","value":"Up"}'` },
    });
    await phone.begin().catch(() => {});
    const count = async () => (await phone.left("reads")).length;
    const before = await count();
    await Promise.all(
      [LINE, "Status.Phone.General.UpTime", LINE, LABEL].map((key) => phone.backend.refresh([LINE, key])),
    );
    assert.equal((await count()) - before, 1);
    assert.equal((await phone.left("asked")).trimEnd().split("\n").length, 2, "each key once, and live ones alone");
    const slow = [phone.backend.refresh([LINE])];
    await until(async () => (await count()) === before + 2);
    for (let more = 0; more < 5; more++) slow.push(phone.backend.refresh([LINE]));
    await Promise.all(slow);
    assert.ok((await count()) - before <= 3, "those who come while one runs share the next");
    await phone.backend.refresh([LABEL]);
    assert.ok((await count()) - before <= 3, "settings are known");
  });

  test("a factory reset resets the phone, and gives it every setting of ours", async (t) => {
    const phone = await hooksPhone(t, { scripts: { factoryReset: "echo reset >>got", apply: "cat >>got" } });
    await phone.begin();
    await phone.change({ [LABEL]: "hall" });
    await phone.backend.stop();
    await phone.backend.factoryReset();
    await phone.backend.reboot("");
    const [own, rest] = (await phone.left("got")).split("reset\n");
    assert.equal(own, line(LABEL, "hall"));
    assert.ok(rest?.includes(line(LABEL, "desk")) && rest.includes(line("Config.Voice.AUDIO.RingVol", "8")), rest);
    assert.equal(await phone.read(LABEL), "desk");
  });

  test("a phone that cannot be reset is asked three times, and gets the factory settings all the same", async (t) => {
    const phone = await hooksPhone(t, {
      scripts: { factoryReset: "echo >>resets; exit 1", apply: "cat >got" },
      withProcesses: true,
    });
    await phone.start();
    await phone.write({ [LABEL]: "hall" });
    await phone.time.runUntil(phone.backend.factoryReset());
    assert.equal((await phone.left("resets")).length, 3);
    await until(async () => (await phone.left("got")).includes(line(LABEL, "desk")));
    assert.match(phone.log.at("error").at(-1)?.message ?? "", /reset without its hook/);
  });

  test("a reboot hook gets the CommandKey, and the agent waits for the phone to go down", async (t) => {
    const phone = await hooksPhone(t, { scripts: { reboot: "cat >got" }, change: { rebootWaitMs: 30_000 } });
    await phone.begin();
    let isUp = false;
    const up = phone.backend.reboot('k"1').then(() => {
      isUp = true;
    });
    await settled(phone, "wait for the phone to restart");
    assert.equal(await phone.left("got"), '{"commandKey":"k\\"1"}\n');
    assert.ok(!isUp);
    await phone.time.advance(30_000);
    await up;
  });

  test("a stop ends a reboot that waits", async (t) => {
    const phone = await hooksPhone(t, { scripts: { reboot: ":" }, change: { rebootWaitMs: 30_000 } });
    await phone.begin();
    await phone.backend.stop();
    const up = phone.backend.reboot("");
    await settled(phone, "wait for the phone to restart");
    await phone.backend.stop();
    await up;
    assert.deepEqual(phone.time.pendingTimers(), []);
  });

  test("a reboot hook that fails is an error", async (t) => {
    const phone = await hooksPhone(t, { scripts: { reboot: "exit 1" } });
    await phone.begin();
    await assert.rejects(phone.backend.reboot(""), PhoneFault);
  });
});
