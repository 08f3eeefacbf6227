import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  download,
  firmwareImage,
  type TransferTest,
  transferTest,
  URL_OF_FILE,
  VERSION,
} from "../../helpers/transfers.ts";

const FIRMWARE = "1 Firmware Upgrade Image";

async function upgraded(content: string): Promise<TransferTest> {
  const run = await transferTest();
  run.under.server.serve(URL_OF_FILE, content);
  await run.call(download({ fileType: FIRMWARE, commandKey: "fw" }));
  await run.under.time.advance(60_000);
  return run;
}

const versionIn = (run: TransferTest): string | undefined =>
  run.under.acs.last.inform.parameterList.find(({ name }) => name === VERSION)?.value;

describe("firmware of the simulated phone", () => {
  test("C-087 C-179 C-183 a good image is booted, and told with 1 BOOT, 7 and M Download in one Inform that has the new version", async () => {
    const run = await upgraded(firmwareImage());
    const { acs } = run.under;
    assert.equal(acs.sessions.length, 3);
    const codes = acs.last.inform.event.map(({ eventCode, commandKey }) => `${eventCode} ${commandKey}`.trim());
    assert.deepEqual(
      codes.filter((code) => code !== "4 VALUE CHANGE"),
      ["1 BOOT", "7 TRANSFER COMPLETE", "M Download fw"],
    );
    assert.equal(versionIn(run), "53.1.0.7");
    assert.deepEqual(
      run.reports().map(({ faultStruct }) => faultStruct.faultCode),
      [0],
    );
    assert.deepEqual([...run.under.server.kept], []);
    await run.restart();
    assert.equal(versionIn(run), "53.1.0.7", "the version is durable");
  });

  for (const [what, image] of [
    ["with a wrong checksum", firmwareImage({ sha256: "0".repeat(64) })],
    ["for another model", firmwareImage({ model: "SP-R15P" })],
    ["of another format", firmwareImage({ format: "zip" })],
    ["without a manifest", "x".repeat(5000)],
    ["with a version that is no name", firmwareImage({ version: "" })],
    ["that is empty", ""],
  ] as const) {
    test(`C-181 C-183 an image ${what} is 9018, and the old version runs on without a restart`, async () => {
      const run = await upgraded(image);
      assert.deepEqual(
        run.reports().map(({ faultStruct }) => faultStruct.faultCode),
        [9018],
      );
      assert.equal(versionIn(run), "53.0.6.45");
      assert.ok(!run.under.acs.last.eventCodes.includes("1 BOOT"));
    });
  }

  for (const [fails, restarts] of [
    ["install", false],
    ["boot", true],
  ] as const) {
    test(`C-179 C-183 an image that fails to ${fails} is told as 9018, and the old version runs`, async () => {
      const run = await upgraded(firmwareImage({ fails }));
      assert.deepEqual(
        run.reports().map(({ faultStruct }) => faultStruct.faultCode),
        [9018],
      );
      assert.equal(versionIn(run), "53.0.6.45");
      assert.equal(run.under.acs.last.eventCodes.includes("1 BOOT"), restarts);
    });
  }

  test("C-170 a ringer file is stored, an empty one is 9018", async () => {
    const run = await transferTest();
    run.under.server.serve(URL_OF_FILE, "RIFF");
    run.under.server.serve(`${URL_OF_FILE}2`, "");
    await run.call(
      download({ fileType: "5 Ringer File", commandKey: "a" }),
      download({ fileType: "5 Ringer File", commandKey: "b", url: `${URL_OF_FILE}2` }),
    );
    assert.deepEqual(
      run.reports().map(({ faultStruct }) => faultStruct.faultCode),
      [0, 9018],
    );
  });
});
