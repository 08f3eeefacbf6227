import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { MAX_BODY_BYTES as MAX_UPLOAD_BYTES } from "../control/body.ts";
import { constantTimeEqual } from "../system/http-digest.ts";
import { UPLOAD_PATH } from "./actions/addresses.ts";
import type { FormGuard, WebEnv } from "./parts.ts";
import { refuse } from "./refusals.ts";

const MAX_BODY_BYTES = 65_536;
const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** What no form can send. The API looks closer, and has a limit of its own: it takes files. */
const API_TYPES: ReadonlySet<string | undefined> = new Set(["application/json", "application/octet-stream"]);

const FORM_TYPE = "application/x-www-form-urlencoded";
/** Of forms that send a file. */
const UPLOAD_TYPE = "multipart/form-data";

/** Bodies of more than 64 KiB, with a file 1 MiB, are refused before they are read. */
export function limitBody(): MiddlewareHandler<WebEnv> {
  const [form, upload] = [MAX_BODY_BYTES, MAX_UPLOAD_BYTES].map((maxSize) =>
    bodyLimit({ maxSize, onError: (c) => refuse(c, 413, "Too large", `A request may have ${maxSize} bytes.`) }),
  ) as [MiddlewareHandler<WebEnv>, MiddlewareHandler<WebEnv>];
  return (c, next) => (isApi(c) ? next() : isUpload(c) ? upload(c, next) : form(c, next));
}

/**
 * Refuses changes that another site makes a browser send (CSRF). If the browser sends the origin, it must be one of our
 * own pages; in addition a form needs the token that our pages hold, and the API a content type that no form can have.
 */
export function guardForms({ scheme, formToken }: FormGuard): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    c.set("formToken", formToken);
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
    const wanted = isUpload(c) ? UPLOAD_TYPE : FORM_TYPE;
    if (type !== wanted) return refuse(c, 415, "Wrong content type", `This form must be sent as ${wanted}.`);
    const given = await tokenOf(c);
    if (given === null) return refuse(c, 400, "Not readable", "The form is damaged. Nothing was changed.");
    if (typeof given === "string" && constantTimeEqual(given, formToken)) return next();
    return refuse(
      c,
      403,
      "The form is out of date",
      "Open the page again, then send it once more. Nothing was changed.",
    );
  };
}

/** Null: what was sent is no form. */
async function tokenOf(c: Context): Promise<unknown> {
  try {
    return (await c.req.parseBody()).formToken;
  } catch {
    return null;
  }
}

/** Its path alone decides: a file cannot be sent to any other page. */
function isUpload(c: Context): boolean {
  return pathOf(c) === UPLOAD_PATH;
}

function isApi(c: Context): boolean {
  return pathOf(c).startsWith("/api/");
}

/** Where the pages of one phone of a fleet are. */
const BELOW = /^\/phones\/[^/]+(?=\/)/;

export function isBelow(path: string): boolean {
  return BELOW.test(path);
}

function pathOf(c: Context): string {
  return c.req.path.replace(BELOW, "");
}

function fromOurPages(c: Context, scheme: FormGuard["scheme"]): boolean {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined && site !== "same-origin") return false;
  const origin = c.req.header("origin");
  return origin === undefined || origin.toLowerCase() === `${scheme}://${c.req.header("host") ?? ""}`.toLowerCase();
}
