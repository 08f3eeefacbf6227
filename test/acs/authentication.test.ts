import assert from "node:assert/strict";
import { test } from "node:test";
import { NONCE_LIFE_MS } from "../../src/acs/authentication.ts";
import { startAcs } from "../helpers/acs-under-test.ts";
import { digestFor, informEnvelope } from "../helpers/scripted-cpe.ts";

const users = new Map([["phone", "secret"]]);

for (const algorithm of ["MD5", "SHA-256"]) {
  test(`digest with ${algorithm}: the right password is let in, on every request anew`, async (t) => {
    const { cpe } = await startAcs(t, { authentication: { scheme: "digest", users } });
    const phone = cpe();
    const { status, challenges } = await phone.post(informEnvelope());
    assert.deepEqual([status, challenges.length], [401, 2]);
    const send = (body: string | null, nc: string) =>
      phone.post(body, { authorization: digestFor(challenges, algorithm, "phone", "secret", nc) });
    assert.equal((await send(informEnvelope(), "00000001")).status, 200);
    assert.equal((await phone.post(null)).status, 401);
    assert.equal((await send(null, "00000002")).status, 204);
  });
}

test("digest: SHA-256 is offered before MD5, or what the options say", async (t) => {
  const both = await startAcs(t, { authentication: { scheme: "digest", users } });
  const { challenges } = await both.cpe().post(null);
  assert.deepEqual(
    challenges.map((line) => /algorithm=([^,]+)/.exec(line)?.[1]),
    ["SHA-256", "MD5"],
  );
  const one = await startAcs(t, { authentication: { scheme: "digest", users, algorithms: ["MD5"] } });
  const answer = await one.cpe().post(null);
  assert.equal(answer.challenges.length, 1);
  const renamed = answer.challenges.map((line) => line.replace("MD5", "SHA-256"));
  const refused = await one.cpe().post(null, { authorization: digestFor(renamed, "SHA-256", "phone", "secret") });
  assert.equal(refused.status, 401);
});

test("digest: a wrong password, another user and another URI are refused and reported without the password", async (t) => {
  const { cpe, events } = await startAcs(t, { authentication: { scheme: "digest", users } });
  const phone = cpe();
  const { challenges } = await phone.post(null);
  const right = digestFor(challenges, "MD5", "phone", "secret");
  const wrong = [
    digestFor(challenges, "MD5", "phone", "guess"),
    digestFor(challenges, "MD5", "nobody", ""),
    right.replace('uri="/"', 'uri="/other"'),
    right.replace("qop=auth, ", ""),
    right.replace(/realm="[^"]*"/, 'realm="other"'),
    "Digest",
    "Basic cGhvbmU6c2VjcmV0",
  ];
  for (const authorization of wrong) {
    const answer = await phone.post(null, { authorization });
    assert.equal(answer.status, 401, authorization);
    assert.ok(!answer.challenges.some((line) => line.includes("stale")), authorization);
  }
  assert.equal(events.filter(({ kind }) => kind === "refused").length, wrong.length);
  assert.doesNotMatch(JSON.stringify(events), /secret|guess/);
});

test("digest: a nonce count that does not rise, or a nonce that is old or foreign, is stale", async (t) => {
  const { cpe, time } = await startAcs(t, { authentication: { scheme: "digest", users } });
  const phone = cpe();
  const { challenges } = await phone.post(null);
  const post = (nc: string) => phone.post(null, { authorization: digestFor(challenges, "MD5", "phone", "secret", nc) });
  assert.equal((await post("0000000a")).status, 400);
  for (const nc of ["0000000a", "00000009"]) {
    const replay = await post(nc);
    assert.deepEqual([replay.status, replay.challenges.every((line) => line.includes("stale=true"))], [401, true]);
  }
  await time.advance(NONCE_LIFE_MS);
  assert.match((await post("0000000b")).challenges.join(), /stale=true/);
  const foreign = challenges.map((line) => line.replace(/nonce="[^"]*"/, 'nonce="made-up"'));
  const answer = await phone.post(null, { authorization: digestFor(foreign, "MD5", "phone", "secret") });
  assert.match(answer.challenges.join(), /stale=true/);
});

test("basic: the right password is let in, anything else is not", async (t) => {
  const { cpe } = await startAcs(t, { authentication: { scheme: "basic", users: new Map([["phone", "se:crét"]]) } });
  const phone = cpe();
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });
  assert.match((await phone.post(informEnvelope())).challenges.join(), /^Basic realm="/);
  for (const text of ["phone:wrong", "phone", "other:se:crét", ""]) {
    assert.equal((await phone.post(informEnvelope(), basic(text))).status, 401, text);
  }
  assert.equal((await phone.post(informEnvelope(), basic("phone:se:crét"))).status, 200);
});
