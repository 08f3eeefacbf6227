#!/usr/bin/env node
"use strict";
/**
 * Starts the program. Reading and compiling the bundle is most of a start: `compile.cjs` leaves the compiled code beside
 * it, made by the very node that runs here. Node takes it only if its own version and flags are those that it was made
 * with, and the name says which bundle it is of: otherwise the program starts without it, a little slower.
 */
const { createHash } = require("node:crypto");
const { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { join } = require("node:path");
const vm = require("node:vm");

const bundle = join(__dirname, "@BUNDLE@");
const code = `${bundle}.code`;

/** Against damage alone: who can write here needs no compiled code. It takes a fifth of the time of SHA-256. */
const digestOf = (data) => createHash("sha1").update(data).digest();
const DIGEST_BYTES = 20;

/** Node believes compiled code as it stands: a file that a power cut or old flash has damaged would crash every start. */
function compiledCode() {
  try {
    const file = readFileSync(code);
    const data = file.subarray(DIGEST_BYTES);
    return digestOf(data).equals(file.subarray(0, DIGEST_BYTES)) ? data : undefined;
  } catch {
    return undefined;
  }
}

function keep(data) {
  const file = openSync(`${code}.new`, "w");
  try {
    writeFileSync(file, Buffer.concat([digestOf(data), data]));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${code}.new`, code);
}

/** What the bundle has for `import()`, which Node refuses in compiled code that was kept. */
const importModule = (specifier) => import(specifier);

/** In a function, so that the texts do not stay in memory. The text is a function already: another string of it would be a copy. */
function load() {
  const cachedData = compiledCode();
  const script = new vm.Script(readFileSync(bundle, "latin1"), {
    filename: bundle,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  if (process.env.AKUVOX_CPE_WRITE_CODE === "1") {
    process.once("exit", () => keep(script.createCachedData()));
  }
  return script.runInThisContext();
}

load()(exports, createRequire(bundle), module, bundle, __dirname, importModule);
