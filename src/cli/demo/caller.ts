import { createNonces } from "../../connection-request/nonces.ts";
import { createDatagrams } from "../../net/datagrams.ts";
import { createSipResolver } from "../../net/sip/dns.ts";
import { createSipTransport } from "../../net/sip/sip-transport.ts";
import type { CallView } from "../../sip/calls/call-line.ts";
import { PhoneCalls } from "../../sip/calls/phone-calls.ts";
import { uriText } from "../../sip/message/uri.ts";
import { LINE_PARAM, SipStack } from "../../sip/stack.ts";
import type { RegistrarPorts } from "../registrar/start-registrar.ts";

/** A caller of the demo's phone. */
export interface Caller {
  /** The call as it is now; undefined once it has ended. */
  readonly call: CallView | undefined;
  hangUp(): void;
  close(): Promise<void>;
}

const HERE = "127.0.0.1";
const NAME = "1002";
const UNLIMITED = { open: () => true, record: () => {} };

/** Calls a user of the registrar on that local port. */
export async function callUser(user: string, port: number, ports: RegistrarPorts): Promise<Caller> {
  const { clock, scheduler, random, log } = ports;
  const datagrams = createDatagrams(log);
  const transport = createSipTransport({
    ...{ datagrams, scheduler, address: HERE, udpPort: 0, tls: { minVersion: "TLSv1.2" as const } },
  });
  const nonces = createNonces(clock, random);
  const resolver = createSipResolver();
  const stack = new SipStack({ clock, scheduler, random, nonces, transport, resolver, strangers: UNLIMITED });
  const calls = new PhoneCalls({ stack, policy: () => ({ kind: "refuse", status: 486 }), failed: () => {} });
  const token = stack.token(8);
  const line = {
    ...{ number: 1, address: uriText(NAME, HERE, null), display: "A caller", userAgent: "akuvox-cpe demo" },
    ...{ login: { name: NAME, password: "" }, voice: "silence" as const },
    ...{
      codecs: [{ name: "PCMU", clockRate: 8000, payload: 0 }],
      telephoneEvents: false,
      keysByInfo: false,
      telephonePayload: 101,
    },
    contactUri: ({ local }: { readonly local: { readonly host: string; readonly port: number } }) =>
      `${uriText(NAME, local.host, local.port)};${LINE_PARAM}=${token}`,
  };
  stack.attach(token, { request: (request, from) => calls.request(request, from, line), closed: () => {} });
  const flow = await stack.open({ host: HERE, port, protocol: "UDP", name: HERE }, 0);
  await calls.dial(uriText(user, HERE, port), line, {
    flow,
    server: { host: HERE, port, protocol: "UDP" },
    proxy: null,
  });
  return {
    get call() {
      return calls.views[0];
    },
    hangUp: () => calls.hangUp(),
    async close() {
      calls.drop();
      await stack.close();
    },
  };
}
