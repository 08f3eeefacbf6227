import { expectEqual, expectThat } from "./expect.ts";
import {
  ENABLE,
  expectNoReportOfSettings,
  expectRefusal,
  expectValue,
  expectWrite,
  LABEL,
  LINE_RESET,
  LINE_STATE,
  LOOK_MS,
  OWN,
  PASSWORD,
  write,
} from "./probe.ts";
import { type ContractPromise, promise } from "./promise.ts";

/** Settings that must be refused, with a value that must not appear in the reason. */
const REFUSED = [
  ["a key that no AutoP file holds", "Own.THING.Item", "1"],
  ["a value with a line break", LABEL, "hunter\n2"],
  ["a value with a space at its end", LABEL, "hunter2 "],
  ["a live value", LINE_STATE, "Up"],
  ["an action that it does not have", "Action.Account99.Line.Reset", "1"],
] as const;

export const SETTINGS_PROMISES: readonly ContractPromise[] = [
  promise(
    "has every setting of the data model, and no other keys",
    "supports(key) answers true for each key of context.factory, and for Status. and Action. keys that the phone has",
    async ({ backend, facts }) => {
      const missing = [...facts.factory.keys()].filter((key) => !backend.supports(key));
      expectEqual("settings that it does not support", missing, []);
      const others = [OWN, "Status.Account99.Line.State", "Action.Account99.Line.Reset", "Status.Own"];
      expectEqual(
        "keys that it should not support",
        others.filter((key) => backend.supports(key)),
        [],
      );
    },
  ),
  promise(
    "starts with the factory settings and a value for every live key that it has",
    "a phone that was never set up reads as context.factory says; where a live value is not known, answer an empty text",
    async ({ backend, facts, settle }) => {
      const found = await settle(backend.read([...facts.factory.keys()]));
      const different = [...facts.factory].filter(([key, value]) => found.get(key) !== value).map(([key]) => key);
      expectEqual("settings that differ from context.factory", different, []);
      const live = facts.liveKeys.filter((key) => backend.supports(key));
      expectEqual("live keys that read answers", [...(await settle(backend.read(live))).keys()], live);
    },
  ),
  promise(
    "leaves out the keys that it does not have",
    "read answers a Map with the keys that it has, in the order asked; other keys are left out, not answered as empty",
    async ({ backend, facts, settle }) => {
      const found = await settle(backend.read([LABEL, OWN, LINE_RESET]));
      expectEqual("read", [...found], [[LABEL, facts.factory.get(LABEL) ?? ""]]);
    },
  ),
  promise(
    "stage changes nothing, apply stores the whole change and reports none of it",
    "write in apply, not in stage; keep every text as it is; onChange is for what others change",
    async (phone) => {
      const { backend, facts, settle } = phone;
      const staged = await settle(
        backend.stage(
          new Map([
            [LABEL, "hall ☎ # 1"],
            [ENABLE, ""],
          ]),
        ),
      );
      await phone.wait(LOOK_MS);
      await expectValue(phone, LABEL, facts.factory.get(LABEL));
      expectEqual("apply answers", await settle(staged.apply()), "applied");
      await phone.wait(LOOK_MS);
      await expectValue(phone, LABEL, "hall ☎ # 1");
      await expectValue(phone, ENABLE, "");
      expectNoReportOfSettings(phone);
    },
  ),
  promise("a discarded change is not made", "discard forgets what stage has been given", async (phone) => {
    const staged = await phone.settle(phone.backend.stage(new Map([[LABEL, "hall"]])));
    await phone.settle(staged.discard());
    await phone.wait(LOOK_MS);
    await expectValue(phone, LABEL, phone.facts.factory.get(LABEL));
  }),
  promise(
    "the same change may be applied again",
    "a change of an earlier version of the agent is applied once more after a power cut: that must do no harm",
    async (phone) => {
      for (let count = 0; count < 2; count++) await expectWrite(phone, { [LABEL]: "hall" }, "applied");
      await expectValue(phone, LABEL, "hall");
    },
  ),
  promise(
    "the texts that a change has overwritten can be written again",
    "where a change has failed half-way the agent writes the old texts, also empty ones, over it",
    async (phone) => {
      const { backend, settle } = phone;
      const keys = [LABEL, ENABLE, PASSWORD];
      const before = await settle(backend.read(keys));
      await expectWrite(phone, { [LABEL]: "hall", [ENABLE]: "1", [PASSWORD]: "secret" }, "applied");
      await expectWrite(phone, Object.fromEntries(before), "applied");
      for (const key of keys) await expectValue(phone, key, before.get(key));
      expectNoReportOfSettings(phone);
    },
  ),
  ...REFUSED.map(([what, key, value]) =>
    promise(
      `refuses ${what}, with all that is staged beside it`,
      "check the whole change in stage and throw context.refuse with the key and why: a backend takes all of it or nothing",
      async (phone) => {
        await expectRefusal(phone, { [ENABLE]: "1", [key]: value }, key);
        await expectValue(phone, ENABLE, phone.facts.factory.get(ENABLE));
      },
    ),
  ),
  promise(
    "keeps a setting that the data model lacks: firmware may know it",
    "configuration files hold any Config. key; store those that you do not know as well",
    async (phone) => {
      await write(phone, { [OWN]: "1" });
      await expectValue(phone, OWN, "1");
    },
  ),
  promise(
    "C-130 says that a restart is needed as long as the value is not in force",
    "apply answers needs-reboot while one of its keys, of those in context.restartKeys, has another value than at the last restart",
    async (phone) => {
      const { key, factory, other } = phone.facts.restart;
      await expectWrite(phone, { [key]: factory, [LABEL]: "x" }, "applied");
      await expectWrite(phone, { [key]: other }, "needs-reboot");
      await expectWrite(phone, { [key]: other }, "needs-reboot");
      await expectWrite(phone, { [LABEL]: "y" }, "applied");
      await expectWrite(phone, { [key]: factory }, "applied");
      await expectWrite(phone, { [key]: other }, "needs-reboot");
      await phone.settle(phone.backend.reboot("key"));
      await expectWrite(phone, { [key]: other }, "applied");
    },
  ),
  promise(
    "a factory reset brings the factory settings back and reports none of them",
    "factoryReset gives every key of context.factory its value there, durably, before it resolves",
    async (phone) => {
      const { backend, facts, settle } = phone;
      await write(phone, { [LABEL]: "hall", [PASSWORD]: "secret" });
      await settle(backend.factoryReset());
      await phone.wait(LOOK_MS);
      const found = await settle(backend.read([...facts.factory.keys()]));
      const different = [...facts.factory].filter(([key, value]) => found.get(key) !== value).map(([key]) => key);
      expectEqual("settings that differ from context.factory", different, []);
      expectNoReportOfSettings(phone);
    },
  ),
  promise(
    "says where a person finds a setting, or null",
    "locate answers a place such as phone.cfg:12, or null when there is none to look at",
    async ({ backend, facts }) => {
      for (const key of facts.factory.keys()) {
        const place: unknown = backend.locate(key);
        expectThat(
          place === null || typeof place === "string",
          `locate of ${key} answers a text or null`,
          typeof place,
        );
      }
    },
  ),
];
