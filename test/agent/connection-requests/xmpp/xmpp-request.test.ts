import assert from "node:assert/strict";
import test from "node:test";
import { createXmppGate } from "../../../../src/agent/connection-requests/xmpp/xmpp-request.ts";
import { CONNECTION_REQUEST_ATTEMPTS } from "../../../../src/connection-request/server.ts";
import { createFailedAttempts } from "../../../../src/system/failed-attempts.ts";
import { hmacHash } from "../../../../src/system/hash.ts";
import { createFakeTime } from "../../../helpers/fake-time.ts";
import { seededRandom } from "../../../helpers/seeded-random.ts";

const NAMESPACE = "urn:broadband-forum-org:cwmp:xmppConnReq-1-0";
const POLICY = { allowedJabberIds: [], credentials: { username: "acs", password: "knock" } };

function made(requestsPerMinute = 30) {
  const time = createFakeTime({ inMemory: true });
  const { clock } = time;
  const xmppAttempts = createFailedAttempts(clock, CONNECTION_REQUEST_ATTEMPTS);
  const gate = createXmppGate({ clock, random: seededRandom(), hash: hmacHash, xmppAttempts, requestsPerMinute });
  const ask = (from: string, password: string): string => {
    const child = (name: string, text: string) => ({ namespace: NAMESPACE, name, text, children: [] });
    const children = [child("username", "acs"), child("password", password)];
    return gate(from, { namespace: NAMESPACE, name: "connectionRequest", children }, POLICY).result;
  };
  return { time, ask };
}

test("C-255 C-283 guesses over XMPP get slow, by whatever resource of one Jabber ID, and the ACS is let in all the same", async () => {
  const { time, ask } = made();
  const guesses = Array.from({ length: 1000 }, (_, at) => ask(`mallory@example.com/${at}`, "guess"));
  assert.equal(guesses.filter((result) => result === "unauthorized").length, 10);
  assert.equal(guesses.filter((result) => result === "limited").length, 990);
  assert.equal(ask("acs@example.com/1", "knock"), "accepted");
  assert.equal(ask("MALLORY@example.com", "knock"), "limited");
  await time.advance(1000);
  assert.equal(ask("mallory@example.com/x", "guess"), "unauthorized");
});

test("C-283 guesses from many Jabber IDs use up a budget for all, from which an ACS that was let in is exempt", () => {
  const { ask } = made();
  assert.equal(ask("acs@example.com/1", "knock"), "accepted");
  const guesses = Array.from({ length: 1000 }, (_, at) => ask(`m${at}@example.com`, "guess"));
  assert.equal(guesses.filter((result) => result === "unauthorized").length, 60);
  assert.equal(ask("acs@example.com/2", "knock"), "accepted");
});

test("C-221 as many requests over XMPP are accepted in a minute as the settings say, and no more", async () => {
  const { time, ask } = made(3);
  const results = Array.from({ length: 4 }, () => ask("acs@example.com/1", "knock"));
  assert.deepEqual(results, ["accepted", "accepted", "accepted", "limited"]);
  await time.advance(60_000);
  assert.equal(ask("acs@example.com/1", "knock"), "accepted");
});
