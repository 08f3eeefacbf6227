import assert from "node:assert/strict";
import test from "node:test";
import { createSeededRandom } from "../../src/system/seeded-random.ts";
import { readChallenge } from "../helpers/digest-client.ts";
import { answer, authenticate, CREDENTIALS, startPhone, TOKEN, testEndpoint } from "./fixture.ts";

const PATH = `/${TOKEN}`;

test("C-212 a 401 offers Digest alone: MD5 first, then SHA-256, with one fresh nonce and qop auth", async (t) => {
  const { connect } = await startPhone(t);
  const client = await connect();
  const lines = (await client.get(PATH)).headerLines("www-authenticate");
  assert.ok(lines.every((line) => line.startsWith("Digest ")));
  const challenges = lines.map(readChallenge);
  assert.deepEqual(
    challenges.map(({ algorithm, qop, stale }) => [algorithm, qop, stale]),
    [
      ["MD5", "auth", false],
      ["SHA-256", "auth", false],
    ],
  );
  assert.equal(new Set(challenges.map(({ nonce, realm }) => `${realm} ${nonce}`)).size, 1);
  const again = readChallenge((await client.get(PATH)).header("www-authenticate") ?? "");
  assert.notEqual(again.nonce, challenges[0]?.nonce);
});

test("C-212 Basic is not accepted, even with the right password", async (t) => {
  const { connect, endpoint } = await startPhone(t);
  const basic = Buffer.from(`${CREDENTIALS.username}:${CREDENTIALS.password}`).toString("base64");
  const response = await (await connect()).get(PATH, { Authorization: `Basic ${basic}` });
  assert.equal(response.status, 401);
  assert.ok(response.headerLines("www-authenticate").every((line) => line.startsWith("Digest ")));
  assert.equal(endpoint.count, 0);
});

const WRONG: Readonly<Record<string, Parameters<typeof authenticate>[1]>> = {
  "wrong password": { password: "guess" },
  "wrong user name": { username: "admin" },
  "empty password": { password: "" },
  "uri of another path": { uri: "/other" },
  "uri without the query": { target: `${PATH}?a=1`, uri: PATH },
  "another method in the digest": { method: "POST" },
  "no nonce count": { nc: "" },
  "nonce count zero": { nc: "00000000" },
  "nonce count in words": { nc: "one" },
  "no cnonce": { cnonce: "" },
  "an algorithm that was not offered": { algorithm: "MD5-sess", hash: "md5" },
  "an unknown algorithm": { algorithm: "SHA-512", hash: "sha256" },
};

for (const [name, change] of Object.entries(WRONG)) {
  test(`C-213 C-215 refused with a fresh challenge: ${name}`, async (t) => {
    const { connect, endpoint } = await startPhone(t);
    const client = await connect();
    const response = await authenticate(client, change);
    assert.equal(response.status, 401);
    assert.equal(readChallenge(response.header("www-authenticate") ?? "").stale, false);
    assert.equal((await authenticate(client)).status, 200, "the right one gets in on the same connection");
    assert.equal(endpoint.count, 1);
  });
}

test("C-215 scheme, realm and qop must be ours, even beside the right response", async (t) => {
  const { connect, endpoint } = await startPhone(t);
  const client = await connect();
  const line = (await client.get(PATH)).header("www-authenticate") ?? "";
  const right = answer(line);
  for (const [what, other] of [
    [/^Digest/, "Basic"],
    [/realm="[^"]*"/, 'realm="elsewhere"'],
    [/qop=auth/, "qop=auth-int"],
    [/qop=auth, /, ""],
  ] as const) {
    const Authorization = right.replace(what, other);
    assert.notEqual(Authorization, right);
    assert.equal((await client.get(PATH, { Authorization })).status, 401, other);
  }
  assert.equal((await client.get(PATH, { Authorization: right })).status, 200);
  assert.equal(endpoint.count, 1);
});

test("C-215 garbage in the Authorization header is refused", async (t) => {
  const { connect, endpoint } = await startPhone(t);
  const client = await connect();
  for (const Authorization of [
    "",
    "Digest",
    "Digest ,,,",
    'Digest username="acs',
    "Bearer x",
    "=",
    "é\u0001".slice(0, 1),
  ])
    assert.equal((await client.get(PATH, { Authorization })).status, 401, Authorization);
  assert.equal(endpoint.count, 0);
});

test("C-215 a replayed request is refused; a higher nonce count on the same nonce is not", async (t) => {
  const { connect, endpoint } = await startPhone(t);
  const client = await connect();
  const line = (await client.get(PATH)).header("www-authenticate") ?? "";
  const send = async (nc: string) => client.get(PATH, { Authorization: answer(line, { nc }) });
  assert.equal((await send("00000001")).status, 200);
  const replayed = await send("00000001");
  assert.equal(replayed.status, 401);
  assert.equal(
    readChallenge(replayed.header("www-authenticate") ?? "").stale,
    true,
    "a fresh nonce is all that is needed",
  );
  assert.equal((await send("0000000a")).status, 200);
  assert.equal((await send("00000002")).status, 401, "counts must rise");
  assert.equal(endpoint.count, 2);
});

for (const hash of ["MD5", "SHA-256"] as const) {
  test(`C-215 an answer of RFC 2069, without qop, is accepted once per nonce: ${hash}`, async (t) => {
    const { connect, endpoint } = await startPhone(t);
    const client = await connect();
    const send = async (Authorization: string) => client.get(PATH, { Authorization });
    const challenge = async () => {
      const lines = (await client.get(PATH)).headerLines("www-authenticate").map(readChallenge);
      return lines.find(({ algorithm }) => algorithm === hash) ?? assert.fail(`no ${hash}`);
    };
    const first = await challenge();
    const old = answer("", { challenge: { ...first, qop: "" } });
    assert.doesNotMatch(old, /qop|nc=|cnonce/);
    assert.equal((await send(old)).status, 200);
    const replayed = await send(old);
    assert.equal(replayed.status, 401);
    assert.equal(readChallenge(replayed.header("www-authenticate") ?? "").stale, true);
    const counted = answer("", { challenge: first, nc: "ffffffff" });
    assert.equal((await send(counted)).status, 401, "the nonce is used up for answers with a count too");
    assert.equal(endpoint.count, 1);

    const second = await challenge();
    assert.equal((await send(answer("", { challenge: second }))).status, 200);
    const after = answer("", { challenge: { ...second, qop: "" } });
    assert.equal((await send(after)).status, 200, "who knows the password may change the form");
    assert.equal((await send(after)).status, 401);
    assert.equal((await send(answer("", { challenge: second, nc: "ffffffff" }))).status, 401);
    assert.equal(endpoint.count, 3);
  });
}

test("C-215 an answer of RFC 2069 is checked like any other: password, uri, realm, nonce, and not by its own count", async (t) => {
  const { connect, endpoint } = await startPhone(t);
  const client = await connect();
  const challenge = { ...readChallenge((await client.get(PATH)).header("www-authenticate") ?? ""), qop: "" };
  const right = answer("", { challenge });
  const wrong = {
    "a guess": answer("", { challenge, password: "guess" }),
    "another path": answer("", { challenge, uri: "/other" }),
    "wrong realm": answer("", { challenge: { ...challenge, realm: "elsewhere" } }),
    "a nonce of its own": answer("", { challenge: { ...challenge, nonce: "AAAA" } }),
    "an unknown algorithm": answer("", { challenge, algorithm: "MD5-sess", hash: "md5" }),
  };
  for (const [what, Authorization] of Object.entries(wrong))
    assert.equal((await client.get(PATH, { Authorization })).status, 401, what);
  assert.equal((await client.get(PATH, { Authorization: right })).status, 200);
  for (const more of [", nc=00000002", ', qop="", nc=ffffffff, cnonce="0a4f113b"', ", nc=fffffffff"])
    assert.equal((await client.get(PATH, { Authorization: right + more })).status, 401, more);
  assert.equal(endpoint.count, 1);
});

test("C-215 a request that was answered with 503 cannot be replayed either", async (t) => {
  const { connect, endpoint } = await startPhone(t);
  const client = await connect();
  const line = (await client.get(PATH)).header("www-authenticate") ?? "";
  endpoint.availableNow = false;
  assert.equal((await client.get(PATH, { Authorization: answer(line) })).status, 503);
  endpoint.availableNow = true;
  assert.equal((await client.get(PATH, { Authorization: answer(line) })).status, 401);
});

test("C-215 an expired nonce is refused with stale=true, but not to one who does not know the password", async (t) => {
  const { connect, time, endpoint } = await startPhone(t, { nonceLifetimeMs: 300_000 });
  const client = await connect();
  const line = (await client.get(PATH)).header("www-authenticate") ?? "";
  await time.advance(300_000);
  assert.equal((await client.get(PATH, { Authorization: answer(line) })).status, 200, "the last instant counts");
  await time.advance(1);
  const late = await client.get(PATH, { Authorization: answer(line, { nc: "00000002" }) });
  assert.equal(late.status, 401);
  assert.equal(readChallenge(late.header("www-authenticate") ?? "").stale, true);
  const guess = await client.get(PATH, { Authorization: answer(line, { password: "guess" }) });
  assert.equal(readChallenge(guess.header("www-authenticate") ?? "").stale, false);
  assert.equal(endpoint.count, 1);
});

test("C-215 a nonce of another phone, of another process or made up is refused", async (t) => {
  const { connect, server, endpoint } = await startPhone(t);
  const other = testEndpoint("other");
  await server.listen(other);
  const client = await connect();
  const ours = readChallenge((await client.get(PATH)).header("www-authenticate") ?? "");
  const theirs = readChallenge((await client.get("/other")).header("www-authenticate") ?? "");
  const bytes = Buffer.from(ours.nonce, "base64url");
  bytes[5] = (bytes[5] ?? 0) + 1;
  const forged = [theirs.nonce, "", "AAAA", `${ours.nonce}=`, `${ours.nonce}A`, bytes.toString("base64url")];
  for (const nonce of forged) {
    const Authorization = answer("", { challenge: { ...ours, nonce } });
    assert.equal((await client.get(PATH, { Authorization })).status, 401, nonce);
  }
  assert.equal(endpoint.count, 0);
});

test("C-216 a change of the credentials is effective at once, also for a nonce that was given before", async (t) => {
  const { connect, endpoint } = await startPhone(t);
  const client = await connect();
  const line = (await client.get(PATH)).header("www-authenticate") ?? "";
  endpoint.credentialsNow = { username: "acs2", password: "fresh" };
  assert.equal((await client.get(PATH, { Authorization: answer(line) })).status, 401);
  assert.equal((await client.get(PATH, { Authorization: answer(line, endpoint.credentialsNow) })).status, 200);
});

test("C-216 credentials beyond ASCII work, sent as UTF-8", async (t) => {
  const { connect, endpoint } = await startPhone(t);
  endpoint.credentialsNow = { username: "Zoë 管理", password: "pässwörd" };
  assert.equal((await authenticate(await connect(), endpoint.credentialsNow)).status, 200);
});

test("a request target with scheme and host, as proxies send it, is the same request", async (t) => {
  const { connect, port } = await startPhone(t);
  const client = await connect();
  const target = `http://127.0.0.1:${port}${PATH}`;
  assert.equal((await authenticate(client, { target })).status, 200);
  assert.equal((await authenticate(client, { target, uri: PATH })).status, 200);
});

for (const [what, boot, later] of [
  ["starts in 1970 and is set right", "1970-01-01T00:00:00Z", "2026-06-01T00:00:00Z"],
  ["jumps a year forwards", "2026-06-01T00:00:00Z", "2027-06-01T00:00:00Z"],
  ["jumps a year back", "2026-06-01T00:00:00Z", "2025-06-01T00:00:00Z"],
] as const) {
  test(`C-212 a clock that ${what} makes a nonce neither older nor younger, and a restart ends it`, async (t) => {
    const { connect, endpoint, time } = await startPhone(t);
    time.setWallClock(Date.parse(boot));
    const client = await connect();
    const line = (await client.get(PATH)).header("www-authenticate") ?? "";
    time.setWallClock(Date.parse(later));
    await time.advance(299_000);
    assert.equal((await client.get(PATH, { Authorization: answer(line, { nc: "00000001" }) })).status, 200);
    const copy = await client.get(PATH, { Authorization: answer(line, { nc: "00000001" }) });
    assert.equal(copy.status, 401, "a replay");
    await time.advance(1001);
    const late = await client.get(PATH, { Authorization: answer(line, { nc: "00000002" }) });
    assert.equal(late.status, 401);
    assert.equal(readChallenge(late.header("www-authenticate") ?? "").stale, true);
    assert.equal(endpoint.count, 1);
    const random = createSeededRandom("the next start");
    const again = await startPhone(t, { clock: time.clock, scheduler: time.scheduler, random });
    const other = await again.connect();
    const fresh = (await client.get(PATH)).header("www-authenticate") ?? "";
    assert.equal((await other.get(PATH, { Authorization: answer(fresh) })).status, 401);
    assert.equal((await authenticate(other)).status, 200);
  });
}
