import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createXmppClient } from "../../src/net/xmpp/xmpp-client.ts";
import type { XmppAccount, XmppElement, XmppFailure, XmppLink, XmppReply } from "../../src/ports/xmpp.ts";
import { createSystemClock } from "../../src/system/clock.ts";
import { createScheduler } from "../../src/system/scheduler.ts";
import { createTestCa, type TestCa } from "../helpers/certificates.ts";
import { type Prosody, startProsody } from "../helpers/prosody.ts";

const DOMAIN = "xmpp.example";
const ACCOUNTS = { phone: "secret of the phone", acs: "secret of the ACS" };
const REQUEST: XmppElement = {
  namespace: "urn:broadband-forum-org:cwmp:xmppConnReq-1-0",
  name: "connectionRequest",
  children: [
    { namespace: "urn:broadband-forum-org:cwmp:xmppConnReq-1-0", name: "username", text: "acs" },
    { namespace: "urn:broadband-forum-org:cwmp:xmppConnReq-1-0", name: "password", text: "knock & <come>" },
  ],
};

const clock = createSystemClock();
const scheduler = createScheduler(clock, (error) => {
  throw error;
});

interface Opened {
  readonly link: XmppLink;
  readonly jabberId: string;
  readonly secured: boolean;
  readonly ended: Promise<string>;
}

type Failed = { readonly failure: XmppFailure; readonly reason: string };

interface Extra {
  readonly ca?: string;
  readonly request?: (from: string, element: XmppElement) => XmppReply;
}

/** Connects as the phone unless told otherwise. */
function open(prosody: Prosody, account: Partial<XmppAccount> = {}, extra: Extra = {}): Promise<Opened | Failed> {
  const client = createXmppClient({ scheduler, tls: extra.ca === undefined ? {} : { ca: extra.ca } });
  return new Promise((resolve) => {
    let end: (reason: string) => void = () => {};
    const ended = new Promise<string>((done) => {
      end = done;
    });
    const link = client.connect(
      {
        ...{ username: "phone", password: ACCOUNTS.phone, domain: DOMAIN, resource: "cpe", host: "127.0.0.1" },
        ...{ port: prosody.port, forceTls: false, keepAliveSeconds: 0, ...account },
      },
      {
        online: (jabberId, secured) => resolve({ link, jabberId, secured, ended }),
        request: extra.request ?? (() => ({ answer: "service-unavailable" })),
        ended: (failure, reason) => {
          end(reason);
          resolve({ failure, reason });
        },
      },
    );
  });
}

async function openedBy(attempt: Promise<Opened | Failed>): Promise<Opened> {
  const outcome = await attempt;
  assert.ok("link" in outcome, JSON.stringify(outcome));
  return outcome;
}

async function failed(attempt: Promise<Opened | Failed>): Promise<Failed> {
  const outcome = await attempt;
  assert.ok("failure" in outcome, "it came online");
  return outcome;
}

describe("against prosody with TLS", () => {
  let ca: TestCa;
  let prosody: Prosody;

  before(async () => {
    ca = await createTestCa();
    const certificate = await ca.issue([DOMAIN]);
    prosody = await startProsody({ domain: DOMAIN, accounts: ACCOUNTS, tls: "required", certificate });
  });
  after(() => prosody.close());

  test("C-253 C-255 C-258 a request reaches the phone over TLS, and its answer the ACS before anything else happens", async () => {
    const seen: unknown[] = [];
    const request = (from: string, element: XmppElement): XmppReply => {
      seen.push(from, element);
      return { answer: "result", sent: () => void seen.push("sent") };
    };
    const phone = await openedBy(open(prosody, { forceTls: true }, { ca: ca.ca, request }));
    assert.deepEqual([phone.jabberId, phone.secured], [`phone@${DOMAIN}/cpe`, true]);
    const acs = await openedBy(
      open(prosody, { username: "acs", password: ACCOUNTS.acs, resource: "acs" }, { ca: ca.ca }),
    );
    assert.equal(await acs.link.get(phone.jabberId, REQUEST), "result");
    assert.deepEqual(seen, [`acs@${DOMAIN}/acs`, REQUEST, "sent"]);
    await acs.link.close();
    await phone.link.close();
  });

  for (const answer of ["not-authorized", "service-unavailable", "bad-request"] as const) {
    test(`C-255 a request that is answered with ${answer} comes back as that error`, async () => {
      const sent: string[] = [];
      const request = (): XmppReply => ({ answer, sent: () => void sent.push("sent") });
      const phone = await openedBy(open(prosody, {}, { ca: ca.ca, request }));
      const acs = await openedBy(open(prosody, { username: "acs", password: ACCOUNTS.acs }, { ca: ca.ca }));
      assert.equal(await acs.link.get(phone.jabberId, REQUEST), answer);
      assert.deepEqual(sent, []);
      await Promise.all([acs.link.close(), phone.link.close()]);
    });
  }

  test("a certificate of an unknown authority, or for another name, is refused", async () => {
    const unknown = await failed(open(prosody));
    assert.equal(unknown.failure, "unreachable", unknown.reason);
    assert.match(unknown.reason, /certificate/);
    const other = await startProsody({
      ...{ domain: DOMAIN, accounts: ACCOUNTS, tls: "required" },
      certificate: await ca.issue(["elsewhere.example"]),
    });
    try {
      assert.match((await failed(open(other, {}, { ca: ca.ca }))).reason, /xmpp\.example/);
    } finally {
      await other.close();
    }
  });

  test("a wrong password is told as such, and stands nowhere", async () => {
    const { failure, reason } = await failed(open(prosody, { password: "not it" }, { ca: ca.ca }));
    assert.equal(failure, "authentication", reason);
    assert.doesNotMatch(reason + prosody.log(), /not it/);
  });

  test("a server that dies ends the connection, and one that is back takes a new one", async () => {
    const phone = await openedBy(open(prosody, {}, { ca: ca.ca }));
    await prosody.kill();
    await phone.ended;
    const gone = await failed(open(prosody, {}, { ca: ca.ca }));
    assert.equal(gone.failure, "unreachable", gone.reason);
    await prosody.start();
    const again = await openedBy(open(prosody, {}, { ca: ca.ca }));
    assert.equal(again.jabberId, phone.jabberId);
    await again.link.close();
  });

  test("a server that stays silent is noticed by the keep-alive", async () => {
    const phone = await openedBy(open(prosody, { keepAliveSeconds: 1 }, { ca: ca.ca }));
    prosody.freeze(true);
    assert.match(await phone.ended, /does not answer/);
    prosody.freeze(false);
  });
});

describe("against prosody without TLS", () => {
  let prosody: Prosody;

  before(async () => {
    prosody = await startProsody({ domain: DOMAIN, accounts: ACCOUNTS, tls: "none" });
  });
  after(() => prosody.close());

  test("C-258 UseTLS forces TLS: a server that has none is refused", async () => {
    const { failure, reason } = await failed(open(prosody, { forceTls: true }));
    assert.equal(failure, "other");
    assert.match(reason, /no TLS/);
  });

  test("C-258 without UseTLS the connection is not secured, and the password is not sent as it is", async () => {
    const phone = await openedBy(open(prosody));
    assert.equal(phone.secured, false);
    await phone.link.close();
  });
});

describe("against prosody with optional TLS, on IPv6", () => {
  test("C-258 TLS is used with UseTLS alone", async () => {
    const ca = await createTestCa();
    const certificate = await ca.issue([DOMAIN]);
    const options = { domain: DOMAIN, accounts: ACCOUNTS, tls: "optional", certificate, address: "::1" } as const;
    const prosody = await startProsody(options);
    try {
      for (const forceTls of [true, false]) {
        const phone = await openedBy(open(prosody, { host: "::1", forceTls }, { ca: ca.ca }));
        assert.equal(phone.secured, forceTls);
        await phone.link.close();
      }
    } finally {
      await prosody.close();
    }
  });
});
