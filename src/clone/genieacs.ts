import { type DumpBuilder, ROOTS } from "./dump.ts";
import { type JsonNode, readJson } from "./json-text.ts";

type JsonObject = Extract<JsonNode, { kind: "object" }>;

/** Fields of the ACS about a device beside its parameters. */
const OF_THE_ACS = /^(?:_.*|DeviceID|Events|Tags|Reboot|FactoryReset|Downloads|VirtualParameters)$/;

/** Fields that describe a node, or when it was read. */
const OF_A_NODE = /^_[a-z]/i;

/**
 * A device as the NBI of GenieACS answers it: nested objects whose `_value`, `_type`, `_writable`, `_object` describe them. Of
 * several devices in a list the first is taken. Throws JsonProblem for a text that is not JSON.
 */
export function readGenieAcs(text: string, dump: DumpBuilder): void {
  const device = deviceOf(readJson(text), dump);
  if (device === null) return;
  const work: { readonly node: JsonObject; readonly path: string }[] = [];
  for (const { name, at, value } of device.members) {
    if (value.kind === "object" && ROOTS.some((root) => root === name)) work.push({ node: value, path: name });
    else if (!OF_THE_ACS.test(name))
      dump.findings.add(at, "UNKNOWN_ROOT", `${name} is not below ${ROOTS.join(" or ")}`);
    else if (name === "VirtualParameters")
      dump.findings.add(at, "NOT_OF_THE_DEVICE", `${name} belong to the ACS, not to the device`);
  }
  for (let next = work.pop(); next !== undefined; next = work.pop()) addNode(next, dump, work);
}

function deviceOf(node: JsonNode, { findings }: DumpBuilder): JsonObject | null {
  const device = node.kind === "array" ? (node.items[0] ?? node) : node;
  if (node.kind === "array" && node.items.length > 1)
    findings.add(node.items[1]?.at ?? 0, "SEVERAL_DEVICES", "the file has several devices: the first is taken");
  if (device.kind === "object") return device;
  findings.add(device.at, "NOT_A_DUMP", "a device is a JSON object");
  return null;
}

function addNode(
  { node, path }: { readonly node: JsonObject; readonly path: string },
  dump: DumpBuilder,
  work: { readonly node: JsonObject; readonly path: string }[],
): void {
  const field = (name: string): JsonNode | undefined => node.members.find((member) => member.name === name)?.value;
  const children = node.members.filter(({ name }) => !OF_A_NODE.test(name));
  const isObject = children.length > 0 || wordOf(field("_object")) === true;
  const writable = wordOf(field("_writable"));
  if (isObject) dump.object(path, node.at, writable);
  else {
    const type = field("_type");
    const facts = {
      writable,
      type: type?.kind === "string" ? type.text : null,
      value: dumpedValue(field("_value"), path, dump),
    };
    dump.parameter(path, node.at, facts);
  }
  for (const { name, at, value } of children.toReversed()) {
    const below = `${path}.${name}`;
    if (value.kind === "object") work.push({ node: value, path: below });
    else dump.findings.add(at, "WRONG_TYPE", `${below} must be an object with _value or with parameters`);
  }
}

function wordOf(node: JsonNode | undefined): boolean | null {
  return node?.kind === "word" && node.text !== "null" ? node.text === "true" : null;
}

function dumpedValue(node: JsonNode | undefined, path: string, { findings }: DumpBuilder): string | null {
  if (node === undefined || (node.kind === "word" && node.text === "null")) return null;
  if (node.kind !== "object" && node.kind !== "array") return node.text;
  findings.add(node.at, "WRONG_TYPE", `${path}: its _value must be a text, a number, true or false`);
  return null;
}
