import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { isDeepStrictEqual } from "node:util";
import type { DataModel } from "../../src/model/types.ts";
import type { AcsTransport, MessageDescription, WireObserver } from "../../src/ports/acs-transport.ts";
import { describeMessage } from "../../src/soap/describe.ts";
import { conversationProblem, messageProblems } from "./envelope-rules.ts";
import { assertValidEnvelopes, SCHEMAS_MISSING } from "./schema.ts";

/**
 * Every envelope that a test makes the CPE send is kept here and checked once, after the last test of the process: by the
 * official schemas in strict mode, and by the rules that a schema cannot tell.
 */
const sent = new Map<string, { readonly xml: string; readonly model: DataModel }>();
const problems = new Set<string>();

/** `npm run conformance` collects the hashes of what was valid here. */
const REPORT_FOLDER = process.env.ENVELOPE_REPORT_FOLDER;

/** Keeps what an agent posts, and looks at it beside what it answers. */
export function recordedTransport(inner: AcsTransport, model: DataModel): AcsTransport {
  return {
    open(target, signal) {
      const connection = inner.open(target, signal);
      let asked: string | null = null;
      return {
        async post(envelope, reader) {
          record(asked, envelope, model);
          if (reader !== undefined) compareDescription(envelope, reader.describeSent());
          const answer = await connection.post(envelope, reader);
          asked = answer.body;
          if (reader !== undefined && asked !== null) compareDescription(asked, reader.describeReceived(asked));
          return answer;
        },
        close: () => connection.close(),
        ...(connection.tookMs === undefined ? {} : { tookMs: connection.tookMs }),
      };
    },
  };
}

/** In characters: the reader takes its time for a larger one, and describes none. */
const LARGE_MESSAGE = 64 * 1024;

/** What writer and reader of a message say of it is what its text says. */
function compareDescription(text: string | null, told: MessageDescription | null): void {
  const found = describeMessage(text ?? "");
  const isUnread = found.name === "Invalid" || (text ?? "").length > LARGE_MESSAGE;
  if (told === null ? isUnread : isDeepStrictEqual(told, found)) return;
  problems.add(`described as ${JSON.stringify(told)}, but it is ${JSON.stringify(found)}\n${text}`);
}

/** The same for an agent that speaks to an embedded ACS: for its `trace`. */
export function recordedWire(model: DataModel): WireObserver {
  const asked = new Map<number, string | null>();
  return (session, _at, event) => {
    if (event.kind === "received") asked.set(session, event.body);
    if (event.kind === "sent") record(asked.get(session) ?? null, event.body, model);
  };
}

function record(asked: string | null, posted: string | null, model: DataModel): void {
  const problem = conversationProblem(asked, posted);
  if (problem !== null) problems.add(`${problem}\n${asked}\n${posted}`);
  if (posted !== null && !sent.has(shapeOf(posted))) sent.set(shapeOf(posted), { xml: posted, model });
}

/** Messages that differ in the time and the ID alone are one. */
function shapeOf(xml: string): string {
  return xml
    .replace(/(<CurrentTime[^>]*>)([^<]*)/, (_all, tag: string, time: string) => tag + time.replaceAll(/[1-9]/g, "0"))
    .replace(/(<cwmp:ID[^>]*>)[^<]*/, "$1");
}

after(async () => {
  assert.deepEqual([...problems], [], "answers that do not fit what was asked");
  const envelopes = [...sent.values()];
  for (const { xml, model } of envelopes) assert.deepEqual(messageProblems(xml, model), [], xml);
  if (SCHEMAS_MISSING !== false)
    return console.log(`${envelopes.length} envelopes were not validated: ${SCHEMAS_MISSING}`);
  const texts = envelopes.map(({ xml }) => xml);
  const plain = texts.filter((xml) => xml.includes(":MustUnderstand<"));
  await assertValidEnvelopes(texts.filter((xml) => !plain.includes(xml)));
  await assertValidEnvelopes(plain, "loose");
  report();
});

function report(): void {
  if (REPORT_FOLDER === undefined) return;
  const hashes = [...sent.keys()].map((shape) => createHash("sha256").update(shape).digest("hex"));
  appendFileSync(join(REPORT_FOLDER, `${process.pid}.hashes`), hashes.map((hash) => `${hash}\n`).join(""));
}
