/**
 * Key templates: `Config.Account{VoiceProfile}.Audio{List-1}.Enable` holds names of tables in braces. `{VoiceProfile}`
 * becomes the row (for the accounts: the account slot), `{List-1}` the row's number less one.
 */

const HOLE = /\{([A-Za-z_][A-Za-z0-9_]*)(?:-([0-9]+))?\}/g;
const PART = "(?:[A-Za-z0-9_-]|\\{[A-Za-z_][A-Za-z0-9_]*(?:-[0-9]+)?\\})+";
const SHAPES = {
  Config: new RegExp(`^Config(?:\\.${PART}){3}$`),
  Status: new RegExp(`^Status(?:\\.${PART})+$`),
  Action: new RegExp(`^Action(?:\\.${PART})+$`),
} as const;

export type KeyKind = keyof typeof SHAPES;

/** `Config` keys have exactly three parts after the first, the others one or more. */
export function isKeyTemplate(template: string, kind: KeyKind): boolean {
  return SHAPES[kind].test(template);
}

/** The names of the tables that a key template asks for. */
export function tablesOfKey(template: string): readonly string[] {
  return [...template.matchAll(HOLE)].map((match) => match[1] ?? "");
}

/** Throws when a table's row is missing from `rows`: a compiled data model asks for the tables around the parameter alone. */
export function expandKey(template: string, rows: ReadonlyMap<string, number>): string {
  return template.replace(HOLE, (_hole, table: string, less: string | undefined) => {
    const row = rows.get(table);
    if (row === undefined) throw new Error(`key ${template} needs a row of table ${table}`);
    return String(row - Number(less ?? 0));
  });
}

/** Puts instance numbers into the `{i}` of a path template, left to right. */
export function instantiate(template: string, instanceNumbers: readonly number[]): string {
  let next = 0;
  return template.replaceAll("{i}", (hole) => {
    const number = instanceNumbers[next];
    next += 1;
    return number === undefined ? hole : String(number);
  });
}

/** The instance numbers on a path, where its template has `{i}`. */
export function instanceNumbersOf(template: string, path: string): readonly number[] {
  const segments = path.split(".");
  return template.split(".").flatMap((name, index) => (name === "{i}" ? [Number(segments[index])] : []));
}
