import { openDataModel } from "../../config/open-data-model.ts";
import { createLayouts } from "../../parameters/layouts.ts";

/** Parameters and objects of this program's own data model, with one account. Read once, when first asked for. */
export function createModelPaths(): () => Promise<readonly string[]> {
  let paths: Promise<readonly string[]> | null = null;
  const read = async (): Promise<readonly string[]> => {
    const model = await openDataModel(null, []);
    const { factory } = createLayouts(model, { accounts: 1, accountsFixed: false });
    return factory.names("", false).map(({ name }) => name);
  };
  return () => {
    paths ??= read();
    return paths;
  };
}
