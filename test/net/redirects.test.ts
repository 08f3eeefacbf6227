import assert from "node:assert/strict";
import { test } from "node:test";
import { httpAnswer, startRawAcs } from "../helpers/raw-acs.ts";
import { agentError, openSession } from "../helpers/transport.ts";

for (const status of [301, 302, 307, 308]) {
  test(`C-015 C-016 a ${status} is followed with the same POST, also in the midst of a session`, async () => {
    const acs = await startRawAcs(({ lines }, index) =>
      index > 0 && lines[0]?.includes(" /acs ") === true
        ? httpAnswer(status, "<html>moved</html>", "Location: ../there/acs?id=7")
        : httpAnswer(200, "<a/>"),
    );
    const { connection } = openSession(`${acs.origin}/acs`);
    await connection.post("<first/>");
    assert.deepEqual(await connection.post("<Inform/>"), { status: 200, body: "<a/>" });
    await connection.post(null);
    await connection.close();
    assert.deepEqual(
      acs.requests.map(({ lines, body }) => `${lines[0]} ${body}`),
      [
        "POST /acs HTTP/1.1 <first/>",
        "POST /acs HTTP/1.1 <Inform/>",
        "POST /there/acs?id=7 HTTP/1.1 <Inform/>",
        "POST /there/acs?id=7 HTTP/1.1 ",
      ],
    );
    assert.equal(acs.connections(), 1);
    await acs.close();
  });
}

test("C-017 five redirects in a row are followed, the sixth fails the session", async () => {
  const limit = { redirects: 5 };
  const acs = await startRawAcs((_request, index) =>
    index < limit.redirects ? httpAnswer(302, "", `Location: /step${index}`) : httpAnswer(204),
  );
  const five = openSession(acs.origin);
  assert.equal((await five.connection.post(null)).status, 204);
  limit.redirects = 1000;
  await assert.rejects(five.connection.post(null), agentError("ACS_REDIRECTS", /more than 5/));
  assert.equal(acs.requests.length, 6 + 6);
  await five.connection.close();
  await acs.close();
});

test("C-018 the next session starts from the ACS URL again", async () => {
  const acs = await startRawAcs(({ lines }) =>
    lines[0]?.includes(" /new ") === true ? httpAnswer(204) : httpAnswer(301, "", "Location: /new"),
  );
  for (let session = 0; session < 2; session++) {
    const { connection } = openSession(`${acs.origin}/old`);
    await connection.post(null);
    await connection.close();
  }
  assert.deepEqual(
    acs.requests.map(({ lines }) => lines[0]?.split(" ")[1]),
    ["/old", "/new", "/old", "/new"],
  );
  await acs.close();
});

test("C-013 C-019 cookies come along to another host; the old connection ends", async () => {
  const other = await startRawAcs(() => httpAnswer(204, "", "Set-Cookie: b=2"));
  const acs = await startRawAcs(() =>
    httpAnswer(
      307,
      "ignored",
      `Location: ${other.origin.replace("127.0.0.1", "localhost")}/x`,
      "Set-Cookie: a=1; Domain=acs.example",
    ),
  );
  const { connection, events } = openSession(`${acs.origin}/deep/down`);
  await connection.post("<a/>");
  await connection.post(null);
  await connection.close();
  assert.deepEqual(
    other.requests.map((request) => request.header("cookie")),
    ["a=1", "a=1; b=2"],
  );
  assert.equal(acs.open(), 0);
  assert.deepEqual(
    events.filter(({ kind }) => kind === "connected" || kind === "closed").map(({ kind }) => kind),
    ["connected", "closed", "connected", "closed"],
  );
  await Promise.all([acs.close(), other.close()]);
});

for (const [what, header] of [
  ["without a Location", "X: y"],
  ["to a mail address", "Location: mailto:acs@example"],
  ["to nonsense", "Location: http://:::/"],
]) {
  test(`a redirect ${what} fails the session`, async () => {
    const acs = await startRawAcs(() => httpAnswer(302, "", header ?? ""));
    const { connection } = openSession(acs.origin);
    await assert.rejects(connection.post(null), agentError("ACS_REDIRECTS", /127\.0\.0\.1:\d+ redirects/));
    await connection.close();
    await acs.close();
  });
}
