import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { isStringLiteral, type Node, type SourceFile } from "typescript/unstable/ast";
import { createVirtualFileSystem } from "typescript/unstable/fs";
import { API, type APIOptions } from "typescript/unstable/sync";

/** A file under `src/`, parsed. */
export interface SourceModule {
  /** Relative to `src/`, such as `rpc/dispatch.ts`. */
  readonly path: string;
  /** The first folder of the path; the empty text for a file in `src/` itself. */
  readonly folder: string;
  readonly text: string;
  readonly ast: SourceFile;
  readonly imports: readonly SourceImport[];
}

export interface SourceImport {
  readonly specifier: string;
  readonly line: number;
  /** Relative to `src/`, such as `../test/x.ts`; null for a package. */
  readonly target: string | null;
}

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Every TypeScript file under this repository's `src/`. */
export function readSourceTree(): readonly SourceModule[] {
  return parseProject(ROOT, { cwd: ROOT });
}

/** Made-up files, for testing a rule: `{ "rpc/bad.ts": "..." }`. */
export function parseSourceTree(files: Readonly<Record<string, string>>): readonly SourceModule[] {
  const entries = Object.entries(files).map(([path, text]): [string, string] => [`/project/src/${path}`, text]);
  const config = JSON.stringify({ compilerOptions: { noLib: true, types: [], noEmit: true }, include: ["src"] });
  const fs = createVirtualFileSystem({ "/project/tsconfig.json": config, ...Object.fromEntries(entries) });
  return parseProject("/project", { cwd: "/project", fs });
}

function parseProject(root: string, options: APIOptions): readonly SourceModule[] {
  const api = new API(options);
  try {
    const snapshot = api.updateSnapshot({ openProjects: [join(root, "tsconfig.json")] });
    const program = snapshot.getProjects()[0]?.program;
    if (program === undefined) throw new Error(`no TypeScript project in ${root}`);
    const source = join(root, "src");
    return program
      .getSourceFileNames()
      .filter((name) => name.startsWith(source + sep))
      .flatMap((name) => program.getSourceFile(name) ?? [])
      .map((ast) => sourceModule(relative(source, ast.fileName).split(sep).join("/"), ast))
      .sort((one, other) => (one.path < other.path ? -1 : 1));
  } finally {
    api.close();
  }
}

function sourceModule(path: string, ast: SourceFile): SourceModule {
  const imports = ast.imports.filter(isStringLiteral).map((node) => ({
    specifier: node.text,
    line: lineOf(ast, node.getStart(ast)),
    target: node.text.startsWith(".") ? posix.join(posix.dirname(path), node.text) : null,
  }));
  const folder = path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
  return { path, folder, text: ast.text, ast, imports };
}

/** 1-based. */
export function lineOf(ast: SourceFile, position: number): number {
  return ast.text.slice(0, position).split("\n").length;
}

/** Every node of a file, in order, comments left out. */
export function* nodesOf(node: Node): Generator<Node> {
  yield node;
  const children: Node[] = [];
  node.forEachChild((child) => void children.push(child));
  for (const child of children) yield* nodesOf(child);
}
