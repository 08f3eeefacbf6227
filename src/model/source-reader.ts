import { ENCODINGS, type EncodingSpec, naturalEncodingName } from "./encodings.ts";
import { isKeyTemplate, type KeyKind, tablesOfKey } from "./key-template.ts";
import type { Fields, Spot } from "./model-file.ts";
import type { Draft, Scope } from "./scope.ts";
import type { Shape } from "./shape-reader.ts";
import type { AgentValue, ParameterSource } from "./types.ts";

export const SOURCE_FIELDS = ["config", "encoding", "agent", "live", "action", "constant", "entries"] as const;

export const AGENT_VALUES: readonly AgentValue[] = [
  "manufacturer",
  "oui",
  "modelName",
  "productClass",
  "serialNumber",
  "accounts",
  "parameterKey",
  "connectionRequestUrl",
  "natDetected",
  "udpConnectionRequestAddress",
  "xmppStatus",
  "xmppJabberId",
  "xmppTlsEstablished",
  "xmppConnectionRequestJabberId",
  "stored",
];

/** Together with these, `live` is the fallback; alone, `live` (or `action`) is the source. */
const PRIMARY_SOURCES = ["config", "agent", "constant", "entries"] as const;

interface Declared {
  readonly scope: Scope;
  readonly draft: Draft;
  readonly fields: Fields;
  readonly shape: Shape;
  readonly writable: boolean;
  readonly defaults: readonly string[];
}

/** Null if the parameter has no source. */
export function readSource(declared: Declared): ParameterSource | null {
  const { scope, fields } = declared;
  const named = PRIMARY_SOURCES.filter((name) => fields.has(name));
  if (named.length > 1) {
    scope.file.report(
      fields.at(named[1] ?? ""),
      "SEVERAL_SOURCES",
      `${named.join(" and ")} exclude each other; keep one`,
    );
    return null;
  }
  if (named[0] !== "config" && fields.has("encoding")) {
    scope.file.report(fields.at("encoding"), "BAD_FACET", "encoding goes with config");
  }
  if (named[0] !== undefined && fields.has("action")) {
    scope.file.report(fields.at("action"), "SEVERAL_SOURCES", `action goes with live, not with ${named[0]}`);
  }
  switch (named[0]) {
    case "config":
      return configSource(declared);
    case "agent":
      return agentSource(declared);
    case "constant":
      refuseWrite(declared, "constant");
      return { kind: "constant", values: declared.defaults };
    case "entries":
      return entriesSource(declared);
    default:
      return liveSource(declared);
  }
}

function refuseWrite({ scope, fields, writable }: Declared, source: string): void {
  if (writable) scope.file.report(fields.at("access"), "NOT_WRITABLE", `a parameter from ${source} is access: r`);
}

function agentSource(declared: Declared): ParameterSource {
  const value = declared.fields.word("agent", AGENT_VALUES, "stored");
  if (value !== "stored") refuseWrite(declared, `agent: ${value}`);
  return { kind: "agent", value, fallback: key(declared, "live", "Status") };
}

function entriesSource(declared: Declared): ParameterSource {
  const { scope, draft, fields } = declared;
  refuseWrite(declared, "entries");
  const table = `${scope.object}${fields.required("entries") ?? ""}.`;
  draft.later.push(() => {
    if (draft.tables.has(table) || draft.aliases.has(table)) return;
    scope.file.report(
      fields.at("entries"),
      "UNKNOWN_TABLE",
      `entries counts a table beside it, but there is no ${table}`,
    );
  });
  return { kind: "entries", table };
}

/** A parameter that only triggers something has no live key of its own: its action key stands for it and never answers. */
function liveSource(declared: Declared): ParameterSource | null {
  const { scope, fields, writable } = declared;
  const live = key(declared, "live", "Status");
  const action = key(declared, "action", "Action");
  if (!fields.has("live") && !fields.has("action")) {
    scope.file.report(fields.node, "NO_SOURCE", "name the source: config, live, agent, constant or entries");
  } else if (writable && action === null) {
    refuseWrite(declared, "live without an action");
  }
  const read = live ?? action;
  return read === null ? null : { kind: "live", key: read, action };
}

function configSource(declared: Declared): ParameterSource | null {
  const { scope, fields, shape } = declared;
  const keys = fields.texts("config");
  const live = key(declared, "live", "Status");
  const name = fields.text("encoding") ?? naturalEncodingName(shape.type);
  const spec = Object.hasOwn(ENCODINGS, name) ? ENCODINGS[name] : undefined;
  if (spec === undefined) {
    const known = Object.keys(ENCODINGS).join(", ");
    scope.file.report(fields.at("encoding"), "UNKNOWN_ENCODING", `there is no encoding ${name}; known are ${known}`);
  }
  for (const spot of keys ?? []) checkKey(declared, spot, "Config");
  if (spec === undefined || keys === null) return null;
  checkEncoding(declared, name, spec, keys);
  return {
    kind: "config",
    keys: keys.map(({ text }) => text),
    encoding: spec.make({ type: shape.type }),
    live,
  };
}

function checkEncoding(declared: Declared, name: string, spec: EncodingSpec, keys: readonly Spot[]): void {
  const { scope, fields, shape } = declared;
  const { minimum, maximum } = spec.keyCount;
  if (keys.length < minimum || keys.length > maximum) {
    const wanted = minimum === maximum ? `${minimum}` : `${minimum} to ${maximum}`;
    const message = `encoding ${name} works on ${wanted} key${maximum === 1 ? "" : "s"}, not on ${keys.length}`;
    scope.file.report(fields.at("config"), "KEY_COUNT", message);
  }
  if (!spec.types.includes(shape.type)) {
    scope.file.report(fields.at("encoding"), "ENCODING_TYPE", `encoding ${name} is for ${spec.types.join(", ")}`);
  }
  if (spec.readOnly) refuseWrite(declared, `encoding ${name}`);
}

function key(declared: Declared, field: "live" | "action", kind: KeyKind): string | null {
  const text = declared.fields.text(field);
  if (text === null) return null;
  checkKey(declared, { text, node: declared.fields.at(field) }, kind);
  return text;
}

function checkKey({ scope, writable }: Declared, { text, node }: Spot, kind: KeyKind): void {
  if (!isKeyTemplate(text, kind)) {
    const shape = kind === "Config" ? "Config.<File>.<SECTION>.<Item>" : `${kind}.<…>`;
    scope.file.report(node, "BAD_KEY", `${text} is not of the form ${shape}`);
    return;
  }
  const around = scope.tables.map(({ name }) => name);
  for (const table of tablesOfKey(text).filter((name) => !around.includes(name))) {
    const known = around.length === 0 ? "there are none" : `there are ${around.join(", ")}`;
    scope.file.report(node, "UNKNOWN_TABLE", `{${table}} is not a table around this parameter; ${known}`);
  }
  if (kind !== "Config" || !writable) return;
  const many = scope.tables.filter(({ rows }) => rows.kind !== "fixed" || rows.count > 1);
  const forgotten = many.find(({ name }) => !tablesOfKey(text).includes(name));
  if (forgotten !== undefined) {
    scope.file.report(
      node,
      "KEY_SHARED_BY_ROWS",
      `every row of ${forgotten.name} would write ${text}: put {${forgotten.name}} into it`,
    );
  }
}
