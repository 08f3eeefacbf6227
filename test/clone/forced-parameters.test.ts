import assert from "node:assert/strict";
import { test } from "node:test";
import { createLayouts } from "../../src/parameters/layouts.ts";
import { cloneOf, parameter } from "../helpers/clone.ts";

const object = (children: object): object => ({ _object: true, _writable: false, ...children });
const connection = (address: string): object => object({ ExternalIPAddress: parameter(address, "xsd:string", false) });

/** Which external addresses are in each Inform of a gateway with a connection over IP and two over PPP. */
async function forced(addresses: readonly [string, string, string], named?: string): Promise<readonly string[]> {
  const [ip, first, second] = addresses;
  const wan = object({
    WANIPConnection: object({ 1: connection(ip) }),
    WANPPPConnection: object({ 1: connection(first), 2: connection(second) }),
  });
  const gateway = object({
    WANDevice: object({ 1: object({ WANConnectionDevice: object({ 1: wan }) }) }),
    ...(named === undefined ? {} : { Layer3Forwarding: object({ DefaultConnectionService: parameter(named) }) }),
  });
  const { model } = await cloneOf(JSON.stringify({ InternetGatewayDevice: gateway }));
  const { factory } = createLayouts(model, { accounts: 1, accountsFixed: false });
  return factory.forcedInform.flatMap(({ path }) => {
    const [, place] = /WANConnectionDevice\.1\.(.*)\.ExternalIPAddress$/.exec(path) ?? [];
    return place === undefined ? [] : [place];
  });
}

const BASE = "InternetGatewayDevice.WANDevice.1.WANConnectionDevice.1.";

test("a gateway tells the external address of its default connection, and of no other", async () => {
  const addresses = ["192.0.2.1", "192.0.2.2", "192.0.2.3"] as const;
  assert.deepEqual(await forced(addresses, `${BASE}WANPPPConnection.2`), ["WANPPPConnection.2"]);
  assert.deepEqual(await forced(addresses, "WANDevice.1.WANConnectionDevice.1.WANPPPConnection.1."), [
    "WANPPPConnection.1",
  ]);
});

test("where none is named that is there, it is the first that has an address, or the first", async () => {
  assert.deepEqual(await forced(["", "192.0.2.2", "192.0.2.3"]), ["WANPPPConnection.1"]);
  assert.deepEqual(await forced(["0.0.0.0", "", "192.0.2.3"], `${BASE}WANPPPConnection.9`), ["WANPPPConnection.2"]);
  assert.deepEqual(await forced(["", "", ""], "uuid:1,urn:upnp-org:serviceId:WANIPConnection.1"), [
    "WANIPConnection.1",
  ]);
});
