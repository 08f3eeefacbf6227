/** How a running ACS shows events and accepts commands. */
import { createInterface } from "node:readline";
import type { Device } from "../../acs/devices.ts";
import { messageOf } from "../../cwmp/errors.ts";
import type { Scheduler } from "../../ports/clock.ts";
import { printableJson } from "../../system/printable.ts";
import type { CliIo } from "../io.ts";
import { createPaint, hasColor } from "../paint.ts";
import { wrapLine } from "../wrap.ts";
import { createLocalConsole } from "./acs-console.ts";
import { answerControlLine } from "./control.ts";
import { eventLines, pnpLine } from "./event-lines.ts";
import type { RunningAcs } from "./set-up.ts";
import { openTerminal } from "./terminal.ts";

/** Behind the time and the arrow. */
const EVENT_INDENT = 18;

/** Prints events; accepts commands on a terminal. Resolves when it should end. */
export async function serveReadable(running: RunningAcs, io: CliIo, stop: Promise<unknown>): Promise<void> {
  const paint = createPaint(hasColor(io));
  io.stdout(`ACS at ${paint.bold(running.acs.url)}\n`);
  if (running.acs.stunPort !== null) io.stdout(`STUN at UDP port ${running.acs.stunPort}\n`);
  if (running.pnp !== null) io.stdout(`PnP is answered at UDP port ${running.pnp.port}\n`);
  if (running.caFile !== null) io.stdout(`Phones must trust ${running.caFile} (tls.ca in their settings).\n`);
  const atTerminal = io.terminal !== null && process.stdin.isTTY;
  if (atTerminal) io.stdout('Type "help" for the commands.\n');
  const acs = createLocalConsole(running.acs);
  const terminal = atTerminal ? openTerminal(acs, acs.paths) : null;
  const print = terminal?.print ?? ((lines) => io.stdout(lines.map((line) => `${line}\n`).join("")));
  const { terminal: screen } = io;
  const fitted = (line: string) => (screen === null ? [line] : wrapLine(line, screen.columns, EVENT_INDENT));
  running.acs.onEvent((event) => print(eventLines(event, paint).flatMap(fitted)));
  running.pnp?.onEvent((event) => print(fitted(pnpLine(event, paint))));
  await Promise.race(terminal === null ? [stop] : [stop, terminal.closed]);
  terminal?.close();
}

/** JSON lines both ways (src/cli/acs/control.ts). Ends with its input: the controlling program has ended then. */
export async function serveControl(running: RunningAcs, io: CliIo, stop: Promise<unknown>): Promise<void> {
  const acs = createLocalConsole(running.acs);
  const write = (value: unknown): void => io.stdout(`${printableJson(JSON.stringify(value))}\n`);
  running.acs.onEvent((event) => write({ event }));
  running.pnp?.onEvent((event) => write({ event }));
  write({ event: { kind: "listening", url: running.acs.url, ca: running.caFile } });
  const lines = createInterface({ input: process.stdin });
  void stop.then(() => lines.close());
  for await (const line of lines) {
    // Not awaited: a call is answered after the phone's session, and other commands must not wait for it.
    if (line.trim() !== "") void answerControlLine(line, acs).then((answer) => io.stdout(`${printableJson(answer)}\n`));
  }
}

/**
 * Sends a connection request to `device` (or `all`), by HTTP or UDP, at an interval, until the returned function is
 * called.
 */
export function requestRegularly(
  running: RunningAcs,
  { device, udp }: { readonly device: string; readonly udp: boolean },
  everySeconds: number,
  scheduler: Scheduler,
  onFailure: (message: string) => void,
): () => void {
  const request = (): void => {
    const meant = running.acs.devices().filter((known) => isMeant(known, device));
    for (const { id } of meant) {
      const sent = udp ? running.acs.udpConnectionRequest(id) : running.acs.connectionRequest(id);
      sent.catch((error: unknown) => onFailure(messageOf(error)));
    }
    timer = scheduler.after(everySeconds * 1000, "connection requests", request);
  };
  let timer = scheduler.after(everySeconds * 1000, "connection requests", request);
  return () => timer.cancel();
}

function isMeant({ id, deviceId }: Readonly<Device>, device: string): boolean {
  return device === "all" || device === id || device === deviceId.serialNumber;
}
