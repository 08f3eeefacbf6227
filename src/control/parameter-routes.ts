import type { Agent } from "../agent/agent.ts";
import type { LocalControl, ParameterView } from "../agent/local/local-control.ts";
import { CwmpFault } from "../cwmp/errors.ts";
import { MASK, maskUrls } from "../cwmp/mask.ts";
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
    for (const parameter of await local.parameters(path)) found.set(parameter.path, shown(parameter));
  }
  return [...found.values()];
}

function shown(parameter: ParameterView): ParameterView {
  return { ...parameter, value: maskUrls(parameter.value) };
}

async function setValues(local: LocalControl, values: ReadonlyMap<string, string>): Promise<object> {
  const before = await known(local, [...values.keys()]);
  const meant = withoutMasked(values, before);
  const applied = meant.size === 0 ? "applied" : await local.setValues(meant);
  const after = new Map((await known(local, [...values.keys()])).map(({ path, value }) => [path, maskUrls(value)]));
  return {
    applied,
    changes: before.map(({ path, hidden, value }) => ({
      path,
      hidden,
      before: maskUrls(value),
      after: after.get(path) ?? "",
    })),
  };
}

/** A masked value that is sent back unchanged must not overwrite the secret; a new value is sent in full. */
function withoutMasked(
  values: ReadonlyMap<string, string>,
  current: readonly ParameterView[],
): ReadonlyMap<string, string> {
  const masked = new Map(current.map(({ path, hidden, value }) => [path, hidden ? MASK : maskUrls(value)]));
  const secrets = new Set(current.flatMap(({ path, value }) => (masked.get(path) === value ? [] : [path])));
  const meant = [...values].filter(([path, value]) => !(secrets.has(path) && value === masked.get(path)));
  const parameterFaults = meant
    .filter(([path, value]) => secrets.has(path) && value.includes(MASK))
    .map(([parameterName]) => ({ parameterName, faultCode: 9007 as const, faultString: WRITE_ANEW }));
  if (parameterFaults.length > 0) throw new CwmpFault(9003, undefined, { parameterFaults });
  return new Map(meant);
}

const WRITE_ANEW = `must be typed again: ${MASK} stands for the secret that is set`;

/** What there is of them: a path that is not there gets its fault when it is set, with those of all the others. */
async function known(local: LocalControl, paths: readonly string[]): Promise<readonly ParameterView[]> {
  const views = await Promise.all(paths.map((path) => local.parameters(path).catch(noneIfUnknown)));
  return views.flat();
}

function noneIfUnknown(error: unknown): readonly ParameterView[] {
  if (error instanceof CwmpFault && error.faultCode === 9005) return [];
  throw error;
}
