import assert from "node:assert/strict";
import { test } from "node:test";
import { readWrittenCall } from "../../../src/acs/call-syntax.ts";
import type { AcsConsole } from "../../../src/cli/acs/acs-console.ts";
import { answerPromptLine, PROMPT_HELP } from "../../../src/cli/acs/prompt.ts";
import { transferCall } from "../../../src/cli/acs/transfer-commands.ts";

const URL = "http://files/a.cfg";

test("download, upload and schedule are RPCs that the ACS can read", () => {
  const calls = [
    transferCall("download", ["config", URL, "commandKey=c1", "delaySeconds=5"]),
    transferCall("upload", ["log", URL, "username=u"]),
    transferCall("schedule", ["firmware", URL, "0", "3600"]),
  ].map(readWrittenCall);
  const [download, upload, schedule] = calls;
  assert.ok(download?.name === "Download" && upload?.name === "Upload" && schedule?.name === "ScheduleDownload");
  const { fileType, url, commandKey, delaySeconds } = download.args;
  assert.deepEqual([fileType, url, commandKey, delaySeconds], ["3 Vendor Configuration File", URL, "c1", 5]);
  assert.deepEqual([upload.args.fileType, upload.args.username], ["2 Vendor Log File", "u"]);
  const [window] = schedule.args.timeWindowList;
  assert.deepEqual([schedule.args.fileType, window?.windowEnd], ["1 Firmware Upgrade Image", 3600]);
  assert.equal(transferCall("get", ["Device."]), null);
});

test("a transfer without its URL says how it is written", () => {
  for (const command of ["download", "schedule"])
    assert.throws(() => transferCall(command, ["config"]), new RegExp(`^Error: usage: ${command} .* FILE.URL`));
  assert.throws(() => transferCall("upload", []), /^Error: usage: upload .* \[URL\]/);
  assert.deepEqual(transferCall("upload", ["log"]), { Upload: { fileType: "2 Vendor Log File" } });
});

test("help tells of one command", async () => {
  const acs = { devices: async () => [] } as unknown as AcsConsole;
  const help = async (line: string) => {
    const answer = await answerPromptLine(line, acs);
    return answer.kind === "text" ? answer.text : "";
  };
  assert.match(await help("help download"), /^download .*URL[\s\S]*downloads/);
  assert.match(await help("help reboot"), /^reboot +restart the phone\n$/);
  assert.match(await help("help delete"), /delete PATH\.N\./);
  assert.match(await help("help nothing"), /unknown command/);
  assert.equal(await help("help"), PROMPT_HELP);
});
