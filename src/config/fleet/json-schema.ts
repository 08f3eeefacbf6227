import { jsonSchemaOf } from "../json-schema.ts";
import { OPTIONS } from "../options.ts";
import { FLEET } from "./fleet-options.ts";

const SETTINGS = "settings";

/** fleet.yaml for editors, as JSON Schema; the settings within it are those of config.yaml. `fleet.schema.json` is this text. */
export function fleetJsonSchema(): string {
  const schema = jsonSchemaOf(FLEET);
  const groups = schema.properties?.groups;
  const group = typeof groups === "object" && typeof groups.items === "object" ? groups.items : {};
  for (const { properties } of [schema, Array.isArray(group) ? {} : (group as typeof schema)]) {
    const about = properties?.[SETTINGS];
    if (typeof about !== "object" || properties === undefined) continue;
    // draft-07 takes no notice of what stands beside a $ref.
    properties[SETTINGS] = {
      title: about.title,
      description: about.description,
      allOf: [{ $ref: `#/definitions/${SETTINGS}` }],
    } as typeof about;
  }
  const { $schema: _, ...settings } = jsonSchemaOf(OPTIONS);
  return `${JSON.stringify({ ...schema, definitions: { [SETTINGS]: settings } }, null, 2)}\n`;
}
