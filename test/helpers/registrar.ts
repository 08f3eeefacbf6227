import type { TestContext } from "node:test";
import {
  type RegistrarSettings,
  type RunningRegistrar,
  startRegistrar,
} from "../../src/cli/registrar/start-registrar.ts";
import type { RegistrarEvent } from "../../src/sip/registrar/registrar.ts";
import { createSystemClock } from "../../src/system/clock.ts";
import { createScheduler } from "../../src/system/scheduler.ts";
import { createSystemRandom } from "../../src/system/system-random.ts";
import { silentLogger } from "./silent-logger.ts";

export interface RegistrarUnderTest extends RunningRegistrar {
  readonly events: readonly RegistrarEvent[];
}

const clock = createSystemClock();

/** Ports over real time, for tests over real sockets. */
export const REAL_PORTS = {
  clock,
  scheduler: createScheduler(clock, (error) => {
    throw error;
  }),
  random: createSystemRandom(),
  log: silentLogger,
};

/** A registrar on loopback, until the test ends; user 1001 has the password "correct horse" unless told otherwise. */
export async function registrarUnderTest(
  t: TestContext,
  more: Partial<RegistrarSettings> = {},
): Promise<RegistrarUnderTest> {
  const events: RegistrarEvent[] = [];
  const running = await startRegistrar(
    {
      ...{ address: "127.0.0.1", port: 0, realm: "pbx", tls: null, refusals: new Map() },
      users: new Map([["1001", "correct horse"]]),
      ...{ minExpiresSeconds: 30, maxExpiresSeconds: 3_600 },
      event: (event) => void events.push(event),
      ...more,
    },
    REAL_PORTS,
  );
  t.after(() => running.close());
  return { ...running, events };
}
