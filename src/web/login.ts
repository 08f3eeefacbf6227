import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { FailedAttempts } from "../ports/failed-attempts.ts";
import type { Random } from "../ports/random.ts";
import { constantTimeEqual, parseAuthHeader } from "../system/http-digest.ts";
import { sourceOf } from "../system/request-source.ts";
import type { WebEnv, WebParts } from "./parts.ts";
import { refuse } from "./refusals.ts";
import type { Signer } from "./signer.ts";

export interface LoginOptions extends Pick<WebParts, "login" | "random" | "log" | "tls"> {
  readonly attempts: FailedAttempts;
  readonly signer: Signer;
}

const COOKIE = "akuvox-browser";

/**
 * Every request needs the log-in (HTTP Basic). A browser that has logged in once carries a mark, and is not made to wait
 * for failures of others at its address; without the right password the mark opens nothing.
 */
export function requireLogin(options: LoginOptions): MiddlewareHandler<WebEnv> {
  const { login, attempts, log } = options;
  const wanted = `${login.username}:${login.password}`;
  return async (c, next) => {
    const given = basicCredentials(c.req.header("authorization"));
    if (given === null) return challenge(c);
    const browser = knownBrowser(c, options.signer);
    const source = browser === null ? `address ${sourceOf(c.env.clientAddress)}` : `browser ${browser}`;
    const waitMs = attempts.waitMs(source);
    if (waitMs > 0) return askToWait(c, waitMs);
    if (login.password === "" || !constantTimeEqual(given, wanted)) {
      attempts.failed(source);
      log.warn({ from: c.env.clientAddress }, "A log-in at the web page was refused");
      return challenge(c);
    }
    attempts.succeeded(source);
    c.env.authenticated?.();
    if (browser === null) markBrowser(c, options);
    return next();
  };
}

/** `user:password`; null where there are none. */
function basicCredentials(header: string | undefined): string | null {
  const parsed = header === undefined ? null : parseAuthHeader(header);
  if (parsed === null || parsed.scheme !== "basic" || parsed.token68 === "") return null;
  return Buffer.from(parsed.token68, "base64").toString("utf8");
}

function challenge(c: Context) {
  c.header("WWW-Authenticate", 'Basic realm="akuvox-cpe", charset="UTF-8"');
  return refuse(c, 401, "Log in", "These pages need the user name and the password of the settings (web.username).");
}

function askToWait(c: Context, waitMs: number) {
  const seconds = Math.ceil(waitMs / 1000);
  c.header("Retry-After", String(seconds));
  return refuse(c, 429, "Too many failed log-ins", `Wait ${seconds} s, then try again.`);
}

function knownBrowser(c: Context, signer: Signer): string | null {
  const [id = "", signature = ""] = (getCookie(c, COOKIE) ?? "").split(".");
  return id !== "" && signer.verify("browser", id, signature) ? id : null;
}

function markBrowser(c: Context, { signer, random, tls }: { signer: Signer; random: Random; tls: WebParts["tls"] }) {
  const id = Buffer.from(random.bytes(16)).toString("hex");
  const value = `${id}.${signer.sign("browser", id)}`;
  setCookie(c, COOKIE, value, { path: "/", httpOnly: true, sameSite: "Strict", secure: tls !== null });
}
