/**
 * Modules of Node that a start does not need, loaded with the first call of their functions: 2 to 7 ms of processor time each, and
 * 100 to 400 KiB. Libraries and our own files name them at the top.
 */

/** All that is imported of them: a build with another name fails. */
const LATE = {
  "node:child_process": ["fork", "spawn", "spawnSync"],
  "node:dgram": ["createSocket"],
  "node:dns/promises": ["lookup", "Resolver", "resolveSrv"],
  "node:readline": ["clearScreenDown", "createInterface", "moveCursor"],
};

/** A function that may be a class. */
const late = (module, name) => `export function ${name}(...args) {
  const { ${name}: real } = require("${module}");
  return new.target === undefined ? real(...args) : new real(...args);
}`;

/** Code that undici calls at each step, but needs only on failure. */
const ASSERT = `module.exports = (isSo, message) => {
  if (!isSo) require("node:assert")(isSo, message);
};
for (const name of ["deepStrictEqual", "equal", "notStrictEqual", "strictEqual"])
  module.exports[name] = (...args) => require("node:assert")[name](...args);`;

const NAMESPACE = "late-node";
const textOf = (module) =>
  module === "node:assert" ? ASSERT : LATE[module].map((name) => late(module, name)).join("\n");

export const lateNode = {
  name: NAMESPACE,
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path, namespace }) => {
      const module = path.startsWith("node:") ? path : `node:${path}`;
      if (!(module in LATE) && module !== "node:assert") return null;
      return namespace === NAMESPACE ? { path: module, external: true } : { path: module, namespace: NAMESPACE };
    });
    onLoad({ filter: /./, namespace: NAMESPACE }, ({ path }) => ({ contents: textOf(path) }));
  },
};
