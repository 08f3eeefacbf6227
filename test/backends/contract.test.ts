import { runBackendContract } from "./contract.ts";
import { configFilePhone, simulatedInMemory, simulatedWithFile } from "./test-phone.ts";

runBackendContract("config-file", (t) => configFilePhone(t));
runBackendContract("simulated, in memory", () => simulatedInMemory());
runBackendContract("simulated, with a file", simulatedWithFile);
