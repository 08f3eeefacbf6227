import { jsonSchemaOf } from "../json-schema.ts";
import { FLEET } from "./fleet-options.ts";

const SETTINGS = "settings";
/** Beside it. */
const SETTINGS_SCHEMA = "config.schema.json";

/** fleet.yaml for editors, as JSON Schema; the settings within it are those of config.yaml. `fleet.schema.json` is this text. */
export function fleetJsonSchema(): string {
  const schema = jsonSchemaOf(FLEET);
  refer(schema.properties);
  const groups = schema.properties?.groups;
  if (typeof groups === "object" && isSchema(groups.items)) refer(groups.items.properties);
  return `${JSON.stringify(schema, null, 2)}\n`;
}

type Schema = ReturnType<typeof jsonSchemaOf>;

function isSchema(items: Schema["items"]): items is Schema {
  return typeof items === "object" && !Array.isArray(items);
}

/** draft-07 ignores the siblings of a $ref. */
function refer(properties: Schema["properties"]): void {
  const about = properties?.[SETTINGS];
  if (properties === undefined || typeof about !== "object") return;
  const { title, description } = about;
  properties[SETTINGS] = { title, description, allOf: [{ $ref: SETTINGS_SCHEMA }] } as Schema;
}
