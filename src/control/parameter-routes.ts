import type { Agent } from "../agent/agent.ts";
import type { LocalControl, ParameterView } from "../agent/local-control.ts";
import { CwmpFault } from "../cwmp/errors.ts";
import { JSON_TYPE, type Route, route } from "./route.ts";
import { CHANGED, CHANGES, PARAMETERS, PARAMETERS_QUERY } from "./schemas.ts";

export function parameterRoutes({ local }: Agent): readonly Route[] {
  return [
    route({
      method: "get",
      path: "/parameters",
      id: "getParameters",
      summary: "Parameters with their values; passwords read as empty",
      query: PARAMETERS_QUERY,
      answer: { status: 200, type: JSON_TYPE, schema: PARAMETERS, description: "Each once, in the order of the tree" },
      problems: ["UNKNOWN_PATH"],
      handle: async ({ query }) => ({ parameters: await view(local, query.path) }),
    }),
    route({
      method: "patch",
      path: "/parameters",
      id: "setParameters",
      summary: "Set parameters, as if at the phone: all, or none",
      json: CHANGES,
      answer: { status: 200, type: JSON_TYPE, schema: CHANGED, description: "They are set, durably" },
      problems: ["FAULT", "REFUSED"],
      handle: async ({ body }) => setValues(local, new Map(Object.entries(body.values))),
    }),
  ];
}

async function view(local: LocalControl, paths: readonly string[]): Promise<readonly ParameterView[]> {
  const found = new Map<string, ParameterView>();
  for (const path of new Set(paths)) {
    for (const parameter of await local.parameters(path)) found.set(parameter.path, parameter);
  }
  return [...found.values()];
}

async function setValues(local: LocalControl, values: ReadonlyMap<string, string>): Promise<object> {
  const before = await known(local, [...values.keys()]);
  const applied = await local.setValues(values);
  const after = new Map((await known(local, [...values.keys()])).map((parameter) => [parameter.path, parameter.value]));
  return {
    applied,
    changes: before.map(({ path, hidden, value }) => ({ path, hidden, before: value, after: after.get(path) ?? "" })),
  };
}

/** What there is of them: a path that is not there gets its fault when it is set, with those of all the others. */
async function known(local: LocalControl, paths: readonly string[]): Promise<readonly ParameterView[]> {
  const views = await Promise.all(paths.map((path) => local.parameters(path).catch(noneIfUnknown)));
  return views.flat();
}

function noneIfUnknown(error: unknown): readonly ParameterView[] {
  if (error instanceof CwmpFault && error.faultCode === 9005) return [];
  throw error;
}
