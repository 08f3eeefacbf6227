import assert from "node:assert/strict";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import type { NetworkInterfaceInfo } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createHost } from "../../../src/backends/config-file/host.ts";
import { readHostFacts } from "../../../src/backends/linux/host-facts.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";
import { linuxPhone, put } from "./linux-phone.ts";

const ROUTES = `Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask
eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000
`;
const address = (ip: string, mac: string): NetworkInterfaceInfo => ({
  address: ip,
  netmask: "255.255.255.0",
  family: "IPv4",
  mac,
  internal: false,
  cidr: `${ip}/24`,
});

async function hostTree(t: TestContext): Promise<string> {
  const root = await temporaryFolder(t);
  await put(root, "proc/net/route", ROUTES);
  await put(root, "proc/uptime", "4711.23 9000.00\n");
  await put(root, "etc/resolv.conf", "nameserver 127.0.0.53\noptions edns0\n");
  await put(root, "run/systemd/resolve/resolv.conf", "nameserver 192.0.2.2\nnameserver 192.0.2.3\n");
  await put(root, "sys/class/net/eth0/address", "0C:11:05:0a:0b:0c\n");
  return root;
}

const interfaces = () => ({
  eth0: [address("192.0.2.50", "0c:11:05:0a:0b:0c")],
  wlan0: [address("198.51.100.4", "x")],
});

test("a host answers out of its files: up time, route, and the servers behind a local resolver", async (t) => {
  const host = createHost({ interfaceName: null, root: await hostTree(t), interfaces });
  assert.equal(host.upTimeSeconds(), 4711);
  assert.deepEqual(await host.lan(), {
    ipAddress: "192.0.2.50",
    subnetMask: "255.255.255.0",
    defaultGateway: "192.0.2.1",
    primaryDns: "192.0.2.2",
    secondaryDns: "192.0.2.3",
    macAddress: "0c:11:05:0a:0b:0c",
  });
});

test("servers that are asked directly are not looked for elsewhere", async (t) => {
  const root = await hostTree(t);
  await put(root, "etc/resolv.conf", "nameserver 192.0.2.9\n");
  assert.equal((await createHost({ interfaceName: null, root, interfaces }).lan()).primaryDns, "192.0.2.9");
  await put(root, "etc/resolv.conf", "nameserver 127.0.0.53\n");
  await put(root, "run/systemd/resolve/resolv.conf", "");
  assert.equal((await createHost({ interfaceName: null, root, interfaces }).lan()).primaryDns, "127.0.0.53");
});

test("of several interfaces the one of the settings answers; one without an address has its hardware address all the same", async (t) => {
  const root = await hostTree(t);
  assert.equal((await createHost({ interfaceName: "wlan0", root, interfaces }).lan()).ipAddress, "198.51.100.4");
  const down = await createHost({ interfaceName: "eth0", root, interfaces: () => ({}) }).lan();
  assert.deepEqual([down.ipAddress, down.macAddress], ["", "0c:11:05:0a:0b:0c"]);
  const hostile = await createHost({ interfaceName: "../../etc", root, interfaces: () => ({}) }).lan();
  assert.equal(hostile.macAddress, "");
});

test("files that are not there, or nonsense, are no reason to throw", async (t) => {
  const empty = await temporaryFolder(t);
  const host = createHost({ interfaceName: null, root: empty, interfaces: () => ({}) });
  assert.ok(Number.isInteger(host.upTimeSeconds()));
  assert.ok(Object.values(await host.lan()).every((value) => value === ""));
  assert.deepEqual([...(await readHostFacts(empty)).values()], ["", ""]);
  for (const path of ["proc/uptime", "proc/net/route", "etc/resolv.conf", "etc/hostname", "etc/timezone"]) {
    await put(empty, path, "\0\uFFFD".repeat(300_000));
  }
  await mkdir(join(empty, "etc/localtime"));
  assert.ok(Object.values(await host.lan()).every((value) => value === ""));
  assert.ok(Number.isInteger(host.upTimeSeconds()));
  assert.deepEqual([...(await readHostFacts(empty)).values()], ["", ""]);
});

test("name and time zone of the host: from the link, or else from the file beside it", async (t) => {
  const root = await temporaryFolder(t);
  await put(root, "etc/hostname", "desk-phone\n");
  await put(root, "etc/timezone", "Asia/Shanghai\n");
  assert.deepEqual([...(await readHostFacts(root)).values()], ["desk-phone", "Asia/Shanghai"]);
  await symlink("../usr/share/zoneinfo/Europe/Berlin", join(root, "etc/localtime"));
  assert.deepEqual([...(await readHostFacts(root)).values()], ["desk-phone", "Europe/Berlin"]);
});

test("the phone shows name and time zone as live values, and reports another name", async (t) => {
  const phone = await linuxPhone(t, { change: { network: null } });
  await phone.start();
  t.after(() => phone.backend.stop());
  assert.equal(await phone.read("Status.Host.General.Name"), "desk-phone");
  assert.equal(await phone.read("Status.Host.General.TimeZone"), "Europe/Berlin");
  await writeFile(join(phone.root, "etc/hostname"), "hall-phone\n");
  await phone.time.advance(61_000);
  assert.deepEqual(phone.reported, [{ key: "Status.Host.General.Name", before: "desk-phone", after: "hall-phone" }]);
  assert.equal((await readFile(join(phone.root, "etc/hostname"), "utf8")).trim(), "hall-phone");
});
