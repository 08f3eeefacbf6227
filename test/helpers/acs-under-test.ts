import type { TestContext } from "node:test";
import { type Acs, type AcsOptions, createAcs } from "../../src/acs/acs.ts";
import type { AcsEvent } from "../../src/acs/events.ts";
import { createFakeTime, type FakeTime } from "./fake-time.ts";
import { createScriptedCpe, type ScriptedCpe } from "./scripted-cpe.ts";
import { seededRandom } from "./seeded-random.ts";

export interface AcsUnderTest {
  readonly acs: Acs;
  readonly time: FakeTime;
  readonly events: readonly AcsEvent[];
  cpe(options?: { readonly cookies?: boolean; readonly ca?: string }): ScriptedCpe;
}

/** The real ACS on a free port of 127.0.0.1, its time in the test's hand; closed when the test ends. */
export async function startAcs(t: TestContext, options: Partial<AcsOptions> = {}): Promise<AcsUnderTest> {
  const time = createFakeTime();
  const acs = await createAcs({
    address: "127.0.0.1",
    port: 0,
    authentication: { scheme: "none" },
    clock: time.clock,
    scheduler: time.scheduler,
    random: seededRandom(),
    ...options,
  });
  const events: AcsEvent[] = [];
  acs.onEvent((event) => void events.push(event));
  t.after(() => acs.close());
  return {
    acs,
    time,
    events,
    cpe(cpeOptions = {}) {
      const cpe = createScriptedCpe({ url: acs.url, ...cpeOptions });
      t.after(() => cpe.close());
      return cpe;
    },
  };
}
