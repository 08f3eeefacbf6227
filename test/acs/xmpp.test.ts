import assert from "node:assert/strict";
import { test } from "node:test";
import { createAcsXmpp } from "../../src/acs/xmpp.ts";
import { xmppAccount } from "../../src/cli/acs/xmpp.ts";
import type { XmppElement } from "../../src/ports/xmpp.ts";
import { createFakeXmpp } from "../helpers/fake-xmpp.ts";

const ACCOUNT = xmppAccount("acs@xmpp.example:hush", "[::1]:5299");
const CREDENTIALS = { username: "acs", password: "knock" };

test("C-253 the ACS goes online with its first request, and sends what the schema says", async () => {
  const asked: (readonly [string, XmppElement])[] = [];
  const fake = createFakeXmpp();
  fake.answer = (to, element) => {
    asked.push([to, element]);
    return "result";
  };
  const xmpp = createAcsXmpp(fake, ACCOUNT);
  assert.equal(fake.links.length, 0);
  const first = xmpp.request("phone@xmpp.example/cpe", CREDENTIALS);
  fake.links[0]?.listener.online("acs@xmpp.example/1", true);
  assert.equal(await first, "result");
  assert.equal(await xmpp.request("phone@xmpp.example/cpe", CREDENTIALS), "result");
  assert.equal(fake.links.length, 1);
  const namespace = "urn:broadband-forum-org:cwmp:xmppConnReq-1-0";
  const children = [
    { namespace, name: "username", text: "acs" },
    { namespace, name: "password", text: "knock" },
  ];
  assert.deepEqual(asked[0], ["phone@xmpp.example/cpe", { namespace, name: "connectionRequest", children }]);
  await xmpp.close();
  assert.equal(fake.links[0]?.closed, true);
});

test("a request fails while the ACS cannot come online, and the next one tries again", async () => {
  const fake = createFakeXmpp();
  const xmpp = createAcsXmpp(fake, ACCOUNT);
  const first = xmpp.request("phone@xmpp.example/cpe", CREDENTIALS);
  fake.links[0]?.listener.ended("authentication", "not-authorized");
  await assert.rejects(first, /not online on its XMPP server: not-authorized/);
  void xmpp.request("phone@xmpp.example/cpe", CREDENTIALS).catch(() => {});
  assert.equal(fake.links.length, 2);
});

test("the account and its server as they are written on the command line", () => {
  const { username, password, domain, host, port } = ACCOUNT;
  assert.deepEqual([username, password, domain, host, port], ["acs", "hush", "xmpp.example", "::1", 5299]);
  const plain = xmppAccount("a@b.example:c:d", undefined);
  assert.deepEqual([plain.password, plain.host, plain.port], ["c:d", "b.example", 5222]);
  assert.equal(xmppAccount("a@b:c", "host.example").port, 5222);
  assert.throws(() => xmppAccount("nobody", undefined), /user@domain:password/);
  assert.throws(() => xmppAccount("a@b:c", "x:y:z"), /host:port/);
});
