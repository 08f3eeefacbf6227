import { messageOf } from "../../cwmp/errors.ts";
import type { BackendKey } from "../../ports/backend.ts";
import type { ContractPhone } from "./contract-phone.ts";
import { BrokenPromise, expectEqual, expectThat } from "./expect.ts";

export const LABEL = "Config.Account1.GENERAL.Label";
export const ENABLE = "Config.Account1.GENERAL.Enable";
export const PASSWORD = "Config.Account1.GENERAL.Pwd";
export const LINE_STATE = "Status.Account1.Line.State";
export const LINE_RESET = "Action.Account1.Line.Reset";
/** A setting that the data model lacks. */
export const OWN = "Config.Own.THING.Item";

/** A polling backend polls at least this often. */
export const LOOK_MS = 2_000;
const STEP_MS = 250;

/** As the agent does for a GetParameterValues. */
export async function readOne({ backend, settle }: ContractPhone, key: BackendKey): Promise<string | undefined> {
  if (backend.refresh !== undefined) await settle(backend.refresh([key]));
  return (await settle(backend.read([key]))).get(key);
}

export async function expectValue(phone: ContractPhone, key: BackendKey, expected: string | undefined): Promise<void> {
  expectEqual(`read of ${key}`, await readOne(phone, key), expected);
}

/** A live value may need a moment to follow. */
export async function expectSoon(
  phone: ContractPhone,
  key: BackendKey,
  expected: string,
  holds: (value: string) => boolean,
): Promise<void> {
  for (let waited = 0; ; waited += STEP_MS) {
    const value = await readOne(phone, key);
    if (value !== undefined && holds(value)) return;
    if (waited >= LOOK_MS)
      throw new BrokenPromise(`${key} is ${expected} within ${LOOK_MS / 1_000} seconds`, value ?? "nothing");
    await phone.wait(STEP_MS);
  }
}

export async function write(
  { backend, settle }: ContractPhone,
  changes: Readonly<Record<BackendKey, string>>,
): Promise<string> {
  const staged = await settle(backend.stage(new Map(Object.entries(changes))));
  return settle(staged.apply());
}

export async function expectWrite(
  phone: ContractPhone,
  changes: Readonly<Record<BackendKey, string>>,
  expected: "applied" | "needs-reboot",
): Promise<void> {
  expectEqual(`apply of ${JSON.stringify(changes)} answers`, await write(phone, changes), expected);
}

/** `stage` must refuse all of it. The reason must begin with the key at fault and contain no value. */
export async function expectRefusal(
  phone: ContractPhone,
  changes: Readonly<Record<BackendKey, string>>,
  key: BackendKey,
): Promise<void> {
  const expected = `stage throws an error with the code BACKEND_REFUSED whose message begins with ${key}`;
  try {
    await phone.settle(phone.backend.stage(new Map(Object.entries(changes))));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "none";
    const reason = messageOf(error);
    expectThat(code === "BACKEND_REFUSED" && reason.startsWith(key), expected, `the code ${code}: ${reason}`);
    expectThat(!reason.includes("hunter"), "a message without the value, which may be a secret", reason);
    return;
  }
  throw new BrokenPromise(expected, "it takes the change");
}

/** What was reported of settings; live values may come and go. */
export function expectNoReportOfSettings({ reported }: ContractPhone): void {
  const settings = reported.filter(({ key }) => key.startsWith("Config.")).map(({ key }) => key);
  expectEqual("settings that onChange has reported", settings, []);
}
