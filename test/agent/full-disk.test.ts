import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StateStore } from "../../src/ports/state-store.ts";
import { ACS_URL, type AgentUnderTest, createAgentUnderTest } from "../helpers/agent-under-test.ts";
import { notify, setValues, userSets } from "../helpers/calls.ts";

/** Which documents a disk does not take. */
interface Disk {
  refuses: (document: string) => boolean;
}

const fine = (): boolean => false;
const everything = (): boolean => true;

function phoneOn(disk: Disk): AgentUnderTest {
  const wrapState = (inner: StateStore): StateStore => ({
    load: inner.load,
    erase: inner.erase,
    async save(document, value) {
      if (disk.refuses(document.name)) throw new Error("ENOSPC");
      await inner.save(document, value);
    },
  });
  return createAgentUnderTest({ wrapState, inMemory: true });
}

async function started(disk: Disk): Promise<AgentUnderTest> {
  const under = phoneOn(disk);
  await under.agent.start();
  await under.settle();
  return under;
}

async function serve(under: AgentUnderTest, ...rpcs: readonly ReturnType<typeof setValues>[]): Promise<void> {
  under.acs.plan({ rpcs });
  under.endpoints[0]?.requested();
  await under.settle();
}

const told = ({ acs }: AgentUnderTest): readonly string[] => acs.sessions.map(({ eventCodes }) => eventCodes.join());
const NEW_URL = "http://other.example/cwmp";
const URL = "Device.ManagementServer.URL";
const LABEL = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label";
const LABEL_KEY = "Config.Account1.GENERAL.Label";

describe("a disk that takes nothing for hours", () => {
  test("C-103 periodic Informs go on, each once", async () => {
    const disk: Disk = { refuses: fine };
    const under = await started(disk);
    const interval = { "Device.ManagementServer.PeriodicInformInterval": "3600" };
    await serve(under, setValues({ ...interval, "Device.ManagementServer.PeriodicInformEnable": "true" }));
    disk.refuses = everything;
    const before = under.acs.sessions.length;
    await under.time.advance(5 * 3_600_000);
    assert.deepEqual(
      told(under).slice(before),
      Array.from({ length: 5 }, () => "2 PERIODIC"),
    );
    assert.equal(under.log.text().split("The state cannot be saved").length - 1, 1, "it is told once");
  });

  test("a change by the phone's user is told, and not again once the disk is well", async () => {
    const disk: Disk = { refuses: fine };
    const under = await started(disk);
    await serve(under, notify(2, LABEL));
    disk.refuses = everything;
    await userSets(under, LABEL_KEY, "Reception");
    assert.equal(told(under).at(-1), "4 VALUE CHANGE");
    disk.refuses = fine;
    await under.time.advance(600_000);
    const again = await under.crashed();
    await again.agent.start();
    await again.settle();
    assert.deepEqual(told(again), ["1 BOOT"]);
  });
});

describe("C-090 a new ACS URL", () => {
  for (const [what, refuses] of [
    ["the events cannot be saved once", once("events")],
    ["the events cannot be saved for hours", (document: string) => document === "events"],
    ["what was told cannot be saved", (document: string) => document === "lifecycle"],
  ] as const) {
    test(`${what}: the new ACS hears of the first contact by itself, also after a crash`, async () => {
      const disk: Disk = { refuses: fine };
      const under = await started(disk);
      const crashed: Promise<AgentUnderTest>[] = [];
      under.acs.plan(
        { rpcs: [setValues({ [URL]: NEW_URL })], onInform: () => refuse(disk, refuses) },
        { onInform: () => void crashed.push(under.crashed()) },
      );
      under.endpoints[0]?.requested();
      await under.settle();
      const { target, eventCodes } = under.acs.last;
      assert.deepEqual([target.url, eventCodes], [NEW_URL, ["0 BOOTSTRAP"]]);
      const after = await (crashed[0] ?? assert.fail("no session with the new ACS"));
      disk.refuses = fine;
      await after.agent.start();
      await after.settle();
      assert.equal(after.acs.last.target.url, NEW_URL);
    });
  }

  test("a crash before the new ACS was reached loses nothing, although no event could be saved", async () => {
    const disk: Disk = { refuses: fine };
    const under = await started(disk);
    under.acs.plan(
      { rpcs: [setValues({ [URL]: NEW_URL })], onInform: () => refuse(disk, (name) => name === "events") },
      { reply: () => new Error("unreachable") },
    );
    under.endpoints[0]?.requested();
    await under.settle();
    const after = await under.crashed();
    disk.refuses = fine;
    await after.agent.start();
    await after.settle();
    const { target, eventCodes } = after.acs.last;
    assert.deepEqual([target.url, eventCodes], [NEW_URL, ["0 BOOTSTRAP", "1 BOOT"]]);
  });

  test("an ACS that was told without 0 BOOTSTRAP does not count as told", async () => {
    const under = await started({ refuses: fine });
    assert.equal(under.acs.last.target.url, ACS_URL);
    await serve(under, setValues({ [URL]: NEW_URL }));
    await serve(under, setValues({ [URL]: ACS_URL }));
    assert.deepEqual(told(under).slice(-4), [
      "6 CONNECTION REQUEST",
      "0 BOOTSTRAP",
      "6 CONNECTION REQUEST",
      "0 BOOTSTRAP",
    ]);
  });
});

test("C-199 when the answer to a Set leaves, it is on disk that the value is the ACS's own", async () => {
  let onDisk = "";
  const wrapState = (inner: StateStore): StateStore => ({
    load: inner.load,
    erase: inner.erase,
    async save(document, value) {
      if (document.name !== "value-changes") return inner.save(document, value);
      // A slow disk.
      for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
      await inner.save(document, value);
      onDisk = JSON.stringify(value);
    },
  });
  const under = createAgentUnderTest({ wrapState });
  await under.agent.start();
  await under.settle();
  await serve(under, notify(2, LABEL));
  const seen: boolean[] = [];
  under.acs.plan({
    rpcs: [setValues({ [LABEL]: "by the ACS" })],
    before: (post) => void (post === 2 && seen.push(onDisk.includes("by the ACS"))),
  });
  under.endpoints[0]?.requested();
  await under.settle();
  assert.deepEqual(seen, [true]);
  const after = await under.crashed();
  await after.agent.start();
  await after.settle();
  assert.deepEqual(told(after), ["1 BOOT"]);
});

function refuse(disk: Disk, refuses: Disk["refuses"]): void {
  disk.refuses = refuses;
}

function once(name: string): (document: string) => boolean {
  let left = 1;
  return (document) => document === name && left-- > 0;
}
