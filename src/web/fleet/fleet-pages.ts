import type { Context, Hono } from "hono";
import { html } from "hono/html";
import {
  type FleetControl,
  LISTED_STATES,
  type ListedState,
  type PhoneSelection,
} from "../../control/fleet/fleet-control.ts";
import { ApiError } from "../../control/problem.ts";
import type { Clock } from "../../ports/clock.ts";
import { zoneNote } from "../moments.ts";
import type { WebEnv } from "../parts.ts";
import { answerNotFound, refuse } from "../refusals.ts";
import { renderFleetPage } from "./frame.ts";
import { OPERATIONS, type Operation, type OperationsView, operationsView } from "./operations-view.ts";
import { misbehaviourView, overviewView, scenariosView } from "./overview-view.ts";
import { phonesView } from "./phones-view.ts";

const SCRIPT = "/assets/live.js";
const PAGE_SIZE = 50;
const MAX_TEXT = 64;
const MAX_NAMES = 100_000;

/** The pages of the fleet itself. Refusals state the reason, like the API's. */
export function addFleetPages(
  app: Hono<WebEnv>,
  { fleet, clock }: { readonly fleet: FleetControl; readonly clock: Clock },
): void {
  app.get("/", (c) => c.redirect("/fleet"));
  app.get("/fleet", async (c) => {
    const overview = await fleet.overview();
    const body = html`<noscript><p><a class="button plain" href="/fleet">Reload</a></p></noscript>
<div data-live="/fleet/part" data-every="2000" data-quiet>${overviewView(overview)}</div>
<div data-live="/fleet/scenarios" data-every="2000" data-quiet>${scenariosView(overview, c.var.formToken)}</div>
${misbehaviourView(overview)}`;
    return c.html(renderFleetPage({ title: "Fleet", active: "fleet", body, script: SCRIPT }));
  });
  app.get("/fleet/part", async (c) => c.html(overviewView(await fleet.overview())));
  app.get("/fleet/scenarios", async (c) => c.html(scenariosView(await fleet.overview(), c.var.formToken)));
  app.get("/phones", (c) => listPage(c, fleet, clock));
  app.get("/phones/:phone", async (c) => {
    const { name } = await fleet.phone(c.req.param("phone"));
    return c.redirect(`/phones/${name}/status`);
  });
  app.get("/operations", async (c) => operationsPage(c, fleet, { done: doneOf(c), fault: null, typed: new Map() }));
  app.post("/operations", async (c) => {
    const said = await textsOf(c);
    return attempt(c, fleet, said, async () => {
      const operation = OPERATIONS.find((one) => one === said.get("operation"));
      if (operation === undefined) throw new ApiError("BAD_REQUEST", "there is no such operation");
      return `${operation} ${await operate(fleet, operation, selectionOf(said), wholeNumber(said.get("over"), 0, 31_536_000, "the seconds"))}`;
    });
  });
  app.post("/add", async (c) => {
    const said = await textsOf(c);
    return attempt(c, fleet, said, async () => {
      const count = wholeNumber(said.get("count"), 1, 100_000, "the number of phones");
      return `add ${(await fleet.add(said.get("more-group") ?? "", count)).length}`;
    });
  });
  app.post("/scenarios/:number{[1-9][0-9]{0,3}}", async (c) => {
    const rate = (await textsOf(c)).get("rate") ?? "";
    if (!/^\d{1,4}(\.\d{1,6})?$/.test(rate) || Number(rate) > 1000)
      return refuse(c, 400, "No rate", "It must be a number from 0 to 1000, such as 2 or 0.5.");
    await fleet.setScenarioRate(Number(c.req.param("number")), Number(rate));
    return c.redirect("/fleet", 303);
  });
}

async function listPage(c: Context<WebEnv>, fleet: FleetControl, clock: Clock) {
  const { groups } = await fleet.overview();
  const names = groups.map(({ name }) => name);
  const group = textOf(c, "group") || null;
  const state = textOf(c, "state");
  const known = state === "" ? null : LISTED_STATES.find((one) => one === state);
  if (known === undefined || (group !== null && !names.includes(group))) return answerNotFound(c);
  const query = { group, state: known as ListedState | null, search: textOf(c, "search").trim() };
  const page = Math.max(Number.parseInt(textOf(c, "page"), 10) || 1, 1);
  const found = await fleet.list({ ...query, page, size: PAGE_SIZE });
  const body = html`${phonesView({ query, found, groups: names, clock })}${zoneNote(clock)}`;
  return c.html(renderFleetPage({ title: "Phones", active: "phones", body, script: SCRIPT }));
}

async function operationsPage(
  c: Context<WebEnv>,
  fleet: FleetControl,
  note: Pick<OperationsView, "done" | "fault" | "typed">,
) {
  const groups = (await fleet.overview()).groups.map(({ name }) => name);
  const body = operationsView({ groups, formToken: c.var.formToken, ...note });
  return c.html(renderFleetPage({ title: "Operations", active: "operations", body }), note.fault === null ? 200 : 422);
}

async function attempt(c: Context<WebEnv>, fleet: FleetControl, said: Said, run: () => Promise<string>) {
  try {
    return c.redirect(`/operations?${new URLSearchParams({ done: await run() })}`, 303);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // The other workers have performed it.
    const nothing = error.code === "WORKER_DOWN" ? "" : "Nothing was done: ";
    return operationsPage(c, fleet, { done: null, fault: `${nothing}${error.message}.`, typed: said });
  }
}

function operate(fleet: FleetControl, operation: Operation, selection: PhoneSelection, over: number): Promise<number> {
  return operation === "reboot" ? fleet.reboot(selection, over) : fleet[operation](selection);
}

/** What a form holds, by field, without blanks around it. */
type Said = ReadonlyMap<string, string>;

async function textsOf(c: Context<WebEnv>): Promise<Said> {
  const fields = Object.entries(await c.req.parseBody());
  return new Map(fields.map(([name, text]) => [name, typeof text === "string" ? text.trim() : ""]));
}

function selectionOf(said: Said): PhoneSelection {
  const phones = (said.get("phones") ?? "")
    .slice(0, MAX_NAMES)
    .split(/[\s,]+/)
    .filter((name) => name !== "");
  const group = said.get("group") ?? "";
  if (phones.length > 0 === (group !== ""))
    throw new ApiError("BAD_REQUEST", "choose a group, or name phones, not both");
  const sharePercent = phones.length > 0 ? 100 : wholeNumber(said.get("share"), 1, 100, "the share");
  const groups = group === "" || group === "*" ? [] : [group];
  return { phones, groups, all: group === "*", sharePercent, seed: null };
}

function wholeNumber(text = "", low: number, high: number, what: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= low && value <= high) return value;
  throw new ApiError("BAD_REQUEST", `${what} must be a whole number from ${low} to ${high}`);
}

function textOf(c: Context, name: string): string {
  return (c.req.query(name) ?? "").slice(0, MAX_TEXT);
}

const DONE = /^(pause|resume|reboot|remove|add) (\d{1,9})$/;
const DONE_WORDS: Readonly<Record<string, string>> = {
  pause: "paused",
  resume: "resumed",
  reboot: "told to restart",
  remove: "removed",
  add: "added",
};

/** Numbers and known words only: a link cannot inject other text into the page. */
function doneOf(c: Context): string | null {
  const [, operation = "", count = ""] = DONE.exec(textOf(c, "done")) ?? [];
  return operation === "" ? null : `${count} ${count === "1" ? "phone" : "phones"} ${DONE_WORDS[operation]}.`;
}
