import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StateStore } from "../../../src/ports/state-store.ts";
import type { RequestOf } from "../../../src/soap/rpc-table.ts";
import {
  type AgentUnderTest,
  type AgentUnderTestOptions,
  createAgentUnderTest,
} from "../../helpers/agent-under-test.ts";
import { rpc } from "../../helpers/scripted-acs.ts";
import { download, firmwareImage, transferTest, URL_OF_FILE } from "../../helpers/transfers.ts";

const COMMON = "http://files.example/prov/r000000000053.cfg";
const DEVICE = "http://files.example/prov/0c1105abcdef.cfg";
const ROM = "http://files.example/53.rom";
const LINE = `Config.Firmware.Url = ${ROM}\n`;
const NEW = "53.1.0.7";
const FIRMWARE = "1 Firmware Upgrade Image";
const MINUTE = 60_000;
const SERVER = { "Config.Autoprovision.GENERAL.Url": "http://files.example/prov" };
const ALLOWED: AgentUnderTestOptions = { autop: { enabled: true, firmware: true }, reportAutonomousTransfers: true };

async function powerOn(under: AgentUnderTest): Promise<AgentUnderTest> {
  await under.agent.start();
  await under.time.advance(10 * MINUTE);
  return under;
}

async function started(options: AgentUnderTestOptions = {}, common = LINE, device = ""): Promise<AgentUnderTest> {
  const under = createAgentUnderTest({
    ...ALLOWED,
    ...options,
    keys: { ...SERVER, ...options.keys },
  });
  under.server.serve(COMMON, common);
  if (device !== "") under.server.serve(DEVICE, device);
  under.server.serve(ROM, firmwareImage({ version: NEW }));
  return powerOn(under);
}

function asked({ server }: AgentUnderTest, url = ROM): number {
  return server.requests.filter((request) => request.server.url === url).length;
}

async function version({ agent }: AgentUnderTest): Promise<string> {
  return (await agent.local.status()).identity.softwareVersion;
}

function reports({ acs }: AgentUnderTest): readonly RequestOf<"AutonomousTransferComplete">[] {
  return acs.sessions
    .flatMap((session) => session.told)
    .flatMap(({ name, args }) =>
      name === "AutonomousTransferComplete" ? [args as RequestOf<"AutonomousTransferComplete">] : [],
    )
    .filter(({ fileType }) => fileType === FIRMWARE);
}

describe("firmware that a file on the AutoP server names", () => {
  test("is installed as with a Download, once, and the ACS hears of it as of a transfer of the phone's own", async () => {
    const under = await started();
    assert.equal(await version(under), NEW);
    assert.equal(asked(under), 1);
    const [report, ...more] = reports(under);
    assert.equal(more.length, 0);
    const { transferUrl, isDownload, fileSize, targetFileName, faultStruct, startTime, completeTime } = report ?? {};
    assert.deepEqual(
      { transferUrl, isDownload, fileSize, targetFileName, faultStruct },
      {
        transferUrl: ROM,
        isDownload: true,
        fileSize: 0,
        targetFileName: "",
        faultStruct: { faultCode: 0, faultString: "" },
      },
    );
    assert.ok(startTime !== undefined && completeTime !== undefined && startTime <= completeTime);
    const told = under.acs.sessions.flatMap((session) => session.told.map(({ name }) => name));
    assert.ok(!told.includes("TransferComplete"), "nobody has asked for it with a Download");
    const again = await powerOn(await under.restarted());
    assert.deepEqual([asked(again), await version(again), reports(again).length], [1, NEW, 0]);
    assert.deepEqual((await again.agent.local.status()).transfers, []);
  });

  test("is left alone where the settings do not allow it, and fetched once they do, with a file that is the same", async () => {
    const autop = { enabled: true, firmware: false };
    const under = await started({ autop });
    assert.equal(asked(under), 0);
    assert.match(under.log.text(), /names firmware/);
    autop.firmware = true;
    const next = await powerOn(await under.restarted());
    assert.deepEqual([asked(next), await version(next)], [1, NEW]);
    assert.doesNotMatch(next.log.text(), /names firmware/);
  });

  test("is that of the phone's own file where both name one", async () => {
    const own = "http://files.example/own.rom";
    const under = await started({}, LINE, `config.firmware.URL = ${own}\n`);
    assert.deepEqual([asked(under, own), asked(under)], [1, 0]);
  });

  test("is fetched anew when the URL is another one, not when other lines change", async () => {
    const under = await started({ keys: { "Config.Autoprovision.MODE.Mode": "4" } });
    under.server.serve(COMMON, `${LINE}Config.Account1.GENERAL.UserName = 1001\n`);
    await under.time.advance(120 * MINUTE);
    assert.equal(under.settings.get("Config.Account1.GENERAL.UserName"), "1001");
    assert.equal(asked(under), 1);
    const other = "http://files.example/54.rom";
    under.server.serve(other, firmwareImage({ version: "54.0.0.1" }));
    under.server.serve(COMMON, `Config.Firmware.Url = ${other}\n`);
    await under.time.advance(120 * MINUTE);
    assert.deepEqual([asked(under, other), await version(under)], [1, "54.0.0.1"]);
    assert.equal(reports(under).length, 2);
  });

  test("that cannot be had or used is told to the log and the ACS, tried once, and the phone goes on as it was", async () => {
    for (const image of [null, "no image at all"]) {
      const missing = "http://files.example/missing.rom";
      const under = await started(
        { keys: { "Config.Autoprovision.MODE.Mode": "4" } },
        `Config.Firmware.Url = ${missing}\n`,
      );
      if (image !== null) under.server.serve(missing, image);
      await under.time.advance(180 * MINUTE);
      assert.equal(asked(under, missing), 1);
      assert.equal(await version(under), "53.0.6.45");
      const [report] = reports(under);
      assert.ok([9010, 9016, 9018].includes(report?.faultStruct.faultCode ?? 0), String(report?.faultStruct.faultCode));
      assert.match(JSON.stringify(under.log.at("warn")), /A transfer has failed/);
    }
  });

  test("on an ftp server is a warning, once, and nothing is asked", async () => {
    const under = await started(
      { keys: { "Config.Autoprovision.MODE.Mode": "4" } },
      "Config.Firmware.Url = ftp://files.example/a\n",
    );
    await under.time.advance(180 * MINUTE);
    const warnings = under.log.at("warn").filter(({ message }) => /firmware/.test(message));
    assert.equal(warnings.length, 1);
    assert.match(JSON.stringify(warnings), /http and https servers only/);
    assert.equal(reports(under).length, 0);
  });

  test("a log-in in its URL goes to the server, and to no log, status or report", async () => {
    const under = await started({}, "Config.Firmware.Url = http://me:hush@files.example/53.rom\n");
    const request = under.server.requests.find(({ server }) => server.url === ROM);
    assert.deepEqual([request?.server.username, request?.server.password], ["me", "hush"]);
    assert.equal(reports(under)[0]?.transferUrl, ROM);
    assert.doesNotMatch(under.log.text() + JSON.stringify(await under.agent.local.status()), /hush/);
  });

  test("waits for its turn behind a Download, is listed among all transfers, and cannot be cancelled", async () => {
    const run = await transferTest({ ...ALLOWED, keys: { ...SERVER, "Config.Autoprovision.MODE.Mode": "0" } });
    const { under } = run;
    under.server.serve(COMMON, LINE);
    under.server.serve(ROM, firmwareImage({ version: NEW }));
    under.server.serve(URL_OF_FILE, "Config.Account1.GENERAL.Label = first\n");
    const release = under.server.hold();
    await run.call(download());
    under.server.hold()();
    await under.agent.local.checkAutop();
    const { outcomes } = await run.call(
      rpc("GetQueuedTransfers", {}),
      rpc("GetAllQueuedTransfers", {}),
      rpc("CancelTransfer", { commandKey: "" }),
    );
    const [requested, all] = outcomes.map((outcome) => JSON.stringify(outcome));
    assert.equal(requested?.match(/commandKey/g)?.length, 1);
    assert.match(String(all), /3 Vendor Configuration File.*1 Firmware Upgrade Image/);
    assert.equal(asked(under), 0);
    release();
    await under.time.advance(10 * MINUTE);
    assert.deepEqual([asked(under), await version(under)], [1, NEW]);
    assert.equal(under.settings.get("Config.Account1.GENERAL.Label"), "first");
    assert.equal(run.reports().length, 1);
    assert.equal(reports(under).length, 1);
  });

  for (const tornAfter of [false, true]) {
    test(`a power cut right ${tornAfter ? "after" : "before"} any durable step of it does not lose it`, async () => {
      for (let steps = 0; steps <= MAX_STEPS; steps++) await cutAfter(steps, tornAfter);
    });
  }
});

/** Durable steps from the look to the report, and some more. */
const MAX_STEPS = 16;

async function cutAfter(steps: number, tornAfter: boolean): Promise<void> {
  let left = Number.POSITIVE_INFINITY;
  const wrapState = (inner: StateStore): StateStore => ({
    ...inner,
    async save(document, value) {
      if (left < 0) throw new Error("no power");
      if (left-- > 0) return inner.save(document, value);
      if (tornAfter) await inner.save(document, value);
      throw new Error("the power fails");
    },
  });
  const under = createAgentUnderTest({ ...ALLOWED, keys: SERVER, wrapState });
  under.server.serve(COMMON, LINE);
  under.server.serve(ROM, firmwareImage({ version: NEW }));
  await under.agent.start();
  await under.settle();
  left = steps;
  // Before the phone comes up again by itself.
  for (let seconds = 0; seconds < 120 && left >= 0; seconds++) await under.time.advance(1000);
  await under.agent.stop();
  left = Number.POSITIVE_INFINITY;
  const next = await powerOn(await under.crashed());
  assert.equal(await version(next), NEW, `${steps} steps`);
  const told = reports(under).length + reports(next).length;
  assert.ok(told >= 1, `${steps} steps: nobody was told`);
  assert.deepEqual((await next.agent.local.status()).transfers, [], `${steps} steps`);
  const count = asked(next);
  // Before the cut, taken up after it, and queued once more where it was not yet written down that it had been.
  assert.ok(count >= 1 && count <= 3, `${steps} steps: asked ${count} times`);
  const last = await powerOn(await next.restarted());
  assert.deepEqual([asked(last), reports(last).length], [count, 0], `${steps} steps`);
}
