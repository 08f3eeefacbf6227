import assert from "node:assert/strict";
import { test } from "node:test";
import { html } from "hono/html";
import type { LocalControl } from "../../src/agent/local/local-control.ts";
import type { PhoneStatus } from "../../src/agent/local/phone-status.ts";
import { AgentError } from "../../src/cwmp/errors.ts";
import { countdownTo, durationText, momentOf, zoneNote } from "../../src/web/moments.ts";
import { createAgentUnderTest } from "../helpers/agent-under-test.ts";
import { createFakeTime } from "../helpers/fake-time.ts";
import { webOf } from "../helpers/web-under-test.ts";

const NOW = Date.UTC(2024, 4, 1, 12);

const STATUS: PhoneStatus = {
  identity: {
    manufacturer: "Akuvox",
    oui: "0C1105",
    modelName: "SP-R53P",
    productClass: "SP-R53P",
    serialNumber: "0C1105ABCDEF",
    softwareVersion: "53.0.6.45",
    hardwareVersion: "53.0",
    macAddress: "0c:11:05:ab:cd:ef",
    ipAddress: "192.0.2.5",
    upTime: 93_784,
  },
  phase: "waiting",
  tr069Enabled: true,
  acsUrl: "https://acs.example/",
  retryCount: 2,
  retryAt: NOW + 65_000,
  nextInformAt: NOW + 3_600_000,
  lastSession: {
    successful: false,
    events: ["2 PERIODIC"],
    startedAt: NOW - 60_000,
    durationMs: 30_000,
    served: 0,
    failure: { code: "ACS_TIMEOUT", message: "the ACS acs.example:443 did not answer" },
  },
  sessions: 17,
  pendingEvents: [{ code: "4 VALUE CHANGE", commandKey: "" }],
  transfers: [
    {
      commandKey: "key-1",
      state: 2,
      isDownload: true,
      fileType: "1 Firmware Upgrade Image",
      fileSize: 12_345,
      targetFileName: "",
      step: "transferring",
      server: "files.example",
      dueAt: null,
      tries: 1,
      receivedBytes: 5000,
      totalBytes: 12_345,
      failure: null,
    },
  ],
  connectionRequests: {
    url: "http://192.0.2.5:7547/abc",
    udpAddress: "198.51.100.1:7547",
    natDetected: true,
    stunEnabled: true,
    jabberId: "phone@example.org/cpe",
  },
  accounts: [
    { number: 1, userName: "1001", server: "sip.example", enable: "Enabled", line: "Up", reason: "", calls: "" },
  ],
  phoneBooks: [
    {
      number: 1,
      name: "Office",
      url: "http://files.example/book.xml",
      entries: 12,
      fetchedAt: NOW - 3_600_000,
      problem: "the server does not answer",
    },
  ],
  ntp: {
    server: "b.ntp.example",
    offsetMs: -2500,
    roundTripMs: 11.25,
    stratum: 2,
    problem: "a.ntp.example: <no answer>",
  },
};

function site(status: () => Promise<PhoneStatus>) {
  const phone = createAgentUnderTest();
  const own = phone.agent.local;
  const local: LocalControl = new Proxy(own, {
    get: (_own, name: keyof LocalControl) => (name === "status" ? status : own[name].bind(own)),
  });
  return webOf(phone, { local });
}

/** The page as a reader sees it. */
async function read(status: PhoneStatus): Promise<string> {
  const { text } = await site(async () => status).request("/status");
  return text
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

test("the page tells who the phone is, how it stands with its ACS, and how it is reached", async () => {
  const text = await read(STATUS);
  for (const part of [
    "Model Akuvox SP-R53P",
    "Serial number 0C1105ABCDEF",
    "MAC address 0c:11:05:ab:cd:ef",
    "Time servers Clock of the host 2.5 s ahead of b.ntp.example Server b.ntp.example Round trip 11.3 ms Stratum 2",
    "Problem a.ntp.example: &lt;no answer&gt;",
    "Up for 1 d 2 h",
    "TR-069 on",
    "ACS URL https://acs.example/",
    "State waiting to try again",
    "✗ failed 2024-05-01 11:59:00 · 30.0 s 2 PERIODIC the ACS acs.example:443 did not answer",
    "Next periodic Inform in 1 h 2024-05-01 13:00:00",
    "Next retry attempt 3, in 1 min 5 s",
    "Pending events 4 VALUE CHANGE",
    "Sessions so far 17",
    "URL http://192.0.2.5:7547/abc",
    "UDP address 198.51.100.1:7547",
    "STUN: behind a NAT",
    "XMPP phone@example.org/cpe",
    "1 1001 sip.example Up",
    "1 Office http://files.example/book.xml 12 2024-05-01 11:00:00 the server does not answer",
    "Download 1 Firmware Upgrade Image 12.3 kB in progress key-1",
  ]) {
    assert.ok(text.includes(part), `${part} in: ${text}`);
  }
});

test("a phone that has nothing to tell yet says so", async () => {
  const text = await read({
    ...STATUS,
    phase: "idle",
    tr069Enabled: false,
    acsUrl: "",
    retryAt: null,
    nextInformAt: null,
    lastSession: null,
    pendingEvents: [],
    transfers: [],
    accounts: [],
    phoneBooks: [],
    ntp: null,
    connectionRequests: { url: "", udpAddress: "", natDetected: false, stunEnabled: false, jabberId: "" },
  });
  for (const part of ["✗ off", "ACS URL none", "Last session none", "Next periodic Inform off", "STUN is off"]) {
    assert.ok(text.includes(part), `${part} in: ${text}`);
  }
  assert.ok(!/Next retry|Accounts|CommandKey|Phone books/.test(text));
});

test("a line that is not up says why", async () => {
  const [account] = STATUS.accounts;
  assert.ok(account !== undefined);
  const accounts = [{ ...account, line: "Error", reason: "pbx: 403 Forbidden", calls: "Ringing from sip:1002@pbx" }];
  const { text } = await site(async () => ({ ...STATUS, accounts })).request("/status");
  assert.match(
    text,
    /<strong class="mark failed">Error<\/strong><p class="fault">pbx: 403 Forbidden<\/p><p>Ringing from sip:1002@pbx<\/p>/,
  );
});

test("countdowns carry what is left, so that the reader's clock does not matter", async () => {
  const { text } = await site(async () => STATUS).request("/status");
  assert.deepEqual(
    [...text.matchAll(/data-in="(\d+)"/g)].map(([, ms]) => Number(ms)),
    [3_600_000, 65_000],
  );
  assert.match(text, /data-live="\/status\/part"/);
});

test("markup in anything that the phone or others say stays text", async () => {
  const evil = `</dd><script>alert(1)</script>"'`;
  const filled = JSON.parse(JSON.stringify(STATUS), (_key, value) => (typeof value === "string" ? evil : value));
  const { request } = site(async () => ({ ...filled, phase: "idle" }));
  for (const path of ["/status", "/status/part"]) {
    const { text, status } = await request(path);
    assert.equal(status, 200);
    assert.ok(!text.includes("<script>"), path);
    assert.ok(text.includes("&lt;script&gt;alert(1)"), path);
  }
});

test("while the phone restarts the page says so, and when to come back", async () => {
  const { request } = site(async () => {
    throw new AgentError("PHONE_DOWN", "the phone is restarting: try again in a moment");
  });
  for (const path of ["/status", "/status/part"]) {
    const { status, headers, text } = await request(path);
    assert.equal(status, 503);
    assert.match(headers.get("retry-after") ?? "", /^\d+$/);
    assert.match(text, /restarting/);
  }
});

test("the status of a real agent is shown, its sessions and accounts too", async () => {
  const phone = createAgentUnderTest();
  await phone.agent.start();
  const { text } = await webOf(phone).request("/status");
  assert.match(text, /0C1105ABCDEF/);
  assert.match(text, /http:\/\/acs\.example:7547\/cwmp/);
  await phone.agent.stop();
});

test("a page names the zone of its times", async () => {
  for (const [offsetMinutes, name] of [
    [0, "UTC"],
    [120, "UTC+02:00"],
    [-210, "UTC-03:30"],
  ] as const) {
    const { clock } = createFakeTime({ now: NOW, offsetMinutes });
    assert.equal(`${await html`${zoneNote(clock)}`}`, `<p class="hint" data-zone>Times are the phone's: ${name}.</p>`);
    assert.ok(`${await html`${momentOf(NOW, clock)}`}`.includes(`title="${name}"`));
  }
  const { request } = site(async () => STATUS);
  for (const path of ["/status", "/sessions", "/transfers"]) {
    assert.match((await request(path)).text, /data-zone>Times are the phone/, path);
  }
});

test("moments are in the phone's local time, durations in their two largest units", async () => {
  const { clock } = createFakeTime({ now: NOW, offsetMinutes: 120 });
  const plain = async (text: unknown) => `${await html`${text as string}`}`.replace(/<[^>]*>/g, "");
  assert.equal(await plain(momentOf(NOW, clock)), "2024-05-01 14:00:00");
  assert.equal(await plain(countdownTo(NOW - 5, clock)), "now");
  assert.equal(await plain(countdownTo(NOW + 90_000, clock)), "in 1 min 30 s");
  assert.deepEqual([0, 1, 60, 61, 3600, 3661, 90_061].map(durationText), [
    "0 s",
    "1 s",
    "1 min",
    "1 min 1 s",
    "1 h",
    "1 h 1 min",
    "1 d 1 h",
  ]);
});

test("a phone that speaks SIP shows its last messages; what a peer writes is text there, and a phone that does not shows none", async () => {
  const phone = createAgentUnderTest();
  await phone.agent.start();
  const records = Array.from({ length: 30 }, (_, index) => ({
    ...{ at: index * 10, from: "peer" as const, peer: "UDP 192.0.2.1:5060", answers: "REGISTER", bytes: 9, text: "" },
    name: `200 <b>OK</b> ${index}`,
  }));
  const { text } = await webOf(phone, { sipLog: { records: () => records } }).request("/status");
  assert.ok(text.includes("<h2>SIP</h2>") && !text.includes("<b>OK"));
  assert.ok(text.includes("&lt;b&gt;OK&lt;/b&gt; 29") && !text.includes("&lt;b&gt;OK&lt;/b&gt; 9<"));
  assert.ok(text.includes("SIP to phone"), "read aloud it says who speaks to whom");
  assert.ok(!(await webOf(phone).request("/status")).text.includes("<h2>SIP</h2>"));
  await phone.agent.stop();
});
