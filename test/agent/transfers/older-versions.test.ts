import assert from "node:assert/strict";
import { test } from "node:test";
import { openEventQueue } from "../../../src/agent/events/event-queue.ts";
import { finished, type TransferRecord, transferComplete } from "../../../src/agent/transfers/record.ts";
import { CWMP_VERSIONS } from "../../../src/cwmp/versions.ts";
import { encodeRequest } from "../../../src/soap/encode.ts";
import { openAutonomousTransfers } from "../../helpers/autonomous-transfers.ts";
import { durableState } from "../../helpers/durable-state.ts";
import { assertValidEnvelopes, SCHEMAS_MISSING } from "../../helpers/schema.ts";

// On one Node only: messages are checked by schemas, which say the same on every Node.

const RECORD: TransferRecord = {
  ...{ id: 1, method: "Upload", commandKey: "k", fileType: "2 Vendor Log File", url: "", username: "", password: "" },
  ...{ fileSize: 0, targetFileName: "", step: "transferring", requestedAt: 0, dueAt: 0, windows: [], tries: 1 },
  ...{ installs: 0, versionBefore: "", startedAt: null, completedAt: null, failure: null },
};

test("C-180 every fault of a transfer is told in a code and a length that the session's version has", {
  skip: SCHEMAS_MISSING,
}, async () => {
  const envelopes: string[] = [];
  for (const code of [9001, 9002, 9003, 9010, 9011, 9012, 9015, 9016, 9017, 9018, 9019, 9020] as const) {
    const request = transferComplete(finished(RECORD, 0, { code, text: "é".repeat(300) }), async () => {});
    for (const version of CWMP_VERSIONS) {
      envelopes.push(
        encodeRequest("TransferComplete", request.argsIn?.(version) ?? request.args, { id: "1", version }),
      );
    }
  }
  await assertValidEnvelopes(envelopes);
  const upload = transferComplete(finished(RECORD, 0, { code: 9015, text: "x" }), async () => {});
  assert.equal(upload.argsIn?.("1.0").faultStruct.faultCode, 9011);
  assert.equal(upload.argsIn?.("1.1").faultStruct.faultCode, 9015);
});

const TRANSFER = {
  ...{ url: "http://files.example/a", isDownload: true, fileType: "3 Vendor Configuration File", fileSize: 5 },
  ...{ startedAt: 1_700_000_000_000, completedAt: null, failure: { code: 9018, text: "bad" } as const },
};

test("C-187 an autonomous transfer is told with event 10 where the policy is on, over restarts, until the ACS has answered", async () => {
  const state = durableState();
  const events = await openEventQueue(state);
  let sessions = 0;
  const options = { state, events, enabled: true, requestSession: () => void sessions++ };
  await (await openAutonomousTransfers(options)).completed(TRANSFER);
  assert.equal(sessions, 1);
  const again = await openAutonomousTransfers(options);
  assert.deepEqual(again.requests([]), []);
  const [request] = again.requests(events.pending());
  assert.equal(request?.name, "AutonomousTransferComplete");
  await request?.answered({});
  assert.deepEqual(events.pending(), []);
  assert.deepEqual(again.requests([{ code: "10 AUTONOMOUS TRANSFER COMPLETE", commandKey: "" }]), []);
});

test("C-187 with the policy off nothing is told", async () => {
  const state = durableState();
  const events = await openEventQueue(state);
  const silent = await openAutonomousTransfers({ state, events, enabled: false, requestSession: assert.fail });
  await silent.completed(TRANSFER);
  assert.deepEqual(events.pending(), []);
});

test("RequestDownload goes out with event 9 and is gone when it is answered", async () => {
  const state = durableState();
  const events = await openEventQueue(state);
  const asking = await openAutonomousTransfers({ state, events, enabled: false, requestSession: () => {} });
  await asking.requestDownload("1 Firmware Upgrade Image", [{ name: "Version", value: "2" }]);
  const [request] = asking.requests(events.pending());
  assert.equal(request?.name, "RequestDownload");
  await request?.answered({});
  assert.deepEqual(events.pending(), []);
});
