import assert from "node:assert/strict";
import { test } from "node:test";
import { transferResult, transferTarget } from "../../src/acs/transfer-facts.ts";
import { rungOf } from "../../src/ladder/rung.ts";
import { faultCount } from "../../src/ladder/summary.ts";
import { describeMessage } from "../../src/soap/describe.ts";
import { decodeEnvelope } from "../../src/soap/envelope.ts";
import { createPlayedSessions, envelope, received, sent, wholeSession } from "../helpers/wire-events.ts";

const REPORT = (code: number, text: string) =>
  envelope(
    "TransferComplete",
    `<CommandKey>c1</CommandKey><FaultStruct><FaultCode>${code}</FaultCode><FaultString>${text}</FaultString></FaultStruct>` +
      "<StartTime>2024-05-01T12:00:00Z</StartTime><CompleteTime>2024-05-01T12:00:01Z</CompleteTime>",
  );
const FAILED = REPORT(9010, "Download failure: http://u:hunter2@files/a");

test("the ACS reads the result of a transfer, without the secrets of its texts", () => {
  const { body } = decodeEnvelope(FAILED);
  assert.ok(body.kind === "request");
  assert.deepEqual(transferResult(body.name, body.element), {
    transfer: { commandKey: "c1", faultCode: 9010, faultString: "Download failure: http://u:********@files/a" },
  });
  assert.deepEqual(transferResult("Kicked", body.element), {});
  const server = { fileType: "1 X", url: "http://u:hunter2@files/a", commandKey: "", username: "", password: "" };
  const call = { name: "Upload", args: { ...server, delaySeconds: 0 } } as const;
  assert.deepEqual(transferTarget(call), { target: "1 X, http://u:********@files/a" });
});

test("a ladder says how a transfer went and where a Download is from, and marks the failed one", () => {
  assert.equal(describeMessage(FAILED).detail, "fault 9010 Download failure: http://u:********@files/a (c1)");
  assert.equal(describeMessage(REPORT(0, "")).detail, "complete (c1)");
  const download = envelope("Download", "<FileType>1 X</FileType><URL>http://files/a?token=hunter2</URL>");
  assert.equal(describeMessage(download).detail, "1 X, http://files/a?token=********");
  const record = { session: 1, at: 0, kind: "message", from: "cpe" } as const;
  const tone = (text: string) => rungOf({ ...record, ...describeMessage(text) }).tone;
  assert.deepEqual([tone(FAILED), tone(REPORT(0, ""))], ["bad", "plain"]);
});

test("a session that came to its end with a failed transfer has a fault to show", () => {
  const { sessions, play } = createPlayedSessions();
  play(1, wholeSession(sent(FAILED), received(200, envelope("TransferCompleteResponse"))));
  play(2, wholeSession(sent(REPORT(0, "")), received(200, envelope("TransferCompleteResponse"))));
  assert.deepEqual(
    sessions.sessions().map((session) => faultCount(session)),
    [1, 0],
  );
});
