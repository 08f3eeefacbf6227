import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatOf } from "../../src/model/formats.ts";
import { createPhoneUnderTest, model } from "./phone-under-test.ts";

const SERVER = "Device.ManagementServer.";
const UPDATE = "Device.UserInterface.CUSTOM_Update.";
const URLS = [
  "http://acs.example:99999/",
  "http://acs.example:0/",
  "http://999.1.1.1/",
  "http://[::::]/",
  "http://a%zz/",
  "http://a..b/",
];
const HOSTS = ["a b", "999.1.1.1", "::::", "http://stun.example/", "a..b", "-a.example", "stun.example:99999"];

/** What the phone itself connects to, with texts that look like one and that nothing can connect to. */
const CASES: readonly {
  readonly path: string;
  readonly key: string;
  readonly good: string;
  readonly bad: readonly string[];
}[] = [
  {
    path: `${SERVER}URL`,
    key: "Config.TR069.ManagementServer.URL",
    good: "http://acs.example:7547/",
    bad: [...URLS, "http://user:secret@acs.example/"],
  },
  {
    path: `${SERVER}STUNServerAddress`,
    key: "Config.TR069.ManagementServer.STUNServerAddress",
    good: "2001:db8::1",
    bad: [...HOSTS, "stun.example:3478"],
  },
  {
    path: "Device.Time.NTPServer1",
    key: "Config.Settings.SNTP.NTPServer1",
    good: "ntp.example.net:123",
    bad: HOSTS,
  },
  { path: "Device.Time.NTPServer2", key: "Config.Settings.SNTP.NTPServer2", good: "192.0.2.99", bad: HOSTS },
  {
    path: `${UPDATE}CUSTOM_ServerUrl`,
    key: "Config.Autoprovision.GENERAL.Url",
    good: "http://user:secret@files.example/cfg/",
    bad: [...URLS, "tftp://999.1.1.1/", "tftp:///a"],
  },
  ...[0, 1, 2, 3, 4].map((place) => ({
    path: `Device.UserInterface.CUSTOM_RemotePhoneBook.CUSTOM_PhoneBook${place}URL`,
    key: `Config.RemotePhoneBook.REMOTE_PHONE_BOOK${place}.Url`,
    good: "https://files.example/book.xml",
    bad: URLS,
  })),
];

for (const { path, key, good, bad } of CASES) {
  describe(`${path}: a value that cannot be used`, () => {
    test("is 9007 of the parameter from an ACS, and of the key in a configuration file", async () => {
      const phone = createPhoneUnderTest(true);
      const tree = await phone.open();
      await tree.setValues([{ path, value: good, type: null }], null, "acs");
      for (const value of bad) {
        const isFaultOf = (name: string) => (error: unknown) => {
          const { faultCode, parameterFaults } = error as {
            faultCode: number;
            parameterFaults: readonly { parameterName: string; faultCode: number }[];
          };
          return (
            faultCode === 9003 &&
            parameterFaults.length === 1 &&
            parameterFaults[0]?.parameterName === name &&
            parameterFaults[0].faultCode === 9007
          );
        };
        await assert.rejects(tree.setValues([{ path, value, type: null }], null, "acs"), isFaultOf(path), value);
        await assert.rejects(tree.applySettings(new Map([[key, value]]), "device"), isFaultOf(key), value);
        assert.equal(phone.texts.get(key), good);
      }
    });

    test("that stands in the phone's file leaves the last good value in force", async () => {
      for (const value of bad) {
        const phone = createPhoneUnderTest(true);
        await (await phone.open()).setValues([{ path, value: good, type: null }], null, "acs");
        const tree = await phone.open();
        const before = phone.texts.get(key);
        phone.texts.set(key, value);
        phone.report([{ key, before, after: value }]);
        await phone.time.advance(0);
        assert.equal((await tree.readSecrets([path])).get(path), good, value);
        assert.equal((await (await phone.open()).readSecrets([path])).get(path), good, `${value}, after a restart`);
      }
    });
  });
}

test("every URL and host of the data model that the phone itself uses is checked by what uses it", () => {
  const unchecked = model.parameters
    .filter(({ name, writable }) => writable && /URL$|Url$|NTPServer|STUNServerAddress/.test(name))
    .filter(({ pattern }) => pattern === null || formatOf(pattern)?.isUsable === undefined)
    .map(({ template }) => template);
  assert.deepEqual(unchecked, []);
});
