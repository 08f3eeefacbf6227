import assert from "node:assert/strict";
import { basename } from "node:path";
import { test } from "node:test";
import { loadPlugIn } from "../../../src/backends/plugin/load-plug-in.ts";
import { brokenModule, contextOf, WHOLE, writeModule } from "./modules.ts";

const hardware = (text: string) => `export const createBackend = () => ({ hardware: ${text} });`;

/** What is wrong → the beginning of what its author reads. */
const WRONG: Readonly<Record<string, readonly [module: string, code: string, message: string | RegExp]>> = {
  "breaks the syntax": [
    "export function createBackend() {\n  return {{;\n}\n",
    "CONFIG",
    "Unexpected token '{' (my-phone.mjs:2)",
  ],
  "imports one that breaks the syntax": [
    'import "data:text/javascript,{{";\nexport const createBackend = () => ({ hardware: {} });',
    "CONFIG",
    /^Unexpected .* \(in a file that it imports\)$/,
  ],
  "throws while it is loaded": ['\nthrow new Error("no bus");\n', "CONFIG", "no bus (my-phone.mjs:2:7)"],
  "uses what is not there": [
    "export const createBackend = connect();",
    "CONFIG",
    "connect is not defined (my-phone.mjs:1:30)",
  ],
  "imports what is not there": [
    'import "./firmware.mjs";',
    "CONFIG",
    /^Cannot find module '.*firmware\.mjs' imported from .*my-phone\.mjs/,
  ],
  "exports nothing": [
    "const createBackend = () => {};",
    "CONFIG",
    "it must export a function createBackend, and exports nothing",
  ],
  "exports something else": [
    "export const backend = 1; export const createBackend = 2;",
    "CONFIG",
    "it must export a function createBackend, and exports backend, createBackend",
  ],
  "is made for another contract": [
    `export const contract = 2;\n${hardware("{}")}`,
    "CONFIG",
    "it is written for version 2 of the backend contract, and this program has version 1",
  ],
  "answers no backend": [
    "export const createBackend = () => 5;",
    "CONFIG",
    "createBackend must answer a backend or { hardware }, not a number",
  ],
  "answers nothing": [
    "export const createBackend = () => {};",
    "CONFIG",
    "createBackend must answer a backend or { hardware }, not nothing",
  ],
  "lacks methods": [
    brokenModule("delete backend.read; backend.locate = 5; backend.reached = true; backend.files = { installs: [1] };"),
    "CONFIG",
    "the backend lacks read, locate; files.installs must be a list of file types; files.produces must be a list of file types; files.install must be a function; files.produce must be a function; the backend's reached must be a function, not a boolean",
  ],
  "has no hardware": [hardware("null"), "CONFIG", "hardware must be an object, not null"],
  "has hardware of another make": [
    hardware("{ status: {}, act: 1 }"),
    "CONFIG",
    "hardware's status must be a function, not an object; hardware's act must be a function, not a number",
  ],
  "cannot make its backend": [
    '\nexport async function createBackend() {\n  throw new Error("the bus is busy");\n}',
    "BACKEND_IO",
    "createBackend has failed: the bus is busy (my-phone.mjs:3:9)",
  ],
};

for (const [what, [text, code, message]] of Object.entries(WRONG)) {
  test(`a module that ${what} is refused, with what is wrong and where`, async (t) => {
    const path = await writeModule(t, text);
    assert.equal(basename(path), "my-phone.mjs");
    await assert.rejects(loadPlugIn(path, await contextOf(t)), { name: "AgentError", code, message });
  });
}

test("both forms of a backend are taken, from an ES module and from a CommonJS one, with options of its own", async (t) => {
  const context = await contextOf(t, { options: { port: 3 } });
  const whole = await loadPlugIn(await writeModule(t, `${WHOLE}\nfunction broken() {}`), context);
  assert.equal(whole.level, "backend");
  const short = await loadPlugIn(await writeModule(t, hardware("{}")), context);
  assert.equal(short.level, "hardware");
  const old =
    "module.exports = { contract: 1, createBackend: ({ options }) => ({ hardware: { port: options.port } }) };";
  const common = await loadPlugIn(await writeModule(t, old, "my-phone.cjs"), context);
  assert.deepEqual(common, { level: "hardware", hardware: { port: 3 } });
});
