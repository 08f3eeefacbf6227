import type { AgentValue } from "../../model/types.ts";
import type { ParameterRef } from "../../parameters/layout.ts";
import { type AgentValues, readValues } from "../../parameters/values.ts";
import type { Backend } from "../../ports/backend.ts";
import type { Phone } from "./phone.ts";

/**
 * The values by path, as an ACS reads them: hidden ones are empty. Values that only a running agent has show their
 * default.
 */
export async function currentValues(phone: Phone, refs: readonly ParameterRef[]): Promise<ReadonlyMap<string, string>> {
  const values = await readValues(refs, {
    backend: readOnlyBackend(phone),
    agentValues: agentValues(phone),
    layout: phone.layout,
    state: phone.state,
  });
  return new Map(refs.map((ref) => [ref.path, ref.def.hidden ? "" : (values.get(ref.path) ?? "")]));
}

function agentValues({ identity, accounts }: Phone): AgentValues {
  const known: Readonly<Partial<Record<AgentValue, string>>> = {
    manufacturer: identity.manufacturer,
    oui: identity.oui,
    modelName: identity.modelName,
    productClass: identity.productClass,
    serialNumber: identity.serialNumber,
    accounts: String(accounts),
    natDetected: "false",
  };
  return (value) => known[value] ?? "";
}

/** The phone as a read-only backend. */
function readOnlyBackend(phone: Phone): Backend {
  const refuse = async (): Promise<never> => {
    throw new Error("this phone is read-only");
  };
  return {
    name: "read-only",
    supports: (key) => phone.read(key) !== undefined,
    start: async () => undefined,
    stop: async () => undefined,
    async read(keys) {
      return new Map(
        keys.flatMap((key) => {
          const text = phone.read(key);
          return text === undefined ? [] : [[key, text] as const];
        }),
      );
    },
    stage: refuse,
    locate: () => null,
    reboot: refuse,
    factoryReset: refuse,
  };
}
