import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { type ApiUnderTest, createApiUnderTest, observeSession } from "../helpers/api-under-test.ts";

type Schema = Parameters<typeof z.fromJSONSchema>[0];
type Content = Readonly<Record<string, { readonly schema: Schema }>>;

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content: Content }>>;
}

interface Description {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

async function describedApi(): Promise<{ readonly tested: ApiUnderTest; readonly description: Description }> {
  const tested = await createApiUnderTest();
  observeSession(tested.sessions, 1);
  const { status, answer } = await tested.ask("GET", "/openapi.json");
  assert.equal(status, 200);
  return { tested, description: answer as unknown as Description };
}

/** Named schemas put in their places. */
function checker({ components }: Description, schema: Schema): z.ZodType {
  const resolve = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(resolve);
    if (typeof part !== "object" || part === null) return part;
    const { $ref } = part as { $ref?: string };
    if ($ref === undefined)
      return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, resolve(value)]));
    const name = $ref.replace("#/components/schemas/", "");
    assert.ok(name in components.schemas, $ref);
    return resolve(components.schemas[name]);
  };
  return z.fromJSONSchema(resolve(schema) as Schema);
}

interface Sample {
  readonly path: string;
  readonly body?: object | string;
  readonly status: number;
}

/** At least one good request for each operation, and one that each refusal is the answer to. */
const SAMPLES: Readonly<Record<string, readonly Sample[]>> = {
  getDescription: [{ path: "/openapi.json", status: 200 }],
  getStatus: [{ path: "/status", status: 200 }],
  getParameters: [
    { path: "/parameters", status: 200 },
    { path: "/parameters?path=Device.LAN.&path=Device.DeviceInfo.UpTime", status: 200 },
    { path: "/parameters?path=Device.Nothing", status: 404 },
    { path: "/parameters?path=", status: 400 },
  ],
  setParameters: [
    { path: "/parameters", body: { values: { "Device.ManagementServer.Username": "you" } }, status: 200 },
    { path: "/parameters", body: { values: { "Device.DeviceInfo.UpTime": "1" } }, status: 422 },
    { path: "/parameters", body: {}, status: 400 },
    { path: "/parameters", body: "x", status: 415 },
  ],
  inform: [
    { path: "/inform", body: {}, status: 200 },
    { path: "/inform", body: { event: "1 BOOT", wait: true }, status: 200 },
    { path: "/inform", body: { event: "x" }, status: 400 },
  ],
  getTransfers: [{ path: "/transfers", status: 200 }],
  getSipMessages: [{ path: "/sip-messages", status: 200 }],
  getSessions: [{ path: "/sessions", status: 200 }],
  getSession: [
    { path: "/sessions/1", status: 200 },
    { path: "/sessions/7", status: 404 },
  ],
  getMessage: [
    { path: "/sessions/1/messages/1", status: 200 },
    { path: "/sessions/1/messages/0", status: 404 },
  ],
  followSessions: [{ path: "/sessions/stream", status: 200 }],
  applyAutop: [
    { path: "/autop?name=a.cfg", body: "Config.Account1.GENERAL.UserName = 1001\n", status: 200 },
    { path: "/autop", body: "hush", status: 422 },
    { path: "/autop", body: {}, status: 415 },
  ],
  exportAutop: [
    { path: "/autop", status: 200 },
    { path: "/autop?passwords=perhaps", status: 400 },
  ],
  call: [
    { path: "/call", body: { number: "1002" }, status: 409 },
    { path: "/call", body: { number: "<sip:x>" }, status: 400 },
  ],
  hangUp: [{ path: "/hang-up", body: {}, status: 409 }],
  reboot: [
    { path: "/reboot", body: { now: true }, status: 400 },
    { path: "/reboot", body: {}, status: 202 },
  ],
  factoryReset: [{ path: "/factory-reset", body: {}, status: 202 }],
};

function operations({ paths }: Description): readonly (readonly [string, string, Operation])[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [path, method, operation] as const),
  );
}

describe("the description of the API", () => {
  test("describes every route that is served, and no other", async () => {
    const { tested, description } = await describedApi();
    const served = tested.api.routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, "{$1}")}`);
    const described = operations(description).map(([path, method]) => `${method} ${path}`);
    assert.deepEqual(described.toSorted(), served.toSorted());
    assert.equal(description.openapi, "3.1.0");
    assert.deepEqual(
      operations(description)
        .map(([, , { operationId }]) => operationId)
        .toSorted(),
      Object.keys(SAMPLES).toSorted(),
      "each operation has a sample here",
    );
  });

  for (const [id, samples] of Object.entries(SAMPLES)) {
    for (const [at, sample] of samples.entries()) {
      test(`${id}, sample ${at + 1}: the request and the answer ${sample.status} are as described`, async () => {
        const { tested, description } = await describedApi();
        const found = operations(description).find(([, , operation]) => operation.operationId === id);
        const [path, method, operation] = found ?? assert.fail(id);
        checkRequest(description, path, operation, sample);
        const response = await send(tested, method, sample);
        assert.equal(response.status, sample.status);
        await checkAnswer(description, operation, response);
      });
    }
  }

  test("a description that does not fit is noticed", async () => {
    const { tested, description } = await describedApi();
    const [, , operation] = operations(description).find(([path]) => path === "/status") ?? assert.fail();
    const response = await tested.api.request("/transfers");
    await assert.rejects(checkAnswer(description, operation, response));
  });
});

function checkRequest(description: Description, path: string, operation: Operation, sample: Sample): void {
  const { pathname, searchParams } = new URL(sample.path, "http://agent");
  assert.match(pathname, new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`));
  const fits = [...searchParams.keys()].map((name) => {
    const known = operation.parameters?.find((parameter) => parameter.name === name && parameter.in === "query");
    const { schema } = known ?? assert.fail(`${name} is not described`);
    const value =
      schema === true || schema === false || schema.type !== "array"
        ? searchParams.get(name)
        : searchParams.getAll(name);
    return checker(description, schema).safeParse(value).success;
  });
  const content = operation.requestBody?.content["application/json"];
  if (typeof sample.body === "object" && content !== undefined) {
    fits.push(checker(description, content.schema).safeParse(sample.body).success);
  }
  assert.equal(fits.every(Boolean), sample.status !== 400, "what is described is taken, what is not is refused");
}

function send({ api }: ApiUnderTest, method: string, { path, body }: Sample): Response | Promise<Response> {
  if (body === undefined) return api.request(path);
  const isFile = typeof body === "string";
  const headers = { "Content-Type": isFile ? "application/octet-stream" : "application/json" };
  return api.request(path, { method: method.toUpperCase(), headers, body: isFile ? body : JSON.stringify(body) });
}

async function checkAnswer(description: Description, operation: Operation, response: Response): Promise<void> {
  const [type = ""] = (response.headers.get("Content-Type") ?? "").split(";");
  const { content } = operation.responses[response.status] ?? assert.fail(`${response.status} is not described`);
  const { schema } = content[type] ?? assert.fail(`${type} is not described`);
  if (type === "text/event-stream") {
    await response.body?.cancel();
    return;
  }
  const text = await response.text();
  checker(description, schema).parse(type === "application/json" ? JSON.parse(text) : text);
}
