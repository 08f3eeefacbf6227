/** Keeps what happens on the wire for people: numbered envelopes, secrets masked, and `trace.jsonl` to draw ladders from. */
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  mkdirSync,
  readdirSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { messageOf } from "../cwmp/errors.ts";
import type { MessageDescription, WireObserver } from "../ports/acs-transport.ts";
import type { Logger } from "../ports/logger.ts";
import { openPlainSync } from "../system/safe-file.ts";
import { MAX_NAME, type MessageEvent, type MessageFields, recordOf, senderOf } from "./wire-records.ts";

export interface TraceWriterOptions {
  /** Made when it is missing. The numbering goes on after the files that are there. */
  readonly folder: string;
  /** Takes the secrets out of a message. When it throws, the message is not kept. */
  mask(text: string): string;
  /** Of a masked message, where nobody else can tell what it is. */
  describe(text: string): MessageDescription;
  readonly log: Logger;
}

export interface TraceWriter {
  readonly observe: WireObserver;
  close(): Promise<void>;
}

const OWNER_ONLY = 0o600;
const { O_APPEND, O_CREAT, O_WRONLY } = constants;

/**
 * Writes at once and in order, so that what is on disk after a crash is what had happened. A trace that cannot be written is
 * logged once and never disturbs the session.
 */
export function createTraceWriter(options: TraceWriterOptions): TraceWriter {
  const { folder, log } = options;
  let hasWarned = false;
  const attempt = <T>(run: () => T): T | null => {
    try {
      return run();
    } catch (error) {
      if (!hasWarned) {
        log.error(
          { folder, reason: messageOf(error) },
          "the trace is not complete: check that its folder can be written to",
        );
      }
      hasWarned = true;
      return null;
    }
  };
  let records = attempt(() => openRecords(folder));
  const envelopes = attempt(() => createEnvelopeFiles(folder));

  return {
    observe(session, at, event, start) {
      const file = records;
      if (file === null) return;
      const look = (message: MessageEvent, body: string) =>
        attempt(() => keepMessage(options, envelopes, message, body));
      const record = recordOf(session, at, event, look, start);
      attempt(() => writeSync(file, `${JSON.stringify(record)}\n`));
    },
    async close() {
      const file = records;
      records = null;
      if (file !== null) attempt(() => closeSync(file));
    },
  };
}

function openRecords(folder: string): number {
  makeLevels(resolve(folder));
  const file = openPlainSync(join(folder, "trace.jsonl"), O_WRONLY | O_APPEND | O_CREAT, OWNER_ONLY);
  fchmodSync(file, OWNER_ONLY);
  return file;
}

/** Level by level: node's own recursive mkdir does not return on file systems such as /proc. */
function makeLevels(folder: string): void {
  if (existsSync(folder)) return;
  makeLevels(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

/** Writes the masked message to a file of its own. What is no CWMP message, such as the page of a 401, is kept as text. */
function keepMessage(
  { mask, describe }: TraceWriterOptions,
  envelopes: EnvelopeFiles | null,
  event: MessageEvent,
  body: string,
): MessageFields {
  const masked = mask(body);
  const { name, detail } = event.describe?.() ?? describe(masked);
  const label = name.replace(/[^A-Za-z0-9]/g, "").slice(0, MAX_NAME);
  const status = event.kind === "received" ? `HTTP${event.status}` : "unreadable";
  const ending = label === "" ? `${senderOf(event)}-${status}.txt` : `${senderOf(event)}-${label}.xml`;
  const file = envelopes?.write(ending, masked);
  return {
    name: name.slice(0, MAX_NAME),
    ...(detail === "" ? {} : { detail }),
    ...(file === undefined ? {} : { file }),
  };
}

interface EnvelopeFiles {
  /** Writes the next file, `0001-<ending>`, and answers its name. */
  write(ending: string, text: string): string;
}

function createEnvelopeFiles(folder: string): EnvelopeFiles {
  const taken = readdirSync(folder).map((name) => Number.parseInt(/^\d{4,9}(?=-)/.exec(name)?.[0] ?? "0", 10));
  let last = taken.reduce((highest, number) => Math.max(highest, number), 0);
  return {
    write(ending, text) {
      let name = "";
      // Phone and ACS may have been given the same folder: no file is written over.
      do name = `${String(++last).padStart(4, "0")}-${ending}`;
      while (existsSync(join(folder, name)));
      writeFileSync(join(folder, name), text, { mode: OWNER_ONLY, flag: "wx" });
      return name;
    },
  };
}
