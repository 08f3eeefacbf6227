import { X509Certificate } from "node:crypto";
import { Hono, type MiddlewareHandler } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { secureHeaders } from "hono/secure-headers";
import { type AttemptPolicy, createFailedAttempts } from "../system/failed-attempts.ts";
import { hostOf, isFixedHost } from "../system/host-rules.ts";
import { actionsPages } from "./actions/actions-pages.ts";
import { uploadPages } from "./actions/upload-pages.ts";
import { ASSETS } from "./assets.ts";
import { guardForms, isBelow, limitBody } from "./form-guard.ts";
import { requireLogin } from "./login.ts";
import { parameterPages } from "./parameters/parameter-pages.ts";
import type { GuardParts, PageModule, PhonePageParts, WebEnv, WebParts } from "./parts.ts";
import { answerError, answerNotFound, answerWrongMethod, refuse } from "./refusals.ts";
import { type PlaceBelow, servedBelow } from "./served-below.ts";
import { messagePages } from "./sessions/message-pages.ts";
import { sessionsPages } from "./sessions/sessions-pages.ts";
import { settingsPages } from "./settings/settings-pages.ts";
import { createSigner } from "./signer.ts";
import { statusPages } from "./status/status-pages.ts";
import { transfersPages } from "./transfers/transfers-pages.ts";

/** Five are free, then a source waits 1 s, 2 s, … up to five minutes; behind that stand fifty, and six a minute, for all. */
const LOGIN_ATTEMPTS: AttemptPolicy = {
  free: 5,
  firstWaitMs: 1000,
  maxWaitMs: 300_000,
  whole: { count: 50, eachMs: 10_000 },
};

/** The pages of the only phone of a process, without a socket. */
export function createWebApp(parts: WebParts): Hono<WebEnv> {
  const app = createGuardedApp(parts);
  addPhonePages(app, parts);
  return app;
}

/** Admits requests that are logged in and come from our own pages; serves the files of all pages. */
export function createGuardedApp(parts: GuardParts): Hono<WebEnv> {
  const { navigation } = parts;
  const app = new Hono<WebEnv>();
  const signer = createSigner(parts.random);
  app.use(async (c, next) => {
    if (navigation !== undefined) c.set("navigation", navigation);
    await next();
  });
  app.use(securityHeaders(parts.tls !== null), neverStore);
  app.use(requireOwnHost(parts.tls));
  app.use(requireLogin({ ...parts, signer, attempts: createFailedAttempts(parts.clock, LOGIN_ATTEMPTS) }));
  const scheme = parts.tls === null ? "http" : "https";
  const guard = { scheme, formToken: signer.sign("form", parts.login.username) } as const;
  const checkForm = guardForms(guard);
  app.use(limitBody(), async (c, next) => {
    c.set("guard", guard);
    // A body can be read once: pages below have it guarded themselves.
    return isBelow(c.req.path) ? next() : checkForm(c, next);
  });
  answerRest(app, parts.log);
  for (const [path, { type, text }] of Object.entries(ASSETS)) {
    app.get(path, (c) => c.body(text, 200, { "Content-Type": type }));
  }
  return app;
}

/**
 * The pages of one phone among those of others, behind what stands before all of them.
 *
 * @param base where they begin, such as `/phones/north-000001`
 * @param above stands above each of them
 */
export function createPagesBelow(
  parts: PhonePageParts,
  { getPath, ...place }: PlaceBelow & { readonly getPath: (request: Request) => string },
): Hono<WebEnv> {
  const app = new Hono<WebEnv>({ getPath });
  app.use(servedBelow(place));
  app.use(async (c, next) => {
    if (c.env.guard === undefined) return refuse(c, 403, "Refused", "Nobody guards this page.");
    return guardForms(c.env.guard)(c, next);
  });
  answerRest(app, parts.log);
  addPhonePages(app, parts);
  return app;
}

function addPhonePages(app: Hono<WebEnv>, parts: PhonePageParts): void {
  app.get("/", (c) => c.redirect("/status"));
  for (const pages of PAGE_MODULES) app.route("/", pages(parts));
  if (parts.api !== null) app.route("/api", parts.api);
}

function answerRest(app: Hono<WebEnv>, log: PhonePageParts["log"]): void {
  app.use(methodNotAllowed({ app, onMethodNotAllowed: answerWrongMethod }));
  app.notFound(answerNotFound);
  app.onError(answerError(log));
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

/** Set last, so that it overrides the headers of pages. */
const neverStore: MiddlewareHandler = async (c, next) => {
  await next();
  c.header("Cache-Control", "no-store");
};

/** Every page of the phone, one module for each topic. */
const PAGE_MODULES: readonly PageModule[] = [
  statusPages,
  sessionsPages,
  messagePages,
  transfersPages,
  parameterPages,
  settingsPages,
  actionsPages,
  uploadPages,
];

/**
 * Refuses requests under a name that is not ours: a site that points its own name at this machine (DNS rebinding) would
 * be the same origin as these pages in a browser. Addresses and `localhost` cannot be pointed elsewhere; other names count
 * when the certificate holds them. Ports do not matter.
 */
function requireOwnHost(tls: WebParts["tls"]): MiddlewareHandler<WebEnv> {
  const certificate = tls === null ? null : new X509Certificate(tls.certificate);
  return async (c, next) => {
    const host = hostOf(c.req.header("host"));
    const own = host !== null && (isFixedHost(host) || certificate?.checkHost(host) !== undefined);
    if (own) return next();
    return refuse(c, 421, "Unknown host name", "Use an address, localhost or a name in the certificate.");
  };
}
