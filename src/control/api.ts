import { type Context, Hono } from "hono";
import { messageOf } from "../cwmp/errors.ts";
import type { Logger } from "../ports/logger.ts";
import { readBody } from "./body.ts";
import { DESCRIPTION_PATH, describeApi, SINGLE_PHONE } from "./openapi.ts";
import { ApiError, type Problem, problem, problemOf, statusOf } from "./problem.ts";
import type { Route } from "./route.ts";
import { createRoutes, type RouteParts } from "./routes.ts";

export interface ApiParts extends RouteParts {
  readonly log: Logger;
}

/**
 * The API of a running agent: JSON, one shape for everything that is refused (`Problem`). It has no log-in itself:
 * its server adds one. Every request with a change must have a Content-Type that forms of other sites cannot send.
 */
export function createApi(parts: ApiParts, place: ApiPlace = {}): Hono {
  const routes = createRoutes(parts);
  const description = describeApi(routes, { ...SINGLE_PHONE, version: parts.version });
  return serveRoutes(new Hono({ ...place }), { routes, description, log: parts.log });
}

/** Where it is served, if not at the root of what is asked. */
export interface ApiPlace {
  /** The path of a request as the API knows it. */
  readonly getPath?: (request: Request) => string;
}

export interface ServedRoutes {
  readonly routes: readonly Route[];
  readonly description: object;
  readonly log: Logger;
  /** Adds what is no route of the table. */
  readonly more?: (api: Hono) => void;
  /** The advice for an unknown path; default: see the description. */
  readonly advice?: string;
}

export function serveRoutes(api: Hono, { routes, description, log, more, advice }: ServedRoutes): Hono {
  api.use(async (c, next) => {
    c.header("Cache-Control", "no-store");
    c.header("X-Content-Type-Options", "nosniff");
    await next();
  });
  for (const route of routes) api.on(route.method.toUpperCase(), honoPath(route.path), (c) => serve(c, route));
  api.get(DESCRIPTION_PATH, (c) => c.json(description));
  more?.(api);
  refuseTheRest(api, [...routes, { path: DESCRIPTION_PATH, method: "get" }], advice ?? `see ${DESCRIPTION_PATH}`);
  api.onError((error, c) => {
    const known = problemOf(error);
    if (known === null) log.error({ path: c.req.path, reason: messageOf(error) }, "A request to the API failed");
    return refuse(c, known ?? problem("INTERNAL", "internal error: see the log of the agent"));
  });
  return api;
}

async function serve(c: Context, route: Route): Promise<Response> {
  if (route.body !== null) refuseOtherTypes(c, route.body.type);
  const answer = await route.run({
    params: c.req.param(),
    query: c.req.queries(),
    body: route.body === null ? new Uint8Array() : await readBody(c.req.raw),
    signal: c.req.raw.signal,
  });
  const { type, status } = route.answer;
  if (type === "application/json") return c.json(answer as object, status);
  return c.body(answer as string | ReadableStream, status, {
    "Content-Type": `${type}; charset=utf-8`,
    // A proxy that gathers what it passes on would make a live view late.
    "X-Accel-Buffering": "no",
  });
}

function refuseOtherTypes(c: Context, wanted: string): void {
  const [type = ""] = (c.req.header("Content-Type") ?? "").split(";");
  if (type.trim().toLowerCase() === wanted) return;
  throw new ApiError("CONTENT_TYPE", `the Content-Type must be ${wanted}`);
}

function refuseTheRest(api: Hono, routes: readonly Pick<Route, "path" | "method">[], advice: string): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const allowed = routes.filter((route) => route.path === path).map(({ method }) => method.toUpperCase());
    api.all(honoPath(path), (c) => {
      c.header("Allow", allowed.join(", "));
      return refuse(c, problem("METHOD_NOT_ALLOWED", `${path} allows ${allowed.join(" and ")} only`));
    });
  }
  api.all("*", (c) => refuse(c, problem("NOT_FOUND", `the API has no such path; ${advice}`)));
}

function refuse(c: Context, problem: Problem): Response {
  return c.json(problem, statusOf(problem.code));
}

/** `/sessions/{session}` is `/sessions/:session` in hono's spelling. */
function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}
