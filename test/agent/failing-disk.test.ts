/**
 * Every file call of an RPC fails in turn: once, for good, and after it took effect. What was answered with success is so, now and
 * after a crash; what was answered with a fault is not, now or after a crash; and the phone goes on.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { StateStore } from "../../src/ports/state-store.ts";
import { createFileStateStore } from "../../src/storage/file-state-store.ts";
import { type AgentUnderTest, createAgentUnderTest } from "../helpers/agent-under-test.ts";
import { notify, setValues } from "../helpers/calls.ts";
import { type FailingFiles, type Failure, failingFiles } from "../helpers/failing-files.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";
import { rpc, type ScriptedSession } from "../helpers/scripted-acs.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { download } from "../helpers/transfers.ts";

// On one Node only: each file call in turn says the same on every Node.

const LABEL = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label";
const KEY = "Device.ManagementServer.ParameterKey";

/** One phone with its state in files, which can crash and come up again. */
class PhoneOnDisk {
  readonly files: FailingFiles;
  readonly #folder: string;
  #store: Awaited<ReturnType<typeof createFileStateStore>> | null = null;
  #life = { runs: true };
  #under: AgentUnderTest | null = null;

  static async start(t: TestContext): Promise<PhoneOnDisk> {
    const folder = await temporaryFolder(t);
    const phone = new PhoneOnDisk(folder, failingFiles(t, folder));
    await phone.#open();
    phone.#under = createAgentUnderTest({ wrapState: () => phone.#state() });
    await phone.#boot();
    return phone;
  }

  private constructor(folder: string, files: FailingFiles) {
    this.#folder = folder;
    this.files = files;
  }

  get under(): AgentUnderTest {
    return this.#under ?? assert.fail("not started");
  }

  /** The process ends at once and another one starts. */
  async crash(): Promise<void> {
    this.#life.runs = false;
    await this.#store?.close();
    await this.#open();
    this.#under = await this.under.crashed();
    await this.#boot();
  }

  async #open(): Promise<void> {
    this.#life = { runs: true };
    this.#store = await createFileStateStore({ folder: join(this.#folder, "state"), log: createMemoryLogger() });
  }

  async #boot(): Promise<void> {
    await this.under.agent.start();
    await this.under.settle();
  }

  /** A process that has crashed reads and writes nothing more. */
  #state(): StateStore {
    const [store, life] = [this.#store ?? assert.fail("not open"), this.#life];
    const whileItRuns = <T>(run: () => Promise<T>): Promise<T> => (life.runs ? run() : new Promise(() => {}));
    return {
      load: (document) => whileItRuns(() => store.load(document)),
      save: (document, value) => whileItRuns(() => store.save(document, value)),
      erase: () => whileItRuns(() => store.erase()),
    };
  }
}

interface Case {
  readonly name: string;
  /** `round` makes each try another one. */
  readonly call: (round: number) => ReturnType<typeof rpc>;
  /** Whether the phone is as the call of this round asks. */
  readonly isSo: (under: AgentUnderTest, round: number) => Promise<boolean>;
}

const CASES: readonly Case[] = [
  {
    name: "SetParameterValues",
    call: (round) => setValues({ [LABEL]: `label ${round}` }, `key ${round}`),
    isSo: async (under, round) => {
      const found = [await readValue(under, LABEL), await readValue(under, KEY)];
      const halves = found.map((value) => value.endsWith(` ${round}`));
      assert.equal(halves[0], halves[1], `half of it: ${found}`);
      return halves[0] === true;
    },
  },
  {
    name: "SetParameterAttributes",
    call: (round) => notify(1 + (round % 2), LABEL),
    isSo: async (under, round) => (await parameter(under, LABEL)).notification === 1 + (round % 2),
  },
  {
    name: "ScheduleInform",
    call: (round) => rpc("ScheduleInform", { delaySeconds: 300, commandKey: `look ${round}` }),
    isSo: (under, round) => hears(under, `M ScheduleInform look ${round}`, 400_000),
  },
  {
    name: "Reboot",
    call: (round) => rpc("Reboot", { commandKey: `boot ${round}` }),
    isSo: (under, round) => hears(under, `M Reboot boot ${round}`, 120_000),
  },
  {
    name: "Download",
    call: (round) => download({ commandKey: `file ${round}`, delaySeconds: 3_600 }),
    isSo: async (under, round) => {
      const { transfers } = await under.agent.local.status();
      return transfers.some(({ commandKey }) => commandKey === `file ${round}`);
    },
  },
];

const HOWS: readonly Failure["how"][] = ["once", "for good", "after taking effect"];

for (const { name, call, isSo } of CASES) {
  for (const how of HOWS) {
    test(`C-127 ${name}: a file call that fails ${how} makes no liar of the answer`, async (t) => {
      const phone = await PhoneOnDisk.start(t);
      let calls = 1;
      for (let at = 0; at < calls; at++) {
        phone.files.fail({ at, how, code: how === "for good" ? "ENOSPC" : "EIO" });
        const isDone = await answer(phone.under, call(at));
        calls = Math.max(calls, phone.files.calls.length);
        const where = `${how} at ${phone.files.calls[at]?.kind}, call ${at}`;
        // While the disk is as bad as it was.
        if (name !== "ScheduleInform") assert.equal(await isSo(phone.under, at), isDone, where);
        const [crashed] = [phone.under];
        phone.files.heal();
        await phone.crash();
        const wasTold = heard(crashed, `M ${name} boot ${at}`);
        assert.equal(wasTold || (await isSo(phone.under, at)), isDone, `${where}, after a crash`);
      }
      assert.ok(calls > 4, `${calls} file calls`);
      assert.equal(await answer(phone.under, call(calls)), true, "the phone goes on");
    });
  }
}

for (const how of HOWS) {
  test(`C-190 FactoryReset: a file call that fails ${how} leaves all as it was, or the reset is finished, also by the next start`, async (t) => {
    const phone = await PhoneOnDisk.start(t);
    let calls = 1;
    for (let at = 0; at < calls; at++) {
      const label = `before ${at}`;
      assert.equal(await answer(phone.under, setValues({ [LABEL]: label }, label)), true);
      phone.files.fail({ at, how, code: how === "for good" ? "ENOSPC" : "EIO" });
      const isDone = await answer(phone.under, rpc("FactoryReset", {}));
      calls = Math.max(calls, phone.files.calls.length);
      const where = `${how} at ${phone.files.calls[at]?.kind}, call ${at}`;
      const crashesAtOnce = at % 2 === 0;
      phone.files.heal();
      // Otherwise the phone finishes it by itself, once the disk is well.
      if (crashesAtOnce) await phone.crash();
      else await phone.under.time.advance(600_000);
      const found = [await readValue(phone.under, LABEL), await readValue(phone.under, KEY)];
      assert.deepEqual(found, isDone ? ["", ""] : [label, label], where);
      await phone.crash();
      assert.deepEqual(
        [await readValue(phone.under, LABEL), await readValue(phone.under, KEY)],
        found,
        `${where}, later`,
      );
    }
    assert.ok(calls > 4, `${calls} file calls`);
  });
}

test("C-190 a FactoryReset that was promised is finished, however many starts after it are cut", async (t) => {
  const phone = await PhoneOnDisk.start(t);
  assert.equal(await answer(phone.under, setValues({ [LABEL]: "before" }, "before")), true);
  // The promise is the first rename.
  phone.files.fail({ at: 1, how: "for good", code: "EIO", kinds: ["rename"] });
  assert.equal(await answer(phone.under, rpc("FactoryReset", {})), true);
  for (let cuts = 0; cuts < 2; cuts++) await assert.rejects(phone.crash(), { code: "STATE_IO" });
  phone.files.heal();
  await phone.crash();
  assert.deepEqual([await readValue(phone.under, LABEL), await readValue(phone.under, KEY)], ["", ""]);
});

/** Whether it is answered with success; otherwise it is 9002. */
async function answer(under: AgentUnderTest, call: ReturnType<typeof rpc>): Promise<boolean> {
  const before = under.acs.sessions.length;
  under.acs.plan({ rpcs: [call] });
  under.endpoints[0]?.requested();
  await under.settle();
  const [outcome] = under.acs.sessions.slice(before).flatMap(({ outcomes }) => outcomes);
  if (outcome?.kind === "fault") assert.equal(outcome.faultCode, 9002);
  assert.ok(outcome !== undefined, "the session came about");
  return outcome.kind === "response";
}

async function hears(under: AgentUnderTest, event: string, withinMs: number): Promise<boolean> {
  await under.time.advance(withinMs);
  return heard(under, event);
}

function heard({ acs }: AgentUnderTest, event: string): boolean {
  return acs.sessions.some((session: ScriptedSession) =>
    session.inform.event.some(({ eventCode, commandKey }) => `${eventCode} ${commandKey}` === event),
  );
}

async function parameter(under: AgentUnderTest, path: string) {
  const [view] = await under.agent.local.parameters(path);
  return view ?? assert.fail(path);
}

async function readValue(under: AgentUnderTest, path: string): Promise<string> {
  return (await parameter(under, path)).value;
}
