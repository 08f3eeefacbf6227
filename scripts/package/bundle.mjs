/** The program as one file, libraries that few phones need as files beside it, and what went into them. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { lateNode } from "./late-node.mjs";

const require = createRequire(import.meta.url);
/** Of the repository: its files are named from dist/cli/ in the map. */
const root = join(import.meta.dirname, "..", "..");

const EACH = {
  bundle: true,
  write: false,
  platform: "node",
  target: "node20.18",
  metafile: true,
  logLevel: "warning",
};

/**
 * Parts of libraries that the program never uses but would load at every start, which costs memory: HTTP/2 (a session is
 * one HTTP/1.1 connection), log transports in threads (the log is written by the program itself), and the second of undici's two
 * parsers: without the one that needs SIMD it takes the other.
 */
const UNUSED = /^(?:thread-stream|\.\/client-h2\.js|\.\.\/llhttp\/llhttp_simd-wasm\.js)$/;

/**
 * Bundles only the connection of undici: fetch, caches, mocks and proxies are most of it. The reader of cookies is
 * taken from below its public module, which would have Node load the undici of its own (globalThis.Headers).
 */
const undiciClient = {
  name: "undici-client",
  setup({ onResolve, onLoad }) {
    const resolveDir = dirname(require.resolve("undici/package.json"));
    // Client.request is for files, and loaded with the first; undici's own entry puts it there together with the rest.
    const contents = `
      exports.Client = require("./lib/dispatcher/client.js");
      exports.Client.prototype.request = function (...args) {
        return require("./lib/api/api-request.js").apply(this, args);
      };
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

/** pino asks whether it runs in the main thread, which it always does here: worth the memory of Node's threads. */
const mainThread = {
  name: "main-thread",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^worker_threads$/ }, ({ importer }) =>
      /\bpino\/lib\//.test(importer) ? { path: "worker_threads", namespace: "main-thread" } : null,
    );
    onLoad({ filter: /.*/, namespace: "main-thread" }, () => ({ contents: "exports.isMainThread = true;" }));
  },
};

/**
 * Loaded by those who want them: certificates of the embedded ACS, metrics, readable logs, XMPP, figures of fleets. Node keeps a program's text in
 * memory for as long as it runs, and these are a third of it.
 */
const BESIDE = ["@peculiar/x509", "prom-client", "pino-pretty", "@xmpp/xml", "hdr-histogram-js"];

const fileOf = (library) => `${library.replace("@", "").replace("/", "-")}.cjs`;

const besides = {
  name: "besides",
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ path }) =>
      BESIDE.includes(path) ? { path: `./${fileOf(path)}`, external: true } : null,
    );
  },
};

/**
 * In compiled code that was kept, Node refuses every `import()` ("A dynamic import callback was not specified"). What is
 * known here is required instead; what is known at run time only goes through the `importModule` of packaging/main.cjs.
 */
const dynamicImports = {
  name: "dynamic-imports",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/, namespace: "file" }, async ({ path }) => ({
      contents: withImportModule(await readFile(path, "utf8")),
      loader: "ts",
    }));
  },
};

/** Of `await import(path)`; one in a string or a remark is not written that way. */
function withImportModule(text) {
  return text.replace(/\bawait import\((?!["'`])/g, "await importModule(");
}

/** The function that main.cjs calls. Wrapping the text at each start would cost another copy in memory. */
const FUNCTION = ["(function(exports,require,module,__filename,__dirname,importModule){", "})"];

/**
 * `{ files, inputs, map }`: files as `{ name, text }`, the program first, as a function for packaging/main.cjs, whose lines in the
 * sources `map` tells; `inputs` are what they were made of. The same sources make the same bytes. Not minified: for profiles.
 */
export async function bundle(entryPoint, { minify = true } = {}) {
  const plugins = [undiciClient, withoutUnused, mainThread, besides, lateNode, dynamicImports];
  const program = await bundled(entryPoint, plugins, minify, { around: FUNCTION });
  const id = createHash("sha256").update(program.text).digest("hex").slice(0, 12);
  const libraries = await Promise.all(
    BESIDE.map((library) => bundled(require.resolve(library), [withoutUnused], minify)),
  );
  return {
    files: [
      { name: `akuvox-cpe-${id}.cjs`, text: program.text },
      ...libraries.map(({ text }, index) => ({ name: fileOf(BESIDE[index]), text })),
    ],
    inputs: [...new Set([program, ...libraries].flatMap(({ inputs }) => inputs))],
    map: program.map,
  };
}

/** `{ text, inputs }`: the program of a thread, which Node starts by itself: `import()` works there. */
export function bundleThread(entryPoint) {
  return bundled(entryPoint, [withoutUnused], true, { supported: { "dynamic-import": true } });
}

/** `{ text, inputs }`: for who imports it, as it stands. */
export async function bundleModule(entryPoint) {
  const { outputFiles, metafile } = await build({
    ...EACH,
    entryPoints: [entryPoint],
    format: "esm",
  });
  return { text: outputFiles[0].text, inputs: Object.keys(metafile.inputs) };
}

async function bundled(
  entryPoint,
  plugins,
  minify,
  { supported = { "dynamic-import": false }, around = ["", ""] } = {},
) {
  const { outputFiles, metafile } = await build({
    ...EACH,
    entryPoints: [entryPoint],
    // CommonJS: its compiled code can be kept (packaging/main.cjs). Node finds modules of others as before.
    format: "cjs",
    minify,
    legalComments: "none",
    charset: "ascii",
    define: { "import.meta.url": "bundleUrl" },
    banner: { js: `${around[0]}const bundleUrl=require("node:url").pathToFileURL(__filename).href;` },
    footer: { js: around[1] },
    // Tagged templates would keep letters beyond ASCII as they stand.
    supported: { ...supported, "template-literal": false },
    plugins,
    // Beside the program and not named in it: Node does not look for those of compiled code (scripts/stack.mjs does).
    sourcemap: "external",
    sourcesContent: false,
    outfile: join(root, "dist", "cli", "bundle.js"),
  });
  const textOf = (extension) => outputFiles.find(({ path }) => path.endsWith(extension)).text;
  // The line of the shell's goes: the map counts it.
  const text = textOf(".js").replace(/^#!.*\n/, "\n");
  return { text, map: textOf(".map"), inputs: Object.keys(metafile.inputs) };
}
