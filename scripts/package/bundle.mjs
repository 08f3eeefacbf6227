/** The program as one file, and what went into it. */
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { build } from "esbuild";

const require = createRequire(import.meta.url);

/**
 * Parts of libraries that the program never uses but would load at every start, which costs memory: HTTP/2 (a session is
 * one HTTP/1.1 connection), log transports in threads (the log is written by the program itself).
 */
const UNUSED = /^(?:thread-stream|\.\/client-h2\.js)$/;

/**
 * Of undici, the connection alone: fetch, caches, mocks and proxies are most of it. The reader of cookies is taken from below
 * its public module, which would have Node load the undici of its own (globalThis.Headers).
 */
const undiciClient = {
  name: "undici-client",
  setup({ onResolve, onLoad }) {
    const resolveDir = dirname(require.resolve("undici/package.json"));
    const contents = `
      exports.Client = require("./lib/dispatcher/client.js");
      exports.errors = require("./lib/core/errors.js");
      exports.parseCookie = require("./lib/web/cookies/parse.js").parseSetCookie;`;
    onResolve({ filter: /^undici$/ }, () => ({ path: "undici", namespace: "undici-client" }));
    onLoad({ filter: /.*/, namespace: "undici-client" }, () => ({ contents, resolveDir }));
  },
};

const withoutUnused = {
  name: "without-unused",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: "unused" }));
    onLoad({ filter: /.*/, namespace: "unused" }, ({ path }) => ({
      contents: `module.exports = () => { throw new Error("${path} is not in this package"); };`,
    }));
  },
};

/**
 * `{ name, text, inputs }`: `inputs` are the files that it was made of. The same sources make the same bytes. Not minified: for
 * profiles.
 */
export async function bundle(entryPoint, { minify = true } = {}) {
  const { outputFiles, metafile } = await build({
    entryPoints: [entryPoint],
    bundle: true,
    write: false,
    platform: "node",
    target: "node20.18",
    // CommonJS: its compiled code can be kept (packaging/main.cjs). Node finds modules of others as before.
    format: "cjs",
    minify,
    legalComments: "none",
    charset: "ascii",
    define: { "import.meta.url": "bundleUrl" },
    banner: { js: 'const bundleUrl=require("node:url").pathToFileURL(__filename).href;' },
    // Tagged templates would keep letters beyond ASCII as they stand.
    supported: { "dynamic-import": true, "template-literal": false },
    plugins: [undiciClient, withoutUnused],
    metafile: true,
    logLevel: "warning",
  });
  const text = outputFiles[0].text.replace(/^#!.*\n/, "");
  const id = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return { name: `akuvox-cpe-${id}.cjs`, text, inputs: Object.keys(metafile.inputs) };
}
