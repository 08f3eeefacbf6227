import type { DataModel, ParameterDef } from "../model/types.ts";
import type { BackendKey } from "../ports/backend.ts";

/** Parameters of the data model by other names than the template. */
export interface ModelDefs {
  /** By a key of the phone's file outside of tables. */
  byKey(key: BackendKey): ParameterDef | undefined;
  /** By a full name; undefined for what is seen under an alias too. */
  byPath(path: string): ParameterDef | undefined;
}

export function createModelDefs({ parameters }: DataModel): ModelDefs {
  const keys = new Map(
    parameters.flatMap((def) =>
      def.source.kind === "config" ? def.source.keys.map((key) => [key, def] as const) : [],
    ),
  );
  const templates = new Map(parameters.map((def) => [def.template, def]));
  return {
    byKey: (key) => keys.get(key),
    byPath: (path) => templates.get(path.replace(/\.\d+(?=\.)/g, ".{i}")),
  };
}

/** The phone's file holds one setting a line. */
export function isOneLine(text: string): boolean {
  return !/[\p{Cc}\u2028\u2029]/u.test(text);
}
