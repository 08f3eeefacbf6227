import type { Context, ErrorHandler } from "hono";
import { html } from "hono/html";
import { ApiError, problemOf, statusOf } from "../control/problem.ts";
import { isAgentError, messageOf, type ParameterFault } from "../cwmp/errors.ts";
import { CPE_FAULTS } from "../cwmp/faults.ts";
import type { Logger } from "../ports/logger.ts";
import { type NavigationEntry, PHONE_NAVIGATION, renderPage } from "./page.ts";
import type { WebEnv } from "./parts.ts";

type Refusal = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 421 | 422 | 429 | 500 | 503;

/** A page with an error and what to do. */
export function refuse(c: Context, status: Refusal, title: string, advice: string) {
  const navigation: readonly NavigationEntry[] = c.get("navigation") ?? PHONE_NAVIGATION;
  return c.html(renderPage({ title, active: null, body: html`<p>${advice}</p>`, navigation }), status);
}

export function answerNotFound(c: Context) {
  return refuse(c, 404, "Not found", "There is no such page.");
}

export function answerWrongMethod(c: Context, methods: readonly string[]) {
  c.header("Allow", methods.join(", "));
  return refuse(c, 405, "Method not allowed", `This page allows ${methods.join(", ")}.`);
}

/** Of a fleet: the phone is not there, or not yet. */
function refuseAsApi(c: Context, { code, message }: ApiError) {
  if (code === "NOT_FOUND") return refuse(c, 404, "Not found", sentence(message));
  if (code === "WORKER_DOWN") return refuse(c, 503, "Not there", sentence(message));
  if (code !== "PHONE_DOWN") return refuse(c, 409, "Refused", sentence(message));
  c.header("Retry-After", "5");
  return refuse(c, 503, "Not started yet", `${sentence(message)} Try again in a moment.`);
}

/** Internal errors are logged only. */
export function answerError(log: Logger): ErrorHandler<WebEnv> {
  return (error, c) => {
    if (isAgentError(error, "PHONE_DOWN")) {
      c.header("Retry-After", "5");
      return refuse(c, 503, "The phone is restarting", "Try again in a moment.");
    }
    if (error instanceof ApiError) return refuseAsApi(c, error);
    log.error({ path: c.req.path, reason: messageOf(error) }, "A page failed");
    return refuse(c, 500, "Something went wrong", "See the log of the agent.");
  };
}

interface ActionRefusal {
  readonly status: ReturnType<typeof statusOf>;
  readonly message: string;
}

/** Why an action was refused, in the API's words. Rethrows everything else: a restarting phone, an internal error. */
export function refusalOf(error: unknown): ActionRefusal {
  const problem = problemOf(error);
  if (problem === null || problem.code === "PHONE_DOWN") throw error;
  return { status: statusOf(problem.code), message: sentence(problem.message) };
}

/** A message of an error as a sentence of a page. */
function sentence(message: string): string {
  const text = `${message.slice(0, 1).toUpperCase()}${message.slice(1)}`;
  return text.endsWith(".") ? text : `${text}.`;
}

/** A fault as the rest of a sentence that starts with the field's name. */
export function faultWords({ faultCode, faultString }: ParameterFault): string {
  const general = `${CPE_FAULTS[faultCode].text}: `;
  const detail = faultString.startsWith(general) ? faultString.slice(general.length) : faultString;
  const plain = detail.replace(/^it must /, "must ");
  return plain.startsWith("must ") ? `${plain}.` : `is refused: ${plain}.`;
}
