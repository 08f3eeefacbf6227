import { FindingsError } from "../../src/cwmp/findings.ts";
import { compileDataModel } from "../../src/model/compile.ts";
import type { DataModel, ParameterDef } from "../../src/model/types.ts";

/** The parameter of that template; fails the test when there is none. */
export function parameterOf(model: DataModel, template: string): ParameterDef {
  const def = model.parameters.find((candidate) => candidate.template === template);
  if (def === undefined) throw new Error(`the data model has no ${template}`);
  return def;
}

/** A parameter with just these fields (as in YAML flow style), for tests of one thing. */
export function declaredAs(fields: string): ParameterDef {
  const text = `in: Device.\nstandard: vendor\nparameters:\n  Some: { description: "For a test.", ${fields} }\n`;
  return parameterOf(compileDataModel([{ file: "some.yaml", text }]), "Device.Some");
}

/** What the compiler says of the files: `file:line:column code`. Empty when it is content. */
export function findingsOf(files: readonly { file: string; text: string }[]): readonly string[] {
  try {
    compileDataModel(files);
    return [];
  } catch (error) {
    if (!(error instanceof FindingsError)) throw error;
    return error.findings.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`);
  }
}
