import {
  type Identifier,
  isArrayLiteralExpression,
  isClassStaticBlockDeclaration,
  isExportAssignment,
  isFunctionLikeDeclaration,
  isIdentifier,
  isNewExpression,
  isObjectLiteralExpression,
  isPropertyAccessExpression,
  isPropertyDeclaration,
  isVariableStatement,
  type Node,
  NodeFlags,
  type Statement,
  SyntaxKind,
} from "typescript/unstable/ast";
import { lineOf, nodesOf, type SourceModule } from "./source-tree.ts";

/** What a rule says about a file: `path:line: what is wrong`. Empty when all is well. */
export type Rule = (module: SourceModule) => readonly string[];

/** The rule that imports go down only: folder → the folders that it may import. */
export function importRule(allowed: Readonly<Record<string, readonly string[]>>): Rule {
  return ({ path, folder, imports }) => {
    const mayImport = allowed[folder];
    if (mayImport === undefined) return [`${path}:1: the folder has no line in the table of import directions`];
    return imports.flatMap(({ target, line }) => {
      const other = target?.split("/")[0] ?? folder;
      return other === folder || mayImport.includes(other)
        ? []
        : [`${path}:${line}: ${folder} may not import ${other}`];
    });
  };
}

/** The same for the folders inside one folder: its files may import all of them, they import none of its files. */
export function innerImportRule(parent: string, allowed: Readonly<Record<string, readonly string[]>>): Rule {
  const inner = (path: string): string | null => (path.startsWith(`${parent}/`) ? (path.split("/")[1] ?? "") : null);
  return ({ path, imports }) => {
    const folder = inner(path);
    if (folder === null || folder.endsWith(".ts")) return [];
    const mayImport = allowed[folder];
    if (mayImport === undefined)
      return [`${path}:1: ${parent}/${folder} has no line in the table of import directions`];
    return imports.flatMap(({ target, line }) => {
      const other = target === null ? null : inner(target);
      return other === null || other === folder || mayImport.includes(other)
        ? []
        : [`${path}:${line}: ${parent}/${folder} may not import ${parent}/${other}`];
    });
  };
}

/** The rule about packages: a name → the folders that may import it. */
export function packageRule(users: Readonly<Record<string, readonly string[]>>): Rule {
  return ({ path, folder, imports }) =>
    imports.flatMap(({ specifier, target, line }) => {
      if (target !== null) return [];
      const name = specifier.startsWith("node:") ? "node:" : packageName(specifier);
      return users[name]?.includes(folder) ? [] : [`${path}:${line}: ${folder} may not import ${specifier}`];
    });
}

function packageName(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** The rule that globals such as `Date` and `Math.random` are used in some folders only. */
export function globalsRule(names: readonly string[], mayUse: readonly string[]): Rule {
  return ({ path, folder, ast }) => {
    if (mayUse.includes(folder)) return [];
    return [...nodesOf(ast)]
      .map((node) => ({ node, name: globalName(node) }))
      .filter(({ name }) => name !== null && names.includes(name))
      .map(({ node, name }) => `${path}:${lineOf(ast, node.getStart(ast))}: ${folder} may not use ${name}`);
  };
}

/** `Date` or `Math.random`; null where the name is that of a property or of a declaration's member. */
function globalName(node: Node): string | null {
  if (isPropertyAccessExpression(node) && isIdentifier(node.expression))
    return `${node.expression.text}.${node.name.text}`;
  if (!isIdentifier(node) || isCalendar(node)) return null;
  const named: Node & { readonly name?: unknown } = node.parent;
  const isMember = named.name === node && !COUNT_AS_USE.includes(named.kind);
  return isMember ? null : node.text;
}

/** `{ process }` is a use; so is a variable with the name of a global, as it hides the global from readers. */
const COUNT_AS_USE: readonly SyntaxKind[] = [
  SyntaxKind.ShorthandPropertyAssignment,
  SyntaxKind.VariableDeclaration,
  SyntaxKind.Parameter,
];

/** `Date` where it calculates and does not look at the clock: `new Date(at)`, `Date.UTC` and `Date.parse`. */
function isCalendar({ text, parent }: Identifier): boolean {
  if (text !== "Date") return false;
  if (isPropertyAccessExpression(parent)) return parent.name.text === "UTC" || parent.name.text === "parse";
  return isNewExpression(parent) && (parent.arguments?.length ?? 0) > 0;
}

/** The rule that no module holds state: no `let`, no collection that only makes sense when it is filled later. */
export const noModuleState: Rule = ({ path, ast }) => {
  const found = [...ast.statements].filter(holdsState);
  const statics = [...nodesOf(ast)].filter((node) => isClassStaticBlockDeclaration(node) || isMutableStatic(node));
  return [...found, ...statics].map((node) => `${path}:${lineOf(ast, node.getStart(ast))}: a module holds no state`);
};

function holdsState(statement: Statement): boolean {
  if (!isVariableStatement(statement)) return false;
  const { declarationList } = statement;
  if ((declarationList.flags & NodeFlags.Const) === 0) return true;
  return declarationList.declarations.some(({ type, initializer }) => {
    const isReadonly = type !== undefined && /^readonly/i.test(type.getText());
    return !isReadonly && initializer !== undefined && isEmptyStore(initializer);
  });
}

const STORES = ["Map", "Set", "WeakMap", "WeakSet", "Array"];

function isEmptyStore(node: Node): boolean {
  if (isArrayLiteralExpression(node)) return node.elements.length === 0;
  if (isObjectLiteralExpression(node)) return node.properties.length === 0;
  if (!isNewExpression(node) || !isIdentifier(node.expression)) return false;
  return STORES.includes(node.expression.text) && (node.arguments?.length ?? 0) === 0;
}

function isMutableStatic(node: Node): boolean {
  if (!isPropertyDeclaration(node)) return false;
  const kinds = node.modifiers?.map(({ kind }) => kind) ?? [];
  return kinds.includes(SyntaxKind.StaticKeyword) && !kinds.includes(SyntaxKind.ReadonlyKeyword);
}

export function maxFileLines(limit: number): Rule {
  return ({ path, text }) => {
    const lines = text.replace(/\n$/, "").split("\n").length;
    return lines > limit ? [`${path}:1: ${lines} lines, above ${limit}`] : [];
  };
}

export function maxFunctionLines(limit: number): Rule {
  return ({ path, ast }) =>
    [...nodesOf(ast)].filter(isFunctionLikeDeclaration).flatMap((node) => {
      const first = lineOf(ast, node.getStart(ast));
      const lines = lineOf(ast, node.end) - first + 1;
      return lines > limit ? [`${path}:${first}: a function of ${lines} lines, above ${limit}`] : [];
    });
}

export const noAny: Rule = ({ path, ast }) =>
  [...nodesOf(ast)]
    .filter(({ kind }) => kind === SyntaxKind.AnyKeyword)
    .map((node) => `${path}:${lineOf(ast, node.getStart(ast))}: no any`);

export const namedExportsOnly: Rule = ({ path, ast }) =>
  [...nodesOf(ast)]
    .filter((node) => isExportAssignment(node) || node.kind === SyntaxKind.DefaultKeyword)
    .filter((node) => node.parent.kind !== SyntaxKind.CaseBlock)
    .map((node) => `${path}:${lineOf(ast, node.getStart(ast))}: named exports only`);

/** Switching a check off is not an answer to it. */
export const noSuppressions: Rule = ({ path, text }) =>
  text
    .split("\n")
    .flatMap((line, index) =>
      /@ts-(ignore|nocheck|expect-error)|biome-ignore/.test(line)
        ? [`${path}:${index + 1}: a check is switched off`]
        : [],
    );

export const kebabCaseName: Rule = ({ path }) =>
  /^([a-z][a-z0-9]*(-[a-z0-9]+)*\/)*[a-z][a-z0-9]*(-[a-z0-9]+)*(\.d)?\.ts$/.test(path)
    ? []
    : [`${path}:1: file and folder names are kebab-case`];

/** Import cycles, type imports included, each as `a.ts → b.ts → a.ts`. */
export function importCycles(modules: readonly SourceModule[]): readonly string[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) cycles.push([...trail.slice(at), path].join(" → "));
    if (at >= 0 || done.has(path)) return;
    for (const { target } of byPath.get(path)?.imports ?? []) if (target !== null) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const { path } of modules) visit(path, []);
  return cycles;
}
