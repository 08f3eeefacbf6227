import assert from "node:assert/strict";
import { test } from "node:test";
import { readWrittenCall } from "../../src/acs/call-syntax.ts";
import { serveCpeRequest } from "../../src/acs/messages.ts";

test("a Download needs a file type and a URL; the rest is empty or 0 unless given", () => {
  const written = { Download: { fileType: "5 Ringer File", url: "http://x/a", delaySeconds: "7" } };
  assert.deepEqual(readWrittenCall(written), {
    name: "Download",
    args: {
      ...{ commandKey: "", fileType: "5 Ringer File", url: "http://x/a", username: "", password: "", fileSize: 0 },
      ...{ targetFileName: "", delaySeconds: 7, successUrl: "", failureUrl: "" },
    },
  });
  assert.throws(() => readWrittenCall({ Download: { url: "http://x" } }), /fileType: is missing/);
  assert.throws(
    () => readWrittenCall({ Upload: { fileType: "x", url: "http://y", delaySeconds: "soon" } }),
    /whole number/,
  );
  assert.throws(
    () => readWrittenCall({ Download: { fileType: "x", url: "http://y", delay: 1 } }),
    /unknown key "delay"/,
  );
  assert.throws(
    () => readWrittenCall({ Upload: { url: 3, delay: 1, delaySeconds: "soon" } }),
    /^Error: Upload: delay: unknown key.*; Upload: fileType: is missing; Upload: delaySeconds: expected a whole number$/,
  );
});

test("a ScheduleDownload has windows, CancelTransfer a key, and the lists no arguments", () => {
  const windows = [{ start: "0", end: "60", mode: "2 Immediately", maxRetries: "-1" }];
  const call = readWrittenCall({ ScheduleDownload: { fileType: "x", url: "http://y", windows } });
  assert.ok(call.name === "ScheduleDownload");
  assert.deepEqual(call.args.timeWindowList, [
    { windowStart: 0, windowEnd: 60, windowMode: "2 Immediately", userMessage: "", maxRetries: -1 },
  ]);
  assert.deepEqual(readWrittenCall({ CancelTransfer: "k" }), { name: "CancelTransfer", args: { commandKey: "k" } });
  assert.deepEqual(readWrittenCall("GetAllQueuedTransfers"), { name: "GetAllQueuedTransfers", args: {} });
});

test("the ACS takes what a CPE tells of its transfers", () => {
  for (const name of ["TransferComplete", "AutonomousTransferComplete", "RequestDownload"]) {
    const { text, faultCode } = serveCpeRequest(name, "1", "1.2");
    assert.equal(faultCode, null);
    assert.match(text, new RegExp(`<cwmp:${name}Response`));
  }
});
