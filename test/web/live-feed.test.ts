import assert from "node:assert/strict";
import { test } from "node:test";
import { createSessionHistory } from "../../src/agent/core/session-history.ts";
import type { TraceRecord } from "../../src/ports/trace.ts";
import { createLiveFeed, MAX_LIVE_PAGES } from "../../src/web/live/live-feed.ts";
import { createFakeTime } from "../helpers/fake-time.ts";

function createFeed() {
  const time = createFakeTime({ inMemory: true });
  const listeners = new Set<(record: TraceRecord) => void>();
  const history = createSessionHistory();
  const feed = createLiveFeed({
    ...time,
    history,
    sessions: {
      onRecord(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
  });
  const record = (session: number) => {
    for (const listener of listeners) listener({ session, at: 0, kind: "closed" });
  };
  const open = () => {
    const stream = feed.open();
    assert.ok(stream !== null);
    return reading(stream);
  };
  return { time, feed, record, open, history, listeners };
}

function reading(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader();
  return {
    async next(): Promise<string | null> {
      const { value, done } = await reader.read();
      return done ? null : new TextDecoder().decode(value);
    },
    leave: () => reader.cancel(),
  };
}

test("a page hears of each session that goes on, and that it has ended", async () => {
  const { record, open, history } = createFeed();
  const page = open();
  assert.equal(await page.next(), "retry: 3000\n\n");
  const next = page.next();
  record(4);
  assert.equal(await next, "event: session\ndata: 4\n\n");
  history.ended({ successful: true, events: [], startedAt: 0, durationMs: 0, served: 0, failure: null });
  assert.equal(await page.next(), "event: session\ndata: \n\n");
  await page.leave();
});

test("what happens while a page does not read is said once: nothing piles up", async () => {
  const { record, open } = createFeed();
  const page = open();
  for (let count = 0; count < 100_000; count++) record(count);
  assert.equal(await page.next(), "event: session\ndata: 99999\n\n");
  const next = page.next();
  record(7);
  assert.equal(await next, "event: session\ndata: 7\n\n");
});

test("a quiet line has a heartbeat, and comes to an end so that the page logs in anew", async () => {
  const { time, open, feed } = createFeed();
  const page = open();
  await page.next();
  let beats = 0;
  for (;;) {
    const next = page.next();
    await time.advance(15_000);
    const text = await next;
    if (text === null) break;
    assert.equal(text, ":\n\n");
    beats++;
  }
  assert.equal(beats, 40);
  assert.equal(feed.clients, 0);
  assert.deepEqual(time.pendingTimers(), []);
});

test("a page that reads nothing between two heartbeats is let go", async () => {
  const { time, record, open, feed, listeners } = createFeed();
  const stuck = open();
  await stuck.next();
  record(1);
  await time.advance(15_000);
  assert.equal(feed.clients, 0);
  assert.deepEqual([listeners.size, time.pendingTimers()], [0, []]);
  assert.equal(await stuck.next(), null);
});

test("there are so many live pages and no more; who goes away makes room and leaves nothing behind", async () => {
  const { time, feed, open, listeners, record } = createFeed();
  const pages = Array.from({ length: MAX_LIVE_PAGES }, open);
  assert.equal(feed.open(), null);
  assert.equal(listeners.size, 1);
  await pages[0]?.leave();
  assert.equal(feed.clients, MAX_LIVE_PAGES - 1);
  pages[0] = open();
  assert.equal(feed.open(), null);
  for (const page of pages) await page.leave();
  assert.equal(feed.clients, 0);
  assert.deepEqual([listeners.size, time.pendingTimers()], [0, []]);
  record(1);
  open();
  assert.equal(listeners.size, 1);
});
