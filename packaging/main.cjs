"use strict";
/**
 * Starts the program. Reading and compiling the bundle is most of a start: `compile.cjs` leaves the compiled code beside
 * it, made by the very node that runs here. Node takes it only if its own version and flags are those that it was made
 * with, and the name says which bundle it is of: otherwise the program starts without it, a little slower.
 */
const { readFileSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { join } = require("node:path");
const vm = require("node:vm");

const bundle = join(__dirname, "@BUNDLE@");
const code = `${bundle}.code`;

function compiledCode() {
  try {
    return readFileSync(code);
  } catch {
    return undefined;
  }
}

/** What the bundle has for `import()`, which Node refuses in compiled code that was kept. */
const importModule = (specifier) => import(specifier);

const wrap = (text) => `(function (exports, require, module, __filename, __dirname, importModule) { ${text}\n});`;

/** In a function, so that the texts do not stay in memory. */
function load() {
  const cachedData = compiledCode();
  const script = new vm.Script(wrap(readFileSync(bundle, "latin1")), {
    filename: bundle,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  if (process.env.AKUVOX_CPE_WRITE_CODE === "1") {
    process.once("exit", () => writeFileSync(code, script.createCachedData()));
  }
  return script.runInThisContext();
}

load()(exports, createRequire(bundle), module, bundle, __dirname, importModule);
