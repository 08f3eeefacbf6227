import { runBackendContract } from "./contract.ts";
import { configFilePhone, simulatedInMemory, simulatedWithFile } from "./test-phone.ts";

// A process of its own: its tests stand in contract.ts, which another file uses too.

runBackendContract("config-file", (t) => configFilePhone(t));
runBackendContract("simulated, in memory", () => simulatedInMemory());
runBackendContract("simulated, with a file", simulatedWithFile);
