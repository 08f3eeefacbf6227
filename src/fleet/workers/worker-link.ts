import { type IncomingMessage, request as requestOver } from "node:http";
import { Readable } from "node:stream";
import { ApiError, type Problem } from "../../control/problem.ts";
import type { Shard } from "../shards/shard.ts";

/** One of the processes of a fleet, as seen by its parent. */
export interface WorkerLink {
  readonly shard: Shard;
  /** `worker 1 of 4` is the first. */
  readonly name: string;
  /** Where it serves its part. */
  readonly socket: string;
  /** `starting`: no phone has been started yet; `silent`: it does not answer at present; `ended`: the process is over. */
  readonly condition: "starting" | "up" | "silent" | "ended";
  /** Aborts when it is no longer up; a new signal when it is up again. */
  readonly whileUp: AbortSignal;
}

/** The worker could not be reached, or did not answer. */
export class WorkerDown extends Error {
  override readonly name = "WorkerDown";
  readonly worker: WorkerLink;

  constructor(worker: WorkerLink, options?: ErrorOptions) {
    super(`${worker.name} ${troubleOf(worker)}`, options);
    this.worker = worker;
  }
}

/** Follows the name of a worker. */
export function troubleOf({ condition }: WorkerLink): string {
  if (condition === "starting") return "is just starting: try again in a moment";
  return condition === "ended" ? "has ended" : "does not answer";
}

/** Headers of a single connection, and the login, which workers do not need. */
const NOT_PASSED_ON: ReadonlySet<string> = new Set([
  ...["connection", "keep-alive", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "expect"],
  ...["authorization", "cookie"],
]);

/**
 * Forwards a request to a worker and returns its answer; both bodies are streamed.
 *
 * @param path with the query, at the worker
 * @param own headers that take precedence over those of the request
 * @throws WorkerDown
 */
export async function forward(
  worker: WorkerLink,
  request: Request,
  path: string,
  own: Readonly<Record<string, string>> = {},
): Promise<Response> {
  if (worker.condition !== "up") throw new WorkerDown(worker);
  const signal = AbortSignal.any([worker.whileUp, request.signal]);
  const passed = [...request.headers].filter(([name]) => !NOT_PASSED_ON.has(name));
  const headers = { ...Object.fromEntries(passed), ...own };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const { method } = request;
    const asked = requestOver({ socketPath: worker.socket, method, path, headers, agent: false, signal });
    asked.on("response", resolve);
    asked.on("error", (error) => reject(new WorkerDown(worker, { cause: error })));
    if (request.body === null) asked.end();
    else
      Readable.from(request.body)
        .on("error", (error) => asked.destroy(error))
        .pipe(asked);
  });
  return responseOf(answer);
}

const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

function responseOf(answer: IncomingMessage): Response {
  const status = answer.statusCode ?? 502;
  const headers = new Headers();
  for (const [name, values] of Object.entries(answer.headersDistinct))
    if (!NOT_PASSED_ON.has(name)) for (const value of values ?? []) headers.append(name, value);
  if (!WITHOUT_BODY.has(status)) return new Response(Readable.toWeb(answer) as ReadableStream, { status, headers });
  answer.resume();
  return new Response(null, { status, headers });
}

/**
 * Sends a request to a worker, and returns its JSON.
 *
 * @param body null: GET
 * @throws ApiError from the worker; WorkerDown
 */
export async function askWorker<T>(
  worker: WorkerLink,
  path: string,
  body: object | null = null,
  method: "POST" | "PATCH" = "POST",
): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  const said = body === null ? {} : { method, headers, body: JSON.stringify(body) };
  const answer = await forward(worker, new Request(new URL(path, "http://worker"), said), path);
  const value: unknown = await answer.json().catch((error: unknown) => {
    throw new WorkerDown(worker, { cause: error });
  });
  if (answer.ok) return value as T;
  const { code, message } = value as Problem;
  throw new ApiError(code, message);
}
