import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { ASSETS } from "./assets.ts";
import { PAGE_MODULES } from "./page-modules.ts";
import type { WebEnv, WebParts } from "./parts.ts";
import { answerError, answerNotFound } from "./refusals.ts";

/** The pages without a socket. */
export function createWebApp(parts: WebParts): Hono<WebEnv> {
  const app = new Hono<WebEnv>();
  app.use(securityHeaders(parts.tls !== null));
  app.get("/", (c) => c.redirect("/status"));
  for (const [path, { type, text }] of Object.entries(ASSETS)) {
    app.get(path, (c) => c.body(text, 200, { "Content-Type": type }));
  }
  for (const pages of PAGE_MODULES) app.route("/", pages(parts));
  if (parts.api !== null) app.route("/api", parts.api);
  app.notFound(answerNotFound);
  app.onError(answerError(parts.log));
  return app;
}

const SELF = ["'self'"];
const NONE = ["'none'"];

function securityHeaders(overTls: boolean) {
  const strict = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: NONE,
      scriptSrc: SELF,
      styleSrc: SELF,
      imgSrc: SELF,
      connectSrc: SELF,
      formAction: SELF,
      frameAncestors: NONE,
      baseUri: NONE,
    },
    crossOriginEmbedderPolicy: true,
    crossOriginResourcePolicy: "same-origin",
    crossOriginOpenerPolicy: "same-origin",
    referrerPolicy: "no-referrer",
    strictTransportSecurity: overTls ? "max-age=31536000" : false,
    xFrameOptions: "DENY",
  });
  return strict;
}
