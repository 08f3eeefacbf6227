import { parseConfigurationFile } from "../../autop/configuration-file.ts";
import { valueRefusal } from "../../autop/document.ts";
import { maskUrls } from "../../cwmp/mask.ts";
import { inFileOrder } from "../../model/key-order.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { Backend, BackendKey } from "../../ports/backend.ts";
import type { Identity } from "../core/config.ts";
import { AUTOP_KEYS, OWN_KEYS, ownKeyProblem } from "./own-keys.ts";

export interface ExportOptions {
  readonly tree: ParameterTree;
  readonly backend: Backend;
  readonly identity: Identity;
  /** Whether to include secrets; otherwise a comment replaces them. */
  readonly passwords: boolean;
}

type Settings = ReadonlyMap<BackendKey, string>;

const WHOLE_FILE = "1 Vendor Configuration File";
/** Names of secrets among the firmware's own settings, which the data model lacks. */
const SECRET_ITEM = /pass|pwd|secret|token|key|_ki$|_opc?$/i;

/**
 * The phone's settings in AutoP form, in the order of the phone's own template. Applied to the same phone it changes
 * nothing. A value that the data model refuses is left out, with a comment.
 */
export async function exportConfiguration({ tree, backend, identity, passwords }: ExportOptions): Promise<string> {
  const all = await readAll(tree, backend);
  const refused = await refusedKeys(all, tree);
  const isSecretKey = secretKeys(tree);
  const isSecret = (key: BackendKey, text: string): boolean =>
    !passwords && (isSecretKey(key) || maskUrls(text) !== text);
  const lines: string[] = [];
  let file = "";
  for (const key of inFileOrder(all.keys())) {
    const [, next = ""] = key.split(".", 2);
    if (next.toLowerCase() !== file) lines.push("");
    file = next.toLowerCase();
    const text = all.get(key) ?? "";
    lines.push(lineFor(key, text, refused.has(key), isSecret(key, text)));
  }
  return [...header(identity, passwords), ...lines, ""].join("\n");
}

function header({ modelName, serialNumber }: Identity, passwords: boolean): readonly string[] {
  return [
    `# All settings of ${modelName} ${serialNumber}, one per line: Config.<File>.<SECTION>.<Item> = <value>`,
    passwords
      ? "# This file holds passwords: keep it safe."
      : "# The passwords are left out: applying this file does not change them.",
  ];
}

function lineFor(key: BackendKey, text: string, isRefused: boolean, isSecret: boolean): string {
  if (isRefused) return `# Left out, because its value would be refused: ${key}`;
  if (isSecret) return `# Left out, because it is a password: ${key}`;
  return text === "" ? `${key} =` : `${key} = ${text}`;
}

/** Settings of the data model and of the agent, then the rest of the phone's file, if the backend provides it. */
async function readAll(tree: ParameterTree, backend: Backend): Promise<Settings> {
  const known = [...new Set([...tree.layout.refs.flatMap(({ configKeys }) => configKeys), ...OWN_KEYS])];
  const current = await tree.readKeys(known);
  const settings = new Map(known.flatMap((key) => entryOf(key, current.get(key))));
  if (backend.files?.produces.includes(WHOLE_FILE) !== true) return settings;
  const names = new Set(known.map((key) => key.toLowerCase()));
  for (const [key, text] of await readFirmwareSettings(backend)) {
    if (!names.has(key.toLowerCase())) settings.set(key, text);
  }
  return settings;
}

async function readFirmwareSettings(backend: Backend): Promise<Settings> {
  const bytes = await backend.files?.produce(WHOLE_FILE);
  // A hand-edited file may hold lines that are not settings: like the phone we skip them.
  return bytes === undefined ? new Map() : parseConfigurationFile(bytes).settings;
}

function entryOf(key: BackendKey, text: string | undefined): readonly (readonly [BackendKey, string])[] {
  return text === undefined ? [] : [[key, text]];
}

/** Removed one by one: a value that breaks a rule together with others may be valid without them. */
async function refusedKeys(settings: Settings, tree: ParameterTree): Promise<ReadonlySet<BackendKey>> {
  const unfit = ([key, text]: [BackendKey, string]) => ownKeyProblem(key, text) !== null || valueRefusal(text) !== null;
  const refused = new Set<BackendKey>([...settings].flatMap((entry) => (unfit(entry) ? [entry[0]] : [])));
  for (;;) {
    const rest = new Map([...settings].filter(([key]) => !refused.has(key)));
    const faults = await tree.checkSettings(rest);
    const before = refused.size;
    for (const { parameterName } of faults) for (const key of keysOf(parameterName, tree)) refused.add(key);
    if (refused.size === before) return refused;
  }
}

/** All keys of the parameters that one key is a part of. */
function keysOf(key: BackendKey, { layout }: ParameterTree): readonly BackendKey[] {
  return [key, ...layout.byKey(key).flatMap(({ configKeys }) => configKeys)];
}

function secretKeys({ layout }: ParameterTree): (key: BackendKey) => boolean {
  const hidden = new Set(layout.refs.flatMap(({ def, configKeys }) => (def.hidden ? configKeys : [])));
  const known = new Set([...layout.refs.flatMap(({ configKeys }) => configKeys), ...OWN_KEYS]);
  return (key) =>
    hidden.has(key) ||
    key === AUTOP_KEYS.password ||
    (!known.has(key) && SECRET_ITEM.test(key.slice(key.lastIndexOf(".") + 1)));
}
