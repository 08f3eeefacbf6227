import { Hono, type MiddlewareHandler } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { secureHeaders } from "hono/secure-headers";
import { type AttemptPolicy, createFailedAttempts } from "../system/failed-attempts.ts";
import { ASSETS } from "./assets.ts";
import { guardForms, limitBody } from "./form-guard.ts";
import { requireOwnHost } from "./host-guard.ts";
import { requireLogin } from "./login.ts";
import { PAGE_MODULES } from "./page-modules.ts";
import type { WebEnv, WebParts } from "./parts.ts";
import { answerError, answerNotFound, answerWrongMethod } from "./refusals.ts";
import { createSigner } from "./signer.ts";

/** Five are free, then a source waits 1 s, 2 s, … up to five minutes; behind that stand fifty, and six a minute, for all. */
const LOGIN_ATTEMPTS: AttemptPolicy = {
  free: 5,
  firstWaitMs: 1000,
  maxWaitMs: 300_000,
  whole: { count: 50, eachMs: 10_000 },
};

/** The pages without a socket. */
export function createWebApp(parts: WebParts): Hono<WebEnv> {
  const app = new Hono<WebEnv>();
  const signer = createSigner(parts.random);
  app.use(securityHeaders(parts.tls !== null), neverStore);
  app.use(requireOwnHost(parts.tls));
  app.use(requireLogin({ ...parts, signer, attempts: createFailedAttempts(parts.clock, LOGIN_ATTEMPTS) }));
  app.use(limitBody(), guardForms(parts, signer));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: answerWrongMethod }));
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
  return secureHeaders({
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
    // Not no-referrer: a browser would then send `Origin: null` with our own forms.
    referrerPolicy: "same-origin",
    strictTransportSecurity: overTls ? "max-age=31536000" : false,
    xFrameOptions: "DENY",
  });
}

/** Set at the end: a page that says otherwise is overruled. */
const neverStore: MiddlewareHandler = async (c, next) => {
  await next();
  c.header("Cache-Control", "no-store");
};
