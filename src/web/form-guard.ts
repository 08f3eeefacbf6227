import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { WebEnv, WebParts } from "./parts.ts";
import { refuse } from "./refusals.ts";
import type { Signer } from "./signer.ts";

const MAX_BODY_BYTES = 65_536;
const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** What no form can send. The API looks closer, and has a limit of its own: it takes files. */
const API_TYPES: ReadonlySet<string | undefined> = new Set(["application/json", "application/octet-stream"]);

/** Bodies of more than 64 KiB are refused before they are looked at. */
export function limitBody(): MiddlewareHandler<WebEnv> {
  const limit = bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: (c) => refuse(c, 413, "Too large", `A request may have ${MAX_BODY_BYTES} bytes.`),
  });
  return (c, next) => (isApi(c) ? next() : limit(c, next));
}

/**
 * Refuses changes that another site has a browser send. Where the browser says who asks, it must be one of our own pages;
 * over that a form needs the token that our pages hold, and the API a content type that no form can have.
 */
export function guardForms({ tls, login }: Pick<WebParts, "tls" | "login">, signer: Signer): MiddlewareHandler<WebEnv> {
  const scheme = tls === null ? "http" : "https";
  return async (c, next) => {
    c.set("formToken", signer.sign("form", login.username));
    if (SAFE.has(c.req.method)) return next();
    if (!fromOurPages(c, scheme)) return refuse(c, 403, "Refused", "The request comes from another site.");
    const type = (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
    if (isApi(c)) {
      if (API_TYPES.has(type)) return next();
      return refuse(
        c,
        415,
        "Wrong content type",
        "The API takes application/json, and files as application/octet-stream.",
      );
    }
    if (c.req.method !== "POST") return next();
    if (type !== "application/x-www-form-urlencoded") {
      return refuse(c, 415, "Wrong content type", "Forms are sent as application/x-www-form-urlencoded.");
    }
    const { formToken } = await c.req.parseBody();
    if (typeof formToken === "string" && signer.verify("form", login.username, formToken)) return next();
    return refuse(
      c,
      403,
      "The form is out of date",
      "Open the page again, then send it once more. Nothing was changed.",
    );
  };
}

function isApi(c: Context): boolean {
  return c.req.path.startsWith("/api/");
}

function fromOurPages(c: Context, scheme: string): boolean {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined && site !== "same-origin") return false;
  const origin = c.req.header("origin");
  return origin === undefined || origin.toLowerCase() === `${scheme}://${c.req.header("host") ?? ""}`.toLowerCase();
}
