import assert from "node:assert/strict";
import { test } from "node:test";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import type { RecordedSession } from "../../src/ports/session-log.ts";
import type { TraceRecord } from "../../src/ports/trace.ts";
import { drawLadder } from "../../src/web/ladder/draw-ladder.ts";
import { noteLines } from "../../src/web/ladder/lines.ts";

const AT = Date.UTC(2024, 4, 1, 12);

type Step = Omit<TraceRecord, "session" | "at"> & { readonly ms: number };

function sessionOf(steps: readonly Step[], rest: Partial<RecordedSession> = {}): RecordedSession {
  const records = steps.map(({ ms, ...record }) => ({ session: 7, at: AT + ms, ...record }));
  return { session: 7, records, running: false, ...rest };
}

async function draw(steps: readonly Step[], rest: Partial<RecordedSession> = {}): Promise<string> {
  const drawing = `${await drawLadder(sessionOf(steps, rest))}`;
  assert.equal(XMLValidator.validate(drawing), true, "the picture is well-formed");
  return drawing;
}

/** The visible texts, in order. */
function texts(drawing: string): readonly string[] {
  const parser = new XMLParser({ preserveOrder: true, ignoreAttributes: false, trimValues: false });
  const found: string[] = [];
  const textOf = (nodes: readonly Record<string, unknown>[]): string =>
    nodes.map((node) => ("#text" in node ? String(node["#text"]) : textOf(Object.values(node)[0] as never))).join("");
  const walk = (nodes: readonly Record<string, unknown>[]): void => {
    for (const node of nodes) {
      const [name = "", children] = Object.entries(node)[0] ?? [];
      if (name === "text") found.push(textOf(children as never));
      else if (Array.isArray(children)) walk(children);
    }
  };
  walk(parser.parse(drawing));
  return found;
}

const INFORM: Step = {
  ms: 8,
  kind: "message",
  from: "cpe",
  name: "Inform",
  bytes: 3214,
  detail: "0 BOOTSTRAP, 1 BOOT",
};

test("each record becomes a rung: when, what, how, how much, and what belongs to it", async () => {
  const drawing = await draw([
    { ms: 0, kind: "connected", address: "192.0.2.7:7547" },
    { ms: 3, kind: "secured", protocol: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384" },
    INFORM,
    { ms: 12, kind: "message", from: "acs", name: "", status: 401, bytes: 0 },
    { ms: 12_500, kind: "message", from: "acs", name: "", status: 204, bytes: 0 },
    { ms: 12_501, kind: "closed" },
  ]);
  assert.deepEqual(texts(drawing), [
    ...["CPE", "ACS"],
    ...["0 ms", "open connection", "192.0.2.7:7547"],
    ...["3 ms", "SSL initiation", "TLSv1.3", "TLS_AES_256_GCM_SHA384"],
    ...["8 ms", "Inform", "HTTP POST · 3.2 kB", "0 BOOTSTRAP, 1 BOOT"],
    ...["12 ms", "(credentials required)", "HTTP 401"],
    ...["12.5 s", "(empty)", "HTTP 204"],
    ...["12.5 s", "close connection"],
  ]);
});

test("faults, HTTP errors and broken ends are marked by more than colour", async () => {
  const drawing = await draw([
    {
      ms: 0,
      kind: "message",
      from: "cpe",
      name: "Fault",
      bytes: 900,
      detail: "9003 Invalid arguments, Device.A 9007 Invalid parameter value",
    },
    { ms: 1, kind: "message", from: "acs", name: "", status: 503, bytes: 0 },
    { ms: 2, kind: "closed", error: "the ACS went away" },
  ]);
  assert.equal(drawing.match(/class="rung bad"/g)?.length, 3);
  assert.deepEqual(
    texts(drawing).filter((text) => text.startsWith("✗ ")),
    ["✗ Fault", "✗ (empty)", "✗ close connection"],
  );
  assert.ok(
    texts(drawing).join(" ").includes("Device.A 9007 Invalid parameter value"),
    "a line for each parameter's fault",
  );
  assert.equal(drawing.match(/aria-label="failure, /g)?.length, 3, "and for those who do not see it");
});

test("a message leads to its envelope by its place in the session, those of the gap counted", async () => {
  const steps = [INFORM, { ...INFORM, bytes: 0, name: "" }, INFORM, INFORM];
  const links = (drawing: string) => [...drawing.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
  assert.deepEqual(links(await draw(steps)), ["/sessions/7/0", "/sessions/7/2", "/sessions/7/3"]);
  const long = await draw(steps, { gap: { at: 3, count: 9500 } });
  assert.deepEqual(links(long), ["/sessions/7/0", "/sessions/7/2", "/sessions/7/9503"]);
  assert.ok(texts(long).includes("⋮ 9500 more, not kept ⋮"));
});

test("read aloud it is a list, and every arrow says who speaks to whom", async () => {
  const drawing = await draw([INFORM, { ms: 9, kind: "closed" }], { running: true });
  assert.match(
    drawing,
    /<svg class="ladder"[^>]* role="list" aria-label="Session 7 between CPE and ACS, still running">/,
  );
  assert.equal(drawing.match(/role="listitem"/g)?.length, 2);
  assert.match(drawing, /<a href="\/sessions\/7\/0">/);
  assert.equal(drawing.match(/role="img" aria-label="CPE to ACS"/g)?.length, 2);
});

test("markup, quotes and script in anything from outside stay text", async () => {
  const evil = `"><script>alert(1)</script><a href='javascript:x' onload=x>&amp;`;
  const drawing = await draw([
    { ms: 0, kind: "connected", address: evil },
    { ms: 1, kind: "secured", protocol: evil, cipher: evil },
    { ms: 2, kind: "message", from: "acs", name: evil, status: 200, bytes: 5, detail: evil },
    { ms: 3, kind: "message", from: "cpe", name: "Fault", bytes: 5, detail: evil },
    { ms: 4, kind: "closed", error: evil },
  ]);
  const elements = new Set([...drawing.matchAll(/<(\w+)/g)].map(([, name]) => name));
  assert.deepEqual([...elements].toSorted(), ["a", "g", "line", "path", "rect", "svg", "text", "tspan"]);
  assert.ok(!/<[^>]*\son\w+=/.test(drawing.replace(/"[^"]*"/g, "")), "no handler");
  assert.deepEqual([...drawing.matchAll(/href="(?!\/sessions\/7\/\d+")/g)], []);
});

test("control characters and those that turn text round are shown as such", async () => {
  const drawing = await draw([{ ms: 0, kind: "closed", error: "a\u0000b\u202Ec\u200Bd\n\te" }]);
  assert.ok(texts(drawing).includes("a\uFFFDb\uFFFDc\uFFFDd e"));
});

test("a picture has no width of its own, and no rung stands on another", async () => {
  const drawing = await draw([INFORM, { ...INFORM, detail: "Device.ManagementServer.".repeat(4) }, INFORM]);
  const tops = [...drawing.matchAll(/translate\(0 (\d+)\)/g)].map(([, top]) => Number(top));
  const heights = [...drawing.matchAll(/class="hit"[^>]*height="(\d+)"/g)].map(([, height]) => Number(height));
  assert.equal(tops.length, 3);
  for (const [index, top] of tops.entries()) {
    if (index > 0) assert.ok(top >= (tops[index - 1] ?? 0) + (heights[index - 1] ?? 0));
  }
  const [, height] = /<svg class="ladder"[^>]* height="(\d+)"/.exec(drawing) ?? [];
  assert.ok(Number(height) > (tops[2] ?? 0) + (heights[2] ?? 0));
  assert.ok(!/<svg class="ladder"[^>]* (width|viewBox)=/.test(drawing));
});

test("long details are broken at joints and cut after a few lines, short of the lifeline", () => {
  assert.deepEqual(noteLines(["Device.ManagementServer.PeriodicInformInterval"], true), [
    "Device.ManagementServer.",
    "PeriodicInformInterval",
  ]);
  assert.deepEqual(noteLines(["one two", "", "three"], true), ["one two", "three"]);
  for (const text of ["x".repeat(100_000), "a b ".repeat(50_000), "Device.".repeat(9000), "𝒳".repeat(500)]) {
    const lines = noteLines([text], true);
    assert.equal(lines.length, 8);
    assert.equal(lines.at(-1), "…");
    assert.ok([...(lines[0] ?? "")].length <= 26);
    for (const line of lines) assert.ok([...line].length <= 36, line);
  }
});

test("a session of 500 records is drawn in moments", async () => {
  const steps = Array.from({ length: 500 }, (_, ms) => ({ ...INFORM, ms, detail: `Device.X.${ms}.Name` }));
  const drawing = await draw(steps, { gap: { at: 400, count: 9500 } });
  assert.ok(drawing.length < 600_000, `${drawing.length}`);
  assert.equal(drawing.match(/role="listitem"/g)?.length, 501);
});

test("nothing is drawn of nothing but the two sides", async () => {
  assert.deepEqual(texts(await draw([], { running: true })), ["CPE", "ACS"]);
});
