import { expectEqual, expectThat } from "./expect.ts";
import { ENABLE, expectSoon, expectValue, expectWrite, LABEL, LINE_RESET, LINE_STATE, write } from "./probe.ts";
import { type ContractPromise, promise } from "./promise.ts";

/** Longer than any poll. */
const REST_MS = 3_000;
const isDisabled = (state: string): boolean => state === "Disabled";
const isNotDisabled = (state: string): boolean => state !== "Disabled";

export const ACTION_PROMISES: readonly ContractPromise[] = [
  promise(
    "an action is performed, not stored, and does nothing when its value is false",
    "apply performs an action unless its value is empty, 0 or false, and answers applied; it is not stored and never read",
    async (phone) => {
      if (!phone.backend.supports(LINE_RESET)) return;
      await expectWrite(phone, { [LINE_RESET]: "1", [LABEL]: "hall" }, "applied");
      await expectWrite(phone, { [LINE_RESET]: "false" }, "applied");
      await expectValue(phone, LINE_RESET, undefined);
      await expectValue(phone, LABEL, "hall");
    },
  ),
  promise(
    "a line whose account is off is disabled",
    `${LINE_STATE} is Disabled while ${ENABLE} is 0 or empty, and anything else of the data model while it is on`,
    async (phone) => {
      if (!phone.backend.supports(LINE_STATE)) return;
      await expectSoon(phone, LINE_STATE, "Disabled", isDisabled);
      await write(phone, { [ENABLE]: "1" });
      await expectSoon(phone, LINE_STATE, "not Disabled", isNotDisabled);
      await write(phone, { [ENABLE]: "0" });
      await expectSoon(phone, LINE_STATE, "Disabled", isDisabled);
    },
  ),
];

export const LIFE_PROMISES: readonly ContractPromise[] = [
  promise("settings outlive a reboot", "store what apply is given before it resolves", async (phone) => {
    await write(phone, { [LABEL]: "hall" });
    await phone.settle(phone.backend.reboot("key"));
    await expectValue(phone, LABEL, "hall");
  }),
  {
    name: "what apply has stored survives a power cut",
    advice: "apply resolves when the change is on the disk: write a new file, fsync it, rename it over the old one",
    needsPowerCut: true,
    async prove(phone) {
      await write(phone, { [LABEL]: "hall" });
      await phone.powerCut?.();
      await phone.start();
      await expectValue(phone, LABEL, "hall");
    },
  },
  promise(
    "may be stopped and started again, with its settings",
    "stop gives back what start has opened; start may come again on the same object",
    async (phone) => {
      const { backend, settle } = phone;
      await write(phone, { [LABEL]: "hall" });
      await settle(backend.stop());
      await phone.start();
      await write(phone, { [ENABLE]: "1" });
      await expectValue(phone, LABEL, "hall");
      await settle(backend.reboot("key"));
      await expectValue(phone, ENABLE, "1");
      if (backend.supports(LINE_STATE)) await expectSoon(phone, LINE_STATE, "not Disabled", isNotDisabled);
    },
  ),
  promise(
    "is restarted and reset while it is stopped, as the agent does it",
    "the agent calls stop, then factoryReset or reboot, then start: none of these may need the phone to be open",
    async (phone) => {
      const { backend, facts, settle } = phone;
      await write(phone, { [LABEL]: "hall" });
      await settle(backend.stop());
      await settle(backend.reboot("key"));
      await phone.start();
      await expectValue(phone, LABEL, "hall");
      await settle(backend.stop());
      await settle(backend.factoryReset());
      await settle(backend.reboot(""));
      await phone.start();
      await expectValue(phone, LABEL, facts.factory.get(LABEL));
    },
  ),
  promise(
    "lists the files that it installs and produces, and produces them",
    "files.installs and files.produces are lists of file types such as `1 Firmware Upgrade Image`; produce answers a Uint8Array",
    async ({ backend: { files }, settle }) => {
      if (files === undefined) return;
      for (const type of [...files.installs, ...files.produces])
        expectThat(/^\S+ \S/.test(type), "a file type such as `1 Firmware Upgrade Image`", JSON.stringify(type));
      for (const type of files.produces) {
        const content: unknown = await settle(files.produce(type));
        expectThat(content instanceof Uint8Array, `produce of ${type} answers a Uint8Array`, typeof content);
      }
    },
  ),
  promise(
    "reports nothing and leaves no timer once it has stopped",
    "stop ends every poll and every subscription; forget onChange there",
    async (phone) => {
      await write(phone, { [ENABLE]: "1" });
      await phone.settle(phone.backend.stop());
      phone.reported.length = 0;
      await phone.wait(REST_MS);
      expectEqual("changes that onChange has reported", phone.reported, []);
      expectEqual("timers that still wait", phone.pendingTimers?.() ?? [], []);
    },
  ),
];
