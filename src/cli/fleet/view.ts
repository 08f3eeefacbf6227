import type { FleetMoment } from "../../fleet/figures/timeline.ts";
import type { FleetEvent } from "../../fleet/fleet.ts";
import type { FleetSummary } from "../../fleet/summary.ts";
import { printable } from "../../system/printable.ts";
import type { CliIo } from "../io.ts";
import { createPaint, hasColor } from "../paint.ts";
import { liveLines, plainLine, summaryText } from "./lines.ts";

/** The output of a fleet while it runs. */
export interface FleetView {
  event(event: FleetEvent): void;
  notice(message: string): void;
  /** Lets other output be written above the redrawn lines. */
  above(write: () => void): void;
  result(summary: FleetSummary): void;
}

/** Lines of JSON, lines that are redrawn on a terminal, or plain lines. */
export function createFleetView(io: CliIo, json: boolean): FleetView {
  if (json) return jsonView(io);
  return io.live === undefined ? plainView(io) : liveView(io, io.live);
}

/** In the form that `report merge` reads. */
export function resultLine(summary: FleetSummary): string {
  return jsonLine("result", summary);
}

function jsonLine(kind: string, value: object): string {
  return `${JSON.stringify({ kind, ...value })}\n`;
}

function jsonView(io: CliIo): FleetView {
  const print = (kind: string, value: object): void => io.stdout(jsonLine(kind, value));
  return {
    event: ({ kind, ...rest }) => print(kind, "moment" in rest ? rest.moment : rest),
    notice: (message) => print("notice", { message }),
    above: (write) => write(),
    result: (summary) => io.stdout(resultLine(summary)),
  };
}

/** The number of moments between two lines. */
const PLAIN_EVERY = 5;

function plainView(io: CliIo): FleetView {
  let last: FleetMoment | null = null;
  let seen = 0;
  const notice = (message: string): void => io.stdout(`${printable(message)}\n`);
  return {
    event(event) {
      if (event.kind === "notice") notice(event.message);
      if (event.kind !== "moment" || seen++ % PLAIN_EVERY !== 0) return;
      io.stdout(`${plainLine(event.moment, last)}\n`);
      last = event.moment;
    },
    notice,
    above: (write) => write(),
    result: (summary) => io.stdout(summaryText(summary, createPaint(false))),
  };
}

function liveView(io: CliIo, live: NonNullable<CliIo["live"]>): FleetView {
  const paint = createPaint(hasColor(io));
  let last: FleetMoment | null = null;
  let lines: readonly string[] = [];
  const above = (write: () => void): void => {
    live.clear();
    write();
    live.draw(lines);
  };
  const notice = (message: string): void => above(() => io.stdout(`${printable(message)}\n`));
  return {
    event(event) {
      if (event.kind === "notice") notice(event.message);
      if (event.kind !== "moment") return;
      lines = liveLines(event.moment, last, paint);
      live.draw(lines);
      last = event.moment;
    },
    notice,
    above,
    result(summary) {
      live.clear();
      lines = [];
      io.stdout(summaryText(summary, paint));
    },
  };
}
