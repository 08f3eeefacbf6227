import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ApiUnderTest, createApiUnderTest, observeSession } from "../helpers/api-under-test.ts";

interface Reader {
  /** The text so far, after everything that is due has happened. */
  text(): Promise<string>;
  readonly ended: Promise<void>;
  cancel(): Promise<void>;
}

async function openStream({ api, under }: ApiUnderTest, signal?: AbortSignal): Promise<Reader> {
  const response = await api.request("/sessions/stream", signal === undefined ? {} : { signal });
  assert.equal(response.status, 200);
  assert.match(response.headers.get("Content-Type") ?? "", /^text\/event-stream/);
  const reader = response.body?.getReader() ?? assert.fail("no body");
  let text = "";
  const read = async (): Promise<void> => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      text += new TextDecoder().decode(part.value as Uint8Array);
    }
  };
  const ended = read();
  return {
    async text() {
      await under.settle();
      return text;
    },
    ended,
    cancel: () => reader.cancel(),
  };
}

const kinds = (text: string): readonly string[] =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => (JSON.parse(data ?? "") as { kind: string }).kind);

describe("following the sessions", () => {
  test("each record comes as it happens; of past sessions there is nothing", async () => {
    const tested = await createApiUnderTest();
    observeSession(tested.sessions, 1);
    const stream = await openStream(tested);
    assert.deepEqual(kinds(await stream.text()), []);
    tested.sessions.observe(2, 5, { kind: "connected", address: "192.0.2.1", port: 7547 });
    assert.deepEqual(kinds(await stream.text()), ["connected"]);
    tested.sessions.observe(2, 6, { kind: "closed", error: "cut" });
    assert.deepEqual(kinds(await stream.text()), ["connected", "closed"]);
    await stream.cancel();
  });

  test("who comes in the midst of a session gets it from its start", async () => {
    const tested = await createApiUnderTest();
    tested.sessions.observe(1, 5, { kind: "connected", address: "192.0.2.1", port: 7547 });
    tested.sessions.observe(1, 6, { kind: "sent", body: null, bytes: 0, authorized: false });
    const stream = await openStream(tested);
    assert.deepEqual(kinds(await stream.text()), ["connected", "message"]);
    await stream.cancel();
  });

  test("the line is kept alive, and ends with its reader: nothing is left behind", async () => {
    const tested = await createApiUnderTest();
    const before = tested.under.time.pendingTimers().length;
    const gone = new AbortController();
    const streams = [await openStream(tested, gone.signal), await openStream(tested)];
    await tested.under.time.advance(30_000);
    assert.equal(((await streams[0]?.text()) ?? "").match(/^: alive$/gm)?.length, 3);
    gone.abort();
    await streams[0]?.ended;
    await streams[1]?.cancel();
    assert.equal(tested.under.time.pendingTimers().length, before);
    observeSession(tested.sessions, 1);
    assert.deepEqual(kinds((await streams[0]?.text()) ?? ""), []);
    assert.equal(tested.under.log.at("error").length, 0);
  });

  test("sixteen may follow at once, not more, and one that ends makes room", async () => {
    const tested = await createApiUnderTest();
    const open = await Promise.all(Array.from({ length: 16 }, () => openStream(tested)));
    const refused = await tested.ask("GET", "/sessions/stream");
    assert.deepEqual([refused.status, refused.answer.code], [503, "TOO_MANY"]);
    await open[3]?.cancel();
    open.push(await openStream(tested));
    for (const stream of open) await stream.cancel();
  });

  test("a reader that takes nothing is dropped, and costs a bounded memory", async () => {
    const tested = await createApiUnderTest();
    const response = await tested.api.request("/sessions/stream");
    for (let at = 0; at < 5000; at++) {
      tested.sessions.observe(1, at, { kind: "sent", body: null, bytes: 0, authorized: false });
    }
    const text = await response.text();
    assert.ok(kinds(text).length <= 2000, String(kinds(text).length));
    assert.equal(tested.under.log.at("error").length, 0);
  });
});
