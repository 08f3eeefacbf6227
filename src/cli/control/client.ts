import { existsSync, statSync } from "node:fs";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Problem } from "../../control/problem.ts";
import { isOfOurs } from "../../system/trusted-path.ts";
import { AgentGone, AgentRefusal } from "./failures.ts";

/** The connection of a command to a running agent. */
export interface AgentClient {
  readonly socket: string;
  /** The parsed answer. Throws AgentRefusal, or AgentGone, also if nothing arrives within the limit. */
  get<T>(path: string, limitMs?: number): Promise<T>;
  getText(path: string): Promise<string>;
  send<T>(method: "POST" | "PATCH", path: string, body: object | Uint8Array): Promise<T>;
  /** Calls back with the data of each event until the agent or the signal ends the stream. */
  follow<T>(path: string, each: (data: T) => void, signal: AbortSignal): Promise<void>;
}

/** @param base the prefix of every path: empty, or the API of one phone of a fleet */
export function createAgentClient(socket: string, base = ""): AgentClient {
  const text = async (method: string, path: string, body?: object | Uint8Array, limitMs?: number): Promise<string> => {
    const response = await open(socket, method, base + path, body, limitMs);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of response) chunks.push(chunk as Buffer);
    } catch (error) {
      throw new AgentGone(socket, error);
    }
    const answer = Buffer.concat(chunks).toString("utf8");
    if ((response.statusCode ?? 0) < 300) return answer;
    throw new AgentRefusal(problemIn(answer, response.statusCode ?? 0));
  };
  return {
    socket,
    get: async <T>(path: string, limitMs?: number) => parsed<T>(await text("GET", path, undefined, limitMs)),
    getText: (path) => text("GET", path),
    send: async <T>(method: string, path: string, body: object | Uint8Array) => {
      refuseForeignSocket(socket);
      return parsed<T>(await text(method, path, body));
    },
    follow: (path, each, signal) => follow(socket, base + path, (data) => each(JSON.parse(data)), signal),
  };
}

/** The request may hold a password: it is sent only to an agent of root or of this user. */
function refuseForeignSocket(socket: string): void {
  if (!existsSync(socket) || isOfOurs(socket)) return;
  const message = `the socket ${socket} belongs to user ${statSync(socket).uid}, who is neither root nor you: nothing was sent; run this as that user (sudo -u) if the agent is theirs`;
  throw new AgentRefusal(internal(message));
}

function parsed<T>(answer: string): T {
  try {
    return JSON.parse(answer) as T;
  } catch {
    throw new AgentRefusal(internal("the program that listens at this socket is not an agent"));
  }
}

function open(
  socket: string,
  method: string,
  path: string,
  body?: object | Uint8Array,
  limitMs = 0,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked: ClientRequest = request({ socketPath: socket, method, path, host: "agent", agent: false });
    asked.on("response", resolve);
    asked.on("error", (error) => reject(new AgentGone(socket, error)));
    // 0: no limit.
    asked.setTimeout(limitMs, () => asked.destroy(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })));
    if (body === undefined) return void asked.end();
    const isFile = body instanceof Uint8Array;
    const bytes = isFile ? body : Buffer.from(JSON.stringify(body));
    asked.setHeader("Content-Type", isFile ? "application/octet-stream" : "application/json");
    asked.setHeader("Content-Length", bytes.length);
    asked.end(bytes);
  });
}

function problemIn(answer: string, status: number): Problem {
  try {
    const problem = JSON.parse(answer) as Partial<Problem>;
    if (typeof problem.code === "string" && typeof problem.message === "string" && Array.isArray(problem.faults)) {
      return {
        code: problem.code,
        message: problem.message,
        faultCode: problem.faultCode ?? null,
        faults: problem.faults,
      };
    }
  } catch {
    // Reported below.
  }
  return internal(`the agent answered with HTTP status ${status}`);
}

function internal(message: string): Problem {
  return { code: "INTERNAL", message, faultCode: null, faults: [] };
}

async function follow(socket: string, path: string, each: (data: string) => void, signal: AbortSignal): Promise<void> {
  const response = await open(socket, "GET", path);
  if (response.statusCode !== 200) throw new AgentRefusal(problemIn("", response.statusCode ?? 0));
  const stop = (): void => void response.destroy();
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  try {
    let rest = "";
    for await (const chunk of response.setEncoding("utf8")) {
      const lines = `${rest}${chunk}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.startsWith("data: ")) each(line.slice("data: ".length));
    }
  } catch (error) {
    if (!signal.aborted) throw new AgentGone(socket, error);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
