import type { BackendKey } from "../../ports/backend.ts";
import type { Scheduler } from "../../ports/clock.ts";
import { createChangeReporter } from "../change-reporter.ts";
import type { Hardware } from "../hardware.ts";
import { startPoll } from "../poll.ts";
import { HOST_STATUS, readHostFacts } from "./host-facts.ts";
import type { NetworkKeeper } from "./network-keeper.ts";
import { isTimeSetting, type ReadSetting, type TimeKeeper, timeRefusal } from "./time-keeper.ts";

export interface LinuxHardwareOptions {
  /** Live values and the reboot command, as for a phone whose firmware reads its file. */
  readonly base: Hardware;
  /** Null: the network is left alone. */
  readonly network: NetworkKeeper | null;
  readonly time: TimeKeeper;
  /** The stored settings, in force or not. */
  readonly stored: ReadSetting;
  readonly root: string;
  readonly scheduler: Scheduler;
}

const FACTS = Object.values(HOST_STATUS) as readonly BackendKey[];
const LOOK_EVERY_MS = 60_000;

/** This host, with its network and its time as set. */
export function createLinuxHardware(options: LinuxHardwareOptions): Hardware {
  const { base, network, time, stored, root, scheduler } = options;
  let facts: ReadonlyMap<BackendKey, string> = new Map();
  let stopPoll = () => {};
  /** A mistake in one line of the phone's file must not block a change of another. */
  const usable: ReadSetting = (key) => (timeRefusal(key, stored(key) ?? "") === null ? stored(key) : "");
  const read = (key: BackendKey): string | undefined => facts.get(key) ?? base.read(key);
  const changes = createChangeReporter(FACTS, read);

  return {
    supports: (key) => FACTS.includes(key) || base.supports(key),
    async start(report) {
      facts = await readHostFacts(root);
      await network?.start();
      await time.follow(stored);
      await base.start(report);
      changes.start(report);
      stopPoll = startPoll(scheduler, "look at the host", LOOK_EVERY_MS, async () => {
        facts = await readHostFacts(root);
        changes.look();
      });
    },
    async stop() {
      stopPoll();
      changes.stop();
      await network?.stop();
      await base.stop();
    },
    read,
    async prepare(values) {
      const isConcerned = [...values.keys()].some(isTimeSetting);
      const undo = isConcerned ? await time.bring((key) => values.get(key) ?? usable(key)) : async () => {};
      return { needsRestart: false, stored: () => {}, undo };
    },
    ...(network === null ? {} : { reached: () => network.reached() }),
    settingsChanged(keys) {
      base.settingsChanged(keys);
      if (keys.some(isTimeSetting)) void time.follow(stored);
    },
    act: (key) => base.act(key),
    async shutDown(commandKey) {
      // The session has ended and its last answer was sent: the address may change.
      await network?.restart();
      await base.shutDown(commandKey);
    },
    powerOn: () => base.powerOn(),
  };
}
