/** State folders of earlier versions still load: documents as version 0.1.0 has written them, byte for byte. */
import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { AUTOP_DOCUMENT } from "../../src/agent/autop/autop-state.ts";
import { createJabberIds, JABBER_IDS_DOCUMENT } from "../../src/agent/connection-requests/xmpp/jabber-ids.ts";
import { LIFECYCLE_DOCUMENT } from "../../src/agent/core/lifecycle.ts";
import { openEventQueue } from "../../src/agent/events/event-queue.ts";
import { openAcsKnowledge } from "../../src/agent/sessions/acs-knowledge.ts";
import { openTransferStore } from "../../src/agent/transfers/transfer-store.ts";
import { createFileStateStore } from "../../src/storage/file-state-store.ts";
import { createAgentUnderTest } from "../helpers/agent-under-test.ts";
import { durableState } from "../helpers/durable-state.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const DUE = Date.UTC(2024, 4, 1, 12, 5);
const DOCUMENTS = {
  lifecycle:
    '{"version":1,"value":{"informedUrl":"http://acs.example:7547/cwmp","retryCount":2,"resetting":false,"connectionRequestToken":"c0ffee","settings":{"Config.TR069.General.Enable":"hash"},"settingsSalt":"5a17"}}',
  events:
    '{"version":1,"value":[{"code":"M Reboot","commandKey":"night"},{"code":"7 TRANSFER COMPLETE","commandKey":""},{"code":"M Download","commandKey":"k"},{"code":"10 AUTONOMOUS TRANSFER COMPLETE","commandKey":""}]}',
  acs: '{"version":1,"value":{"url":"http://acs.example:7547/cwmp","version":"1.2","methods":["Inform","TransferComplete","AutonomousTransferComplete"]}}',
  "jabber-ids": '{"version":1,"value":{"1":"phone@xmpp.example/tr069"}}',
  "scheduled-informs": `{"version":1,"value":[{"commandKey":"look","delaySeconds":600,"due":${DUE}}]}`,
  "value-changes":
    '{"version":1,"value":{"known":{"Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label":"old"},"changed":[]}}',
  "autonomous-transfers":
    '{"version":1,"value":[{"url":"http://files.example/a.cfg","isDownload":true,"fileType":"3 Vendor Configuration File","fileSize":12,"startedAt":1714564800000,"completedAt":null,"failure":{"code":9016,"text":"gone"}}]}',
  transfers:
    '{"version":1,"value":{"next":8,"transfers":[{"id":7,"method":"Download","commandKey":"k","fileType":"3 Vendor Configuration File","url":"","username":"","password":"","fileSize":0,"targetFileName":"","step":"reporting","requestedAt":1714564800000,"dueAt":1714564800000,"windows":[],"tries":1,"installs":1,"versionBefore":"53.0.6.45","startedAt":1714564800000,"completedAt":1714564801000,"failure":null}]}}',
  autop: '{"version":1,"value":{"file":"f1","common":null,"device":"d1","refused":null,"restarting":false}}',
  "udp-requests":
    '{"version":1,"value":{"mark":{"ts":1714564800,"id":"7"},"address":"192.0.2.7:7547","natDetected":true}}',
  attributes:
    '{"version":1,"value":{"Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label":{"notification":2,"accessList":["Subscriber"]}}}',
};

test("every document of an earlier version is read, and none is set aside as damaged", async (t) => {
  const folder = await temporaryFolder(t);
  const documents = join(folder, "documents");
  await mkdir(documents);
  for (const [name, text] of Object.entries(DOCUMENTS)) await writeFile(join(documents, `${name}.json`), `${text}\n`);
  const log = createMemoryLogger();
  const store = await createFileStateStore({ folder, log });
  t.after(() => store.close());

  const state = durableState(store);
  const lifecycle = await state.open(LIFECYCLE_DOCUMENT);
  assert.deepEqual([lifecycle.current.retryCount, lifecycle.current.connectionRequestToken], [2, "c0ffee"]);
  assert.equal((await openEventQueue(state)).pending().length, 4);
  assert.equal((await openAcsKnowledge(state)).of("http://acs.example:7547/cwmp").version, "1.2");
  assert.equal(createJabberIds(await state.open(JABBER_IDS_DOCUMENT)).get(1), "phone@xmpp.example/tr069");
  assert.equal((await openTransferStore(state)).get(7)?.completedAt, 1_714_564_801_000);
  assert.equal((await state.open(AUTOP_DOCUMENT)).current.device, "d1");

  const under = createAgentUnderTest({ wrapState: () => store, reportAutonomousTransfers: true });
  await under.agent.start();
  await under.time.advance(600_000);
  const events = under.acs.sessions.flatMap(({ inform }) =>
    inform.event.map(({ eventCode, commandKey }) => `${eventCode} ${commandKey}`.trim()),
  );
  for (const event of ["M Reboot night", "M Download k", "4 VALUE CHANGE", "M ScheduleInform look"]) {
    assert.ok(events.includes(event), `${event} in ${events}`);
  }
  assert.ok(!events.includes("0 BOOTSTRAP"), "the ACS is known");
  assert.deepEqual(
    under.acs.sessions.flatMap(({ told }) => told.map(({ name }) => name)),
    ["TransferComplete", "AutonomousTransferComplete"],
  );
  assert.deepEqual(
    (await readdir(documents)).filter((name) => name.includes("damaged")),
    [],
  );
  assert.deepEqual(log.at("error"), []);
  await under.agent.stop();
});
