import assert from "node:assert/strict";
import { test } from "node:test";
import { LIVE_SCRIPT } from "../../src/web/live/live-script.ts";
import { createAgentUnderTest } from "../helpers/agent-under-test.ts";
import { webOf } from "../helpers/web-under-test.ts";
import {
  CLOSED,
  CONNECTED,
  createPlayedSessions,
  envelope,
  informOf,
  received,
  SECRET,
  sent,
  values,
  wholeSession,
} from "../helpers/wire-events.ts";

function createSite() {
  const { sessions, play } = createPlayedSessions();
  const { request, log } = webOf(createAgentUnderTest(), { sessions });
  return { play, request, sessions, log };
}

test("the list names each session, newest first, and shows the newest as a ladder", async () => {
  const { play, request } = createSite();
  play(1, wholeSession());
  play(2, [CONNECTED, sent(informOf("0 BOOTSTRAP", "1 BOOT")), received(503, "busy"), CLOSED]);
  const { status, text, headers } = await request("/sessions");
  assert.equal(status, 200);
  assert.equal(headers.get("cache-control"), "no-store");
  const rows = text.match(/<tr><td>[\s\S]*?<\/tr>/g) ?? [];
  assert.equal(rows.length, 2);
  assert.match(rows[0] ?? "", /href="\/sessions\/2"[\s\S]*0 BOOTSTRAP[\s\S]*1 BOOT[\s\S]*✗ failed[\s\S]*30 ms/);
  assert.match(rows[1] ?? "", /href="\/sessions\/1"[\s\S]*12:00:00[\s\S]*2 PERIODIC[\s\S]*✓ complete[\s\S]*50 ms/);
  assert.equal(text.match(/<svg class="ladder"/g)?.length, 1);
  assert.match(text, /aria-label="Session 2 between CPE and ACS"/);
  assert.match(text, /HTTP status 503/);
});

test("before the first session the list says so", async () => {
  const { request } = createSite();
  assert.match((await request("/sessions")).text, /There has been no session/);
});

test("a session has a page of its own, a running one a part that is fetched anew", async () => {
  const { play, request } = createSite();
  play(3, [CONNECTED, sent(informOf("1 BOOT"))]);
  const running = await request("/sessions/3");
  assert.match(running.text, /● running/);
  assert.match(running.text, /data-live="\/sessions\/3\/part" data-session="3"/);
  assert.match(running.text, /<noscript>.*<a [^>]*href="\/sessions\/3">Reload/);
  assert.ok(!running.text.includes("http-equiv"), "no page that reloads under one's hands");
  play(3, [received(204, null), CLOSED]);
  const part = await request("/sessions/3/part");
  assert.match(part.text, /^<p class="outcome">/);
  assert.match(part.text, /close connection/);
  assert.ok(!(await request("/sessions/3")).text.includes("data-live"));
});

test("a message is shown indented, its secrets masked, between its neighbours", async () => {
  const { play, request } = createSite();
  play(
    1,
    wholeSession(
      received(200, envelope("SetParameterValues", values(2))),
      sent(envelope("SetParameterValuesResponse")),
    ),
  );
  const { text, status } = await request("/sessions/1/4");
  assert.equal(status, 200);
  assert.match(text, /<h1>SetParameterValues<\/h1>/);
  assert.match(text, /ACS to CPE · HTTP 200 · \d+ B · 40 ms/);
  assert.match(text, /\n {10}<span class="tag">&lt;Value&gt;<\/span>\*{8}<span class="tag">&lt;\/Value&gt;<\/span>\n/);
  assert.match(text, /href="\/sessions\/1\/2">← InformResponse/);
  assert.match(text, /href="\/sessions\/1\/5">SetParameterValuesResponse →/);
});

test("a message can be saved as a file, as it was sent but for its secrets, and never as a page", async () => {
  const { play, request } = createSite();
  const sentText = envelope("SetParameterValues", values(2));
  play(1, wholeSession(received(200, sentText)));
  const { text: page } = await request("/sessions/1/4");
  assert.match(page, /<a [^>]*href="\/sessions\/1\/4\/envelope\.xml" download>Download<\/a>/);
  assert.match(page, /data-copy="envelope"[\s\S]*<pre class="envelope" id="envelope"/);
  assert.match(page, /src="\/assets\/copy\.js" defer/);
  assert.equal((await request("/assets/copy.js")).headers.get("content-type"), "text/javascript; charset=utf-8");
  const { status, text, headers } = await request("/sessions/1/4/envelope.xml");
  assert.equal(status, 200);
  assert.equal(headers.get("content-disposition"), 'attachment; filename="session-1-4-SetParameterValues.xml"');
  assert.equal(headers.get("content-type"), "text/plain; charset=utf-8");
  assert.equal(text, sentText.replaceAll(SECRET, "********"));
  for (const path of ["/sessions/1/99/envelope.xml", "/sessions/9/4/envelope.xml", "/sessions/1/0/envelope.xml"]) {
    assert.equal((await request(path)).status, 404, path);
  }
});

test("no page shows the secret of an envelope", async () => {
  const { play, request } = createSite();
  play(
    1,
    wholeSession(
      received(200, envelope("SetParameterValues", values(3))),
      sent(envelope("GetParameterValuesResponse", values(3))),
    ),
  );
  const pages = ["/sessions", "/sessions/part", "/sessions/1", "/sessions/1/part"];
  for (let place = 0; place < 8; place++) pages.push(`/sessions/1/${place}`);
  for (const page of pages) assert.ok(!(await request(page)).text.includes(SECRET), page);
});

test("markup in an envelope stays text", async () => {
  const { play, request } = createSite();
  const evil = envelope(
    "GetParameterNames",
    "<ParameterPath>&lt;/pre&gt;&lt;script&gt;alert(1)</ParameterPath><script>alert(2)</script>",
  );
  play(1, [CONNECTED, sent(informOf("1 BOOT")), received(200, evil), sent("<script>alert(3)</script>"), CLOSED]);
  for (const page of ["/sessions", "/sessions/1", "/sessions/1/2", "/sessions/1/3"]) {
    const { text } = await request(page);
    const scripts = text.match(/<script[^>]*>/g) ?? [];
    assert.deepEqual(
      scripts.filter((script) => !/^<script src="\/assets\/(live|copy)\.js" defer>$/.test(script)),
      [],
      page,
    );
    assert.ok(text.includes("alert("), `${page} shows it`);
  }
});

test("an envelope that is no longer kept says so, and so does one that was cut", async () => {
  const { play, request } = createSite();
  play(1, [CONNECTED, sent(envelope("GetParameterValuesResponse", values(4000))), CLOSED]);
  assert.match((await request("/sessions/1/1")).text, /\[… \d+ more bytes are not kept\]/);
  for (let session = 2; session < 12; session++) play(session, [sent(envelope("X", values(4000)))]);
  const { text, status } = await request("/sessions/1/1");
  assert.equal(status, 200);
  assert.match(text, /This envelope is no longer kept/);
});

test("what is not there is not found, and says what to do", async () => {
  const { play, request, log } = createSite();
  play(1, wholeSession());
  const paths = [
    "/sessions/2",
    "/sessions/0",
    "/sessions/2/1",
    "/sessions/1/0",
    "/sessions/1/99",
    "/sessions/x",
    "/sessions/-1",
  ];
  paths.push(
    "/sessions/1/x",
    "/sessions/1e0",
    "/sessions/99999999999999999999",
    "/sessions/2/part",
    "/sessions/__proto__",
    "/sessions/..%2fstatus",
  );
  for (const path of paths) {
    const { status, text } = await request(path);
    assert.equal(status, 404, path);
    assert.match(text, /<h1>(No such (session|message)|Not found)<\/h1>/, path);
  }
  assert.deepEqual(log.at("error"), []);
});

test("pages and parts are for those who have logged in, and so is the live line", async () => {
  const { play, request } = createSite();
  play(1, wholeSession());
  for (const path of [
    "/sessions",
    "/sessions/1",
    "/sessions/1/1",
    "/sessions/part",
    "/sessions/live",
    "/status",
    "/status/part",
  ]) {
    const { status, text } = await request(path, { login: null });
    assert.equal(status, 401, path);
    assert.ok(!text.includes("PERIODIC"));
  }
});

test("the script is a file of its own that parses, and pages hold none", async () => {
  const { request } = createSite();
  const { text, headers } = await request("/assets/live.js");
  assert.match(headers.get("content-type") ?? "", /^text\/javascript/);
  assert.equal(text, LIVE_SCRIPT);
  assert.doesNotThrow(() => new Function(text));
  for (const page of ["/status", "/sessions"]) {
    assert.ok(!/<script>|<style|\sstyle=|\son\w+=/.test((await request(page)).text), page);
  }
});
