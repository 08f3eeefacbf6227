import { runBackendContract } from "../contract.ts";
import { RESTART_KEYS } from "../test-phone.ts";
import { linuxPhone } from "./linux-phone.ts";

// A process of its own: its tests stand in contract.ts, which another file uses too.

runBackendContract("linux", (t) => linuxPhone(t, { change: { restartKeys: RESTART_KEYS, network: null } }));
runBackendContract("linux, with its network", (t) => linuxPhone(t, { change: { restartKeys: RESTART_KEYS } }));
