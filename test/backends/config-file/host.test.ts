import assert from "node:assert/strict";
import { isIPv4 } from "node:net";
import type { NetworkInterfaceInfo } from "node:os";
import { test } from "node:test";
import {
  createHost,
  lanAddresses,
  parseDefaultRoute,
  parseNameServers,
} from "../../../src/backends/config-file/host.ts";

const ROUTES = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
wlan0\t00000000\tFE0200C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
`;

const address = (ip: string, mac: string, internal = false): NetworkInterfaceInfo => ({
  address: ip,
  netmask: "255.255.255.0",
  family: "IPv4",
  mac,
  internal,
  cidr: `${ip}/24`,
});

const INTERFACES = {
  lo: [address("127.0.0.1", "00:00:00:00:00:00", true)],
  docker0: [address("172.17.0.1", "02:42:00:00:00:01")],
  eth0: [address("192.0.2.50", "0c:11:05:0a:0b:0c")],
};

const NETWORK = { gateway: "192.0.2.1", nameServers: ["192.0.2.2", "192.0.2.3", "192.0.2.4"] };

test("the default route gives the gateway and its interface, in either byte order", () => {
  assert.deepEqual(parseDefaultRoute(ROUTES, null, true), { interfaceName: "eth0", gateway: "192.0.2.1" });
  assert.deepEqual(parseDefaultRoute(ROUTES, "wlan0", true), { interfaceName: "wlan0", gateway: "192.0.2.254" });
  assert.equal(parseDefaultRoute(ROUTES.replace("010200C0", "C0000201"), null, false)?.gateway, "192.0.2.1");
});

test("no default route is no gateway, whatever the text", () => {
  for (const text of ["", "Iface\n", "Iface\neth0\t00000000\n", ROUTES.replaceAll("00000000\t0", "x")]) {
    assert.equal(parseDefaultRoute(text, null, true), null);
  }
  assert.equal(parseDefaultRoute(ROUTES, "docker0", true), null);
});

test("a route that refuses is none, and a line to one other machine has no gateway to name", () => {
  const refusing = "*\t00000000\t00000000\t0200\t0\t0\t4278198272\t00000000\t0\t0\t0\n";
  const head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
  assert.equal(parseDefaultRoute(head + refusing, null, true), null);
  const line = "ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n";
  assert.deepEqual(parseDefaultRoute(head + refusing + line, null, true), { interfaceName: "ppp0", gateway: "" });
});

test("what follows a name server on its line is a remark, and what is no address is none", () => {
  const text = "nameserver 192.0.2.2 # the office\r\nnameserver 192.0.2.3\r\nnameserver 999.1.1.1\nnameserver 1.2.3\n";
  assert.deepEqual(parseNameServers(text), ["192.0.2.2", "192.0.2.3"]);
});

test("name servers are taken in order, IPv6 ones left out", () => {
  const text = "# nameserver 1.1.1.1\nsearch lan\nnameserver 192.0.2.2\n nameserver\t192.0.2.3 \nnameserver fe80::1\n";
  assert.deepEqual(parseNameServers(text), ["192.0.2.2", "192.0.2.3"]);
});

test("the wanted interface answers, or else the first that leads out of the host", () => {
  assert.deepEqual(lanAddresses(INTERFACES, "eth0", NETWORK), {
    ipAddress: "192.0.2.50",
    subnetMask: "255.255.255.0",
    defaultGateway: "192.0.2.1",
    primaryDns: "192.0.2.2",
    secondaryDns: "192.0.2.3",
    macAddress: "0c:11:05:0a:0b:0c",
  });
  assert.equal(lanAddresses(INTERFACES, null, NETWORK).ipAddress, "172.17.0.1");
  assert.equal(lanAddresses(INTERFACES, "lo", NETWORK).ipAddress, "127.0.0.1");
  assert.equal(lanAddresses(INTERFACES, "eth9", NETWORK).ipAddress, "");
});

test("this host can be asked", async () => {
  const host = createHost({ interfaceName: "lo" });
  const { ipAddress } = await host.lan();
  assert.ok(ipAddress === "" || isIPv4(ipAddress));
  assert.ok(Number.isInteger(host.upTimeSeconds()));
});
