import * as z from "zod";
import { type ProblemCode, statusOf } from "./problem.ts";
import { isList, type Route } from "./route.ts";
import { NAMED_SCHEMAS } from "./schemas.ts";

export const DESCRIPTION_PATH = "/openapi.json";

/** The errors of every operation. */
const ALWAYS: readonly ProblemCode[] = ["INTERNAL", "PHONE", "PHONE_DOWN"];
const WITH_INPUT: readonly ProblemCode[] = ["BAD_REQUEST"];
const WITH_BODY: readonly ProblemCode[] = ["CONTENT_TYPE", "TOO_LARGE"];

export interface ApiAbout {
  readonly version: string;
  readonly description: string;
  /** By the names that the description gives them. */
  readonly schemas: Readonly<Record<string, z.ZodType>>;
}

export const SINGLE_PHONE: Omit<ApiAbout, "version"> = {
  description: "The state of a running agent, and changes that count as made at the phone.",
  schemas: NAMED_SCHEMAS,
};

/** The API in the words of OpenAPI 3.1, made of the very table that it is served from. */
export function describeApi(routes: readonly Route[], { version, description, schemas }: ApiAbout): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operation(route, schemas) };
  paths[DESCRIPTION_PATH] = { get: ownOperation() };
  return {
    openapi: "3.1.0",
    info: { title: "akuvox-cpe", version, description },
    paths,
    components: { schemas: Object.fromEntries(Object.entries(schemas).map(([name, of]) => [name, asJson(of)])) },
  };
}

function operation(route: Route, schemas: ApiAbout["schemas"]): object {
  const { id, summary, params, query, body, answer } = route;
  const parameters = [...parametersOf(params, "path"), ...parametersOf(query, "query")];
  return {
    operationId: id,
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === null
      ? {}
      : { requestBody: { required: true, content: { [body.type]: { schema: bodySchema(body, schemas) } } } }),
    responses: {
      [answer.status]: {
        description: answer.description,
        content: { [answer.type]: { schema: reference(answer.schema, schemas) } },
      },
      ...problemResponses(route),
    },
  };
}

function ownOperation(): object {
  const content = { "application/json": { schema: { type: "object" } } };
  const responses = { 200: { description: "OpenAPI 3.1", content } };
  return { operationId: "getDescription", summary: "This description", responses };
}

function parametersOf({ shape }: z.ZodObject, where: "path" | "query"): readonly object[] {
  return Object.entries(shape).map(([name, schema]) => {
    const { description, ...rest } = asJson(schema as z.ZodType);
    return {
      name,
      in: where,
      ...(description === undefined ? {} : { description }),
      required: where === "path",
      schema: rest,
      ...(isList(schema) ? { style: "form", explode: true } : {}),
    };
  });
}

function bodySchema({ type, schema }: NonNullable<Route["body"]>, schemas: ApiAbout["schemas"]): object {
  return type === "application/json" ? reference(schema, schemas) : {};
}

function problemResponses({ problems, params, query, body }: Route): Record<string, object> {
  const hasInput = body !== null || Object.keys({ ...params.shape, ...query.shape }).length > 0;
  const codes = [...problems, ...(hasInput ? WITH_INPUT : []), ...(body === null ? [] : WITH_BODY), ...ALWAYS];
  const responses: Record<string, object> = {};
  for (const status of new Set(codes.map(statusOf))) {
    const description = codes.filter((code) => statusOf(code) === status).join(", ");
    responses[status] = { description, content: { "application/json": { schema: REFERENCE("Problem") } } };
  }
  return responses;
}

const REFERENCE = (name: string): object => ({ $ref: `#/components/schemas/${name}` });

function reference(schema: z.ZodType, schemas: ApiAbout["schemas"]): object {
  const found = Object.entries(schemas).find(([, of]) => of === schema);
  return found === undefined ? asJson(schema) : REFERENCE(found[0]);
}

function asJson(schema: z.ZodType): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input", target: "draft-2020-12" });
  return rest;
}
