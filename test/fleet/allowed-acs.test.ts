import assert from "node:assert/strict";
import { test } from "node:test";
import { gateForeignAcs, requireOwnAcs, requireOwnAddress } from "../../src/fleet/allowed-acs.ts";

const NAMES: Readonly<Record<string, readonly string[]>> = {
  localhost: ["127.0.0.1", "::1"],
  acs: ["172.18.0.2"],
  "acs.example.com": ["10.0.0.1", "192.0.2.1"],
};
const resolve = async (name: string): Promise<readonly string[]> => {
  const addresses = NAMES[name];
  if (addresses === undefined) throw new Error("not found");
  return addresses;
};

test("an ACS on this host or in a private network is taken", async () => {
  const own = [
    "127.0.0.9",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.1.1",
    "[::1]",
    "[fd00::1]",
    "[::ffff:10.0.0.1]",
    "localhost",
    "acs",
  ];
  await requireOwnAcs(
    own.map((host) => `http://${host}:7557/`),
    resolve,
  );
});

test("any other ACS is refused, one with a private address among others too", async () => {
  for (const host of ["8.8.8.8", "172.32.0.1", "192.169.0.1", "100.64.0.1", "[2001:db8::1]", "acs.example.com"])
    await assert.rejects(requireOwnAcs([`https://${host}/`], resolve), { code: "CONFIG", message: /--i-own-this-acs/ });
  await assert.rejects(requireOwnAcs(["http://nobody/"], resolve), /cannot look up the ACS nobody: not found/);
});

test("a phone that its ACS sends to a foreign one opens nothing there", async () => {
  const opened: string[] = [];
  const inner = {
    open({ url }: { readonly url: string }) {
      opened.push(url);
      return { post: async () => ({ status: 204, body: null }), close: async () => {} };
    },
  };
  const gated = gateForeignAcs(inner, ["http://acs:7557/"]);
  const post = (url: string) =>
    gated.open({ url, username: "", password: "" }, new AbortController().signal).post(null);
  await post("http://acs:7557/other");
  await post("http://10.0.0.7/");
  await assert.rejects(post("http://8.8.8.8/"), { code: "ACS_UNREACHABLE" });
  await assert.rejects(post("http://elsewhere/"), { code: "ACS_UNREACHABLE" });
  assert.deepEqual(opened, ["http://acs:7557/other", "http://10.0.0.7/"]);
});

test("nothing else is sent to others either, whether an address or a name leads there", () => {
  for (const address of ["172.18.0.3", "10.0.0.1", "::1", "127.0.0.1"]) requireOwnAddress(address, "files");
  assert.throws(() => requireOwnAddress("192.0.2.1", "stun.example.com"), {
    message: /^stun.example.com \(192.0.2.1\) is neither .*--i-own-this-acs/,
  });
  assert.throws(() => requireOwnAddress("8.8.8.8", "8.8.8.8"), /^Error: 8.8.8.8 is neither/);
});
