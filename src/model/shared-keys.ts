import type { ModelFile } from "./model-file.ts";
import type { SourceNode } from "./source.ts";
import type { ParameterDef } from "./types.ts";

/** Where a parameter is declared. */
export interface Declaration {
  readonly file: ModelFile;
  readonly node: SourceNode;
}

/** Parameters may share a key, but then a factory-fresh phone must not depend on which of them is written last. */
export function checkSharedKeys(
  parameters: readonly ParameterDef[],
  declarations: ReadonlyMap<string, Declaration>,
): void {
  const written = new Map<string, { readonly by: string; readonly defaults: string }>();
  for (const def of parameters) {
    for (const { key, defaults } of keyDefaults(def)) {
      const first = written.get(key.toLowerCase());
      if (first === undefined) written.set(key.toLowerCase(), { by: def.template, defaults });
      else if (first.defaults !== defaults) {
        const at = declarations.get(def.template);
        at?.file.report(at.node, "KEY_CONFLICT", `${key} is also a key of ${first.by}, which has another default`);
      }
    }
  }
}

/** The keys that a parameter writes, each with its texts for all rows. */
function keyDefaults(def: ParameterDef): readonly { readonly key: string; readonly defaults: string }[] {
  if (def.source.kind !== "config" || !def.writable) return [];
  const { keys, encoding } = def.source;
  const rows = def.defaults.map((value) => encoding.encode(value, keys.length));
  return keys.map((key, index) => ({ key, defaults: JSON.stringify(rows.map((texts) => texts[index])) }));
}
