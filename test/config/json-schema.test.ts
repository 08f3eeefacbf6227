import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { settingsJsonSchema } from "../../src/config/json-schema.ts";
import { leafRows } from "../../src/config/option-table.ts";

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: boolean;
  readonly required?: readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly pattern?: string;
}

const schema = JSON.parse(settingsJsonSchema()) as Schema;

function at(path: string): Schema[] {
  return path
    .split(".")
    .reduce<Schema[]>(
      (groups, key) =>
        groups.flatMap((group) => [group, ...(group.anyOf ?? [])]).flatMap(({ properties }) => properties?.[key] ?? []),
      [schema],
    );
}

test("config.schema.json is in step with the option table", () => {
  const file = readFileSync(new URL("../../config.schema.json", import.meta.url), "utf8");
  assert.equal(file, settingsJsonSchema(), "npm run -s cpe -- check-config --schema > config.schema.json");
});

test("an editor shows title, allowed values and variable of every option", () => {
  for (const { path, title, allowed, environment } of leafRows()) {
    const found = at(path);
    assert.ok(found.length > 0, path);
    for (const option of found) {
      assert.equal(option.title, title);
      assert.ok(option.description?.includes(`Allowed: ${allowed}.`), path);
      assert.ok(environment === null || option.description?.includes(environment), path);
    }
  }
});

test("an editor refuses unknown keys everywhere and asks for none", () => {
  const visit = (group: Schema): void => {
    if (group.properties !== undefined) assert.equal(group.additionalProperties, false);
    assert.ok(group.required === undefined || group.required.join() === "type");
    for (const child of [...Object.values(group.properties ?? {}), ...(group.anyOf ?? [])]) visit(child);
  };
  visit(schema);
});

test("an editor takes a reference to a variable where a number or a switch is due", () => {
  for (const path of ["listen.port", "tr069.enable", "log.level"]) {
    const [option] = at(path);
    const reference = option?.anyOf?.find(({ pattern }) => pattern !== undefined);
    assert.match(["$", "{NAME}"].join(""), new RegExp(reference?.pattern ?? "^$"));
  }
});
