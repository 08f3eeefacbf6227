import type { Session, Sessions, SipMessages } from "../../control/answers.ts";
import { isFault, startOf } from "../../ladder/rung.ts";
import type { TraceRecord } from "../../ports/trace.ts";
import { printableJson } from "../../system/printable.ts";
import type { CliIo } from "../io.ts";
import { createGrowingLadder, drawLadder, drawSipLadder, type LadderOptions } from "../ladder.ts";
import { hasColor } from "../paint.ts";
import type { AgentClient } from "./client.ts";
import { AgentGone } from "./failures.ts";
import type { AgentOptions } from "./options.ts";
import { printJson, sentenceOf, timeText } from "./print.ts";
import { withAgent } from "./with-agent.ts";

/** The last `count` sessions, oldest first. */
export async function showSessions(count: number, options: AgentOptions, io: CliIo): Promise<void> {
  await withAgent(options, io, async (agent) => {
    const sessions = await lastSessions(agent, count);
    if (options.json === true) printJson({ sessions }, io);
    else if (sessions.length === 0) io.stdout("There has been no session since the agent was started.\n");
    else io.stdout(sessions.map((session) => sessionText(session, ladderOptions(io))).join("\n"));
  });
}

/** The last SIP messages of the phone as one ladder. */
export async function showSip(options: AgentOptions, io: CliIo): Promise<void> {
  await withAgent(options, io, async (agent) => {
    const { messages } = await agent.get<SipMessages>("/sip-messages");
    if (options.json === true) printJson({ messages }, io);
    else if (messages.length === 0) io.stdout("The phone has sent and received no SIP message.\n");
    else io.stdout(`${drawSipLadder(messages, ladderOptions(io))}\n`);
  });
}

/** Draws records as they arrive, after the last `count` sessions, until stopped or the agent ends. */
export async function followSessions(
  count: number,
  options: AgentOptions,
  io: CliIo,
  stop: Promise<unknown>,
): Promise<void> {
  const controller = new AbortController();
  void stop.then(() => controller.abort());
  await withAgent(options, io, async (agent) => {
    const past = (count === 0 ? [] : await lastSessions(agent, count)).filter(({ running }) => !running);
    const ladder = createGrowingLadder(ladderOptions(io));
    const print = (record: TraceRecord): void =>
      io.stdout(options.json === true ? `${printableJson(JSON.stringify(record))}\n` : ladder(record));
    for (const { records } of past) (records as readonly TraceRecord[]).forEach(print);
    if (options.json !== true && past.length === 0) io.stderr("Waiting for a session; Ctrl-C ends this.\n");
    await agent.follow<TraceRecord>("/sessions/stream", print, controller.signal);
    if (!controller.signal.aborted) throw new AgentGone(agent.socket, Object.assign(new Error(), { code: "EPIPE" }));
  });
}

async function lastSessions(agent: AgentClient, count: number): Promise<readonly Session[]> {
  const { sessions } = await agent.get<Sessions>("/sessions");
  return Promise.all(sessions.slice(-count).map(({ session }) => agent.get<Session>(`/sessions/${session}`)));
}

function sessionText({ session, running, records, gap }: Session, options: LadderOptions): string {
  const startedAt = startOf(records as readonly TraceRecord[]);
  const faults = records.filter((record) => isFault(record as TraceRecord)).length;
  const count = faults === 0 ? "" : `, ${sentenceOf(faults, "fault", "faults")}`;
  const title = `Session ${session}, ${timeText(startedAt)}${running ? ", under way" : ""}${count}\n`;
  const left = gap === undefined ? "" : `(${gap.count} records in the middle are not kept)\n`;
  return `${title}${left}${drawLadder(records as readonly TraceRecord[], options)}\n`;
}

function ladderOptions(io: CliIo): LadderOptions {
  return { width: Math.min(io.terminal?.columns ?? 80, 140), color: hasColor(io) };
}
