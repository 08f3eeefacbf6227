import { defaultDataModelFolder, loadDataModel } from "../../src/config/load-data-model.ts";
import type { SessionLog } from "../../src/ports/session-log.ts";
import { createSeededRandom } from "../../src/system/seeded-random.ts";
import { createWebApp } from "../../src/web/app.ts";
import type { WebParts } from "../../src/web/parts.ts";
import { type AgentUnderTest, type AgentUnderTestOptions, createAgentUnderTest } from "./agent-under-test.ts";
import { LOGIN } from "./web-login.ts";

export { LOGIN };
export const HOST = "127.0.0.1:8080";
export const ORIGIN = `http://${HOST}`;
const model = loadDataModel(defaultDataModelFolder());

export interface WebRequest {
  readonly method?: string;
  /** Null: no log-in. */
  readonly login?: { readonly username: string; readonly password: string } | null;
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface WebAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface WebUnderTest extends AgentUnderTest {
  readonly parts: WebParts;
  request(path: string, request?: WebRequest): Promise<WebAnswer>;
  /** Fills in the form of the page as a browser does, and sends it: what is not named goes as it is shown. */
  submit(page: string, values: Readonly<Record<string, string>>): Promise<WebAnswer>;
}

export interface WebUnderTestOptions extends AgentUnderTestOptions {
  readonly parts?: Partial<WebParts>;
}

export const NO_SESSIONS: SessionLog = {
  sessions: () => [],
  get: () => null,
  envelope: () => null,
  onRecord: () => () => {},
};

/** The pages of a real agent over a simulated phone, without a socket. */
export async function createWebUnderTest(options: WebUnderTestOptions = {}): Promise<WebUnderTest> {
  const phone = createAgentUnderTest(options);
  await phone.agent.start();
  return webOf(phone, options.parts);
}

export function webOf(phone: AgentUnderTest, overrides: Partial<WebParts> = {}): WebUnderTest {
  const parts: WebParts = {
    local: phone.agent.local,
    history: phone.agent.history,
    sessions: NO_SESSIONS,
    model,
    version: "1.2.3",
    ...phone.time,
    random: createSeededRandom("web under test"),
    log: phone.log,
    login: LOGIN,
    tls: null,
    api: null,
    ...overrides,
  };
  const app = createWebApp(parts);
  const request = async (path: string, asked: WebRequest = {}): Promise<WebAnswer> => {
    const { method = "GET", login = LOGIN, from = "127.0.0.1", body } = asked;
    const headers = new Headers({ host: HOST, ...asked.headers });
    if (login !== null) headers.set("authorization", basic(login.username, login.password));
    const init = { method, headers, ...(body === undefined ? {} : { body }) };
    const answer = await app.request(`${ORIGIN}${path}`, init, { clientAddress: from });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const submit = async (page: string, values: Readonly<Record<string, string>>): Promise<WebAnswer> => {
    const form = formOf((await request(page)).text);
    return request(form.action, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", origin: ORIGIN, "sec-fetch-site": "same-origin" },
      body: new URLSearchParams({ ...form.values, ...values }).toString(),
    });
  };
  return { ...phone, parts, request, submit };
}

export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** The form that posts, as a browser would read it. */
export function formOf(page: string): { readonly action: string; readonly values: Readonly<Record<string, string>> } {
  const [form = "", action = ""] = /<form method="post" action="([^"]*)">[\s\S]*?<\/form>/.exec(page) ?? [];
  const values: Record<string, string> = {};
  for (const [, attributes = ""] of form.matchAll(/<input ([^>]*)>/g)) {
    values[attribute(attributes, "name")] = attribute(attributes, "value");
  }
  for (const [, name = "", options = ""] of form.matchAll(/<select [^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g)) {
    values[name] = unescaped(/<option value="([^"]*)" selected>/.exec(options)?.[1] ?? "");
  }
  for (const [, name = "", text = ""] of form.matchAll(
    /<textarea [^>]*name="([^"]*)"[^>]*>\n?([\s\S]*?)<\/textarea>/g,
  )) {
    values[name] = unescaped(text).replaceAll("\n", "\r\n");
  }
  return { action: unescaped(action), values };
}

function attribute(attributes: string, name: string): string {
  return unescaped(new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1] ?? "");
}

export function unescaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', "#39": "'", amp: "&" };
  return text.replace(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => entities[name] ?? "");
}
