import type { MiddlewareHandler } from "hono";
import type { Html } from "./page.ts";
import type { WebEnv } from "./parts.ts";

export interface PlaceBelow {
  /** Such as `/phones/north-000001`: plain characters only. */
  readonly base: string;
  /** The prefix of each page's title: plain characters only. */
  readonly title: string;
  /** The header of each page. */
  readonly above: Html;
}

/** Where our pages lead: what others say is escaped, and holds no quotation mark. Files are for all pages. */
const LINK = /( (?:href|action|data-live)=")(?=\/(?!assets\/))/g;

/** Serves pages that are written for the root of a server below another path, as a proxy does: what leads to them leads there. */
export function servedBelow({ base, title, above }: PlaceBelow): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    await next();
    const location = c.res.headers.get("Location");
    if (location?.startsWith("/") === true) c.header("Location", base + location);
    if (c.res.headers.get("Content-Type")?.startsWith("text/html") !== true) return;
    const page = (await c.res.text()).replace(LINK, `$1${base}`);
    const header = String(await above);
    c.res = new Response(
      page.replace("<title>", `<title>${title}: `).replace("<header>", () => `<header>${header}`),
      { status: c.res.status, headers: c.res.headers },
    );
  };
}
