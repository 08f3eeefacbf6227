import { createNonces } from "../../../src/connection-request/nonces.ts";
import { Registrar, type RegistrarOptions } from "../../../src/sip/registrar/registrar.ts";
import type { SipAccount } from "../../../src/sip/registration/account.ts";
import { Registration } from "../../../src/sip/registration/registration.ts";
import type { FakeSip } from "../../helpers/fake-sip.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";

export const ACCOUNT: SipAccount = {
  ...{ user: "1001", display: "Front desk", authName: "1001", password: "correct horse" },
  servers: [{ host: "192.0.2.1", port: 5060, protocol: "UDP" }],
  ...{ proxy: null, expiresSeconds: 1_800, localPort: 5062, keepAliveSeconds: 0 },
  userAgent: "Akuvox SP-R53P 53.0.6.45",
};

/** A registration in that world, and the states that it goes through. */
export function registering(world: FakeSip, more: Partial<SipAccount> = {}, isConnected = () => true) {
  const states: string[] = [];
  const registration = new Registration({
    stack: world.stack,
    account: { ...ACCOUNT, ...more },
    isConnected,
    changed: (status, reason) => void states.push(reason === null ? status : `${status}: ${reason}`),
  });
  world.stack.attach(registration.line, { request: () => {}, closed: (flow) => registration.closed(flow) });
  return { registration, states };
}

/** A registrar with its clock, not yet at an address. */
export function registrarIn(world: FakeSip, more: Partial<RegistrarOptions> = {}): Registrar {
  const random = seededRandom("registrar");
  return new Registrar({
    ...{ ...world.time, random, nonces: createNonces(world.time.clock, random), realm: "pbx", nonceSeconds: 300 },
    password: (user) => (user === "1001" ? "correct horse" : undefined),
    ...{ refusal: () => null, minExpiresSeconds: 30, maxExpiresSeconds: 3_600, event: () => {} },
    ...more,
  });
}
