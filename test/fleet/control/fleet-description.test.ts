import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { FLEET_SCHEMAS } from "../../../src/control/fleet/fleet-schemas.ts";
import { acsOfFleet, controlledFleet } from "../../helpers/running-fleet.ts";
import { until } from "../../helpers/transport.ts";

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, { schema: object }>> }>>;
}

test("the API of a fleet is described, what it answers is as described, and each phone describes its own", async (t) => {
  const acs = await acsOfFleet(t);
  const { ask, fleet } = await controlledFleet(t, {
    acs: acs.url,
    groups: [{ count: 3 }],
    scenarios: [{ kind: "rebootStorm", atSeconds: 100_000 }],
    misbehaviour: [{ fault: "clockSkew", sharePercent: 1 }],
  });
  await until(() => fleet.figures.counts().reached === 3);
  const { answer } = await ask("GET", "/openapi.json");
  const paths = answer.paths as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => `${operationId} ${method} ${path}`),
  );
  assert.deepEqual(described.toSorted(), [
    "addPhones post /add",
    "changeScenario patch /scenarios/{number}",
    "getDescription get /openapi.json",
    "getFleet get /fleet",
    "getPhone get /phones/{phone}",
    "getPhones get /phones",
    "pausePhones post /pause",
    "rebootPhones post /reboot",
    "removePhones post /remove",
    "resumePhones post /resume",
  ]);
  const samples = [
    ["get", "/fleet", "/fleet", undefined],
    ["get", "/phones", "/phones?state=idle&size=2", undefined],
    ["get", "/phones/{phone}", "/phones/phones-000001", undefined],
    ["post", "/pause", "/pause", { all: true }],
    ["post", "/resume", "/resume", { groups: ["phones"], sharePercent: 100 }],
    ["patch", "/scenarios/{number}", "/scenarios/1", { rate: 2 }],
    ["post", "/reboot", "/reboot", { phones: ["phones-000001"] }],
    ["post", "/add", "/add", { group: "phones", count: 1 }],
    ["post", "/remove", "/remove", { phones: ["phones-000004"] }],
  ] as const;
  for (const [method, path, asked, body] of samples) {
    const { status, answer: said } = await ask(method.toUpperCase(), asked, body);
    const schema = paths[path]?.[method]?.responses[status]?.content["application/json"]?.schema;
    const name = String((schema as { $ref?: string } | undefined)?.$ref).replace("#/components/schemas/", "");
    const { schemas } = answer.components as { readonly schemas: Readonly<Record<string, object>> };
    const found = schemas[name] ?? assert.fail(`${method} ${asked}: ${name}`);
    z.fromJSONSchema(found as Parameters<typeof z.fromJSONSchema>[0]).parse(said);
    assert.ok(name in FLEET_SCHEMAS, name);
  }
  const own = await ask("GET", "/phones/phones-000001/openapi.json");
  assert.ok("/sessions/{session}" in (own.answer.paths as object));
});
