import * as z from "zod";
import { ApiError, type ProblemCode } from "./problem.ts";
import { NOTHING } from "./schemas.ts";

export const JSON_TYPE = "application/json";
/** Not text/plain: a form of another site may send that. */
export const FILE_TYPE = "application/octet-stream";

/** A request as it came in, nothing of it checked. */
export interface RawRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, readonly string[]>>;
  readonly body: Uint8Array;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}

/** One operation of the API: what the application serves and the description describes. */
export interface Route {
  readonly method: "get" | "post" | "patch";
  /** Such as `/sessions/{session}`. */
  readonly path: string;
  /** Name of the operation. */
  readonly id: string;
  readonly summary: string;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  /** Null: the request has no body. */
  readonly body: { readonly type: typeof JSON_TYPE | typeof FILE_TYPE; readonly schema: z.ZodType } | null;
  readonly answer: RouteAnswer;
  /** Beside those that every operation can end with. */
  readonly problems: readonly ProblemCode[];
  /** The answer: JSON, a text, or a stream, as `answer` says. Throws the errors that `problemOf` handles. */
  run(request: RawRequest): Promise<unknown>;
}

export interface RouteAnswer {
  readonly status: 200 | 202;
  readonly type: typeof JSON_TYPE | "text/plain" | "text/event-stream";
  /** Of JSON, or of the data of one event. */
  readonly schema: z.ZodType;
  readonly description: string;
}

interface Checked<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> {
  readonly params: z.output<P>;
  readonly query: z.output<Q>;
  readonly body: z.output<B>;
  readonly file: Uint8Array;
  readonly signal: AbortSignal;
}

interface Spec<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType>
  extends Pick<Route, "method" | "path" | "id" | "summary" | "answer"> {
  readonly params?: P;
  readonly query?: Q;
  readonly json?: B;
  /** The body is a file. */
  readonly file?: true;
  readonly problems?: readonly ProblemCode[];
  handle(input: Checked<P, Q, B>): Promise<unknown>;
}

export function route<
  P extends z.ZodObject = typeof NOTHING,
  Q extends z.ZodObject = typeof NOTHING,
  B extends z.ZodType = typeof NOTHING,
>(spec: Spec<P, Q, B>): Route {
  const { method, path, id, summary, answer, json, file, problems = [], handle } = spec;
  const { params = NOTHING as z.ZodObject as P, query = NOTHING as z.ZodObject as Q } = spec;
  const schema = json ?? (NOTHING as z.ZodType as B);
  return {
    ...{ method, path, id, summary, answer, problems, params, query },
    body:
      file === true ? { type: FILE_TYPE, schema: z.string() } : json === undefined ? null : { type: JSON_TYPE, schema },
    run: async (raw) =>
      handle({
        params: checked(params, raw.params, "path"),
        query: checked(query, plainQuery(query, raw.query), "query"),
        body: checked(schema, json === undefined ? {} : parseJson(raw.body), "body"),
        file: raw.body,
        signal: raw.signal,
      }),
  };
}

/** A list stays one; anything else that was said once is a text. */
function plainQuery({ shape }: z.ZodObject, query: RawRequest["query"]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(query).map(([name, values]) => {
      const schema: unknown = Object.hasOwn(shape, name) ? shape[name] : undefined;
      return [name, isList(schema) || values.length !== 1 ? values : values[0]];
    }),
  );
}

/** Whether a query parameter may be said again. */
export function isList(schema: unknown): boolean {
  if (schema instanceof z.ZodDefault) return isList(schema.unwrap());
  return schema instanceof z.ZodArray;
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body), refusePrototype);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError("BAD_REQUEST", "the body is no JSON in UTF-8");
  }
}

/** The schemas leave such a name out without a word, and the rest would be done as if it had not been there. */
function refusePrototype(name: string, value: unknown): unknown {
  if (name === "__proto__") throw new ApiError("BAD_REQUEST", "the body has the name __proto__, which is not allowed");
  return value;
}

function checked<T extends z.ZodType>(schema: T, value: unknown, where: string): z.output<T> {
  const result = schema.safeParse(value, { jitless: true });
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${[where, ...issue.path].join(" ")}: ${issue.message}`);
  throw new ApiError("BAD_REQUEST", problems.slice(0, 5).join("; ").slice(0, 1000));
}
