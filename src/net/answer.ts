/** Takes in one HTTP answer as undici delivers it: bounded in size and in time. */
import type { Dispatcher } from "undici";
import { AgentError } from "../cwmp/errors.ts";
import type { Scheduler, Timer } from "../ports/clock.ts";
import { failureOf } from "./failures.ts";

export interface AnswerHead {
  readonly status: number;
  /** All values of a header, as UTF-8 where they are; the name in lower case. */
  header(name: string): readonly string[];
}

export interface HttpAnswer extends AnswerHead {
  readonly body: Buffer;
  /** The body as UTF-8, without a byte order mark; null where there is none. */
  readonly text: string | null;
}

export interface AnswerLimits {
  /** For the start of the answer from when the request goes out, and again for the rest of it. */
  readonly answerMs: number;
  readonly maxAnswerBytes: number;
  readonly scheduler: Scheduler;
  /** The name of the peer, for error messages. */
  readonly peer: string;
}

export interface AnswerEvents {
  /** The request is being written to a connection. */
  started(): void;
  complete(answer: HttpAnswer): void;
  /** `answering`: at least a byte of the answer had come. */
  failed(error: AgentError, cause: unknown, answering: boolean): void;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

export function createAnswerHandler(limits: AnswerLimits, events: AnswerEvents): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = [];
  let size = 0;
  let status = 0;
  let headers: Headers = {};
  let answering = false;
  let deadline: Timer | undefined;
  const setDeadline = (controller: Dispatcher.DispatchController, what: string) => {
    deadline?.cancel();
    deadline = limits.scheduler.after(limits.answerMs, "ACS answer", () => controller.abort(timeout(limits, what)));
  };
  return {
    onRequestStart(controller) {
      setDeadline(controller, "no answer");
      events.started();
    },
    onResponseStarted() {
      answering = true;
    },
    onResponseStart(controller, statusCode, responseHeaders) {
      if (statusCode < 200) return;
      status = statusCode;
      headers = responseHeaders;
      setDeadline(controller, "no complete answer");
      if (Number(headers["content-length"]) > limits.maxAnswerBytes) controller.abort(tooLarge(limits));
    },
    onResponseData(controller, chunk) {
      size += chunk.length;
      if (size > limits.maxAnswerBytes) controller.abort(tooLarge(limits));
      else chunks.push(chunk);
    },
    onResponseEnd() {
      deadline?.cancel();
      const body = Buffer.concat(chunks, size);
      const text = size === 0 ? null : body.toString("utf8").replace(/^\uFEFF/, "");
      events.complete({ status, header: (name) => headerValues(headers, name), body, text });
    },
    onResponseError(_controller, error) {
      deadline?.cancel();
      chunks.length = 0;
      events.failed(failureOf(error, limits.peer), error, answering);
    },
  };
}

/** Header bytes as undici delivers them. */
export function headerValues(headers: Headers, name: string): readonly string[] {
  const value = headers[name];
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(headerText);
}

/** Header bytes reach us as Latin-1. Read as UTF-8 where they are such. */
function headerText(latin1: string): string {
  const utf8 = Buffer.from(latin1, "latin1").toString("utf8");
  return utf8.includes("\ufffd") ? latin1 : utf8;
}

function timeout({ peer, answerMs }: AnswerLimits, what: string): AgentError {
  return new AgentError("ACS_TIMEOUT", `${peer}: ${what} within ${answerMs / 1000} s`);
}

function tooLarge({ peer, maxAnswerBytes }: AnswerLimits): AgentError {
  return new AgentError(
    "ACS_MESSAGE_TOO_LARGE",
    `${peer}: its answer is larger than the limit of ${maxAnswerBytes} bytes`,
  );
}
