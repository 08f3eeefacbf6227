import { ANY_DEVICE } from "../../acs/acs.ts";
import { type RpcOutcome, responseOf } from "../../acs/calls.ts";
import type { ParameterValue } from "../../soap/messages.ts";
import type { CpeMethod, ResponseOf } from "../../soap/rpc-table.ts";
import { appendixNames, type Provision, readsAs } from "./account.ts";
import type { Child } from "./child.ts";
import { changedLines, diffText, type LineChange, settingIn } from "./line-diff.ts";
import { DEMO_DEVICE, type Stage } from "./stage.ts";
import { DemoFailure } from "./wait.ts";

export const PROVISIONING_KEY = "demo-provisioned";
const APPENDIX_A_PARAMETERS = 204;

/** First contact: the whole tree is read, and the session is left open. Resolves with the agent's process. */
export async function showFirstContact(stage: Stage): Promise<Child> {
  const { narrator, acs, listening } = stage;
  narrator.heading("First contact");
  narrator.say(
    "The phone's agent starts and sends an Inform to the ACS of its settings. The ACS reads the whole tree.",
  );
  narrator.gap();
  narrator.check(listening.url.startsWith("https:"), `the ACS listens at ${listening.url} (process ${acs.child.pid})`);
  const order = acs.call({
    device: ANY_DEVICE,
    rpcs: [{ GetParameterNames: "Device." }, { GetParameterValues: ["Device."] }],
    more: true,
  });
  const agent = stage.startAgent();
  const { events, device } = await withChild(agent.ended, agent.errors, acs.event(0, "session-started"));
  narrator.check(device === DEMO_DEVICE, `the agent (process ${agent.pid}) sends an Inform as ${device}`);
  const codes = events.map(({ eventCode }) => eventCode).join(", ");
  narrator.check(codes === "0 BOOTSTRAP, 1 BOOT", `its Inform has the events ${codes}`);
  const [names, values] = await order;
  checkNames(
    stage,
    expect(names, "GetParameterNames").parameterList.map(({ name }) => name),
  );
  checkValues(stage, expect(names, "GetParameterNames"), expect(values, "GetParameterValues").parameterList);
  return agent;
}

function checkNames({ narrator }: Stage, names: readonly string[]): void {
  const distinct = appendixNames(names).size;
  narrator.check(
    distinct === APPENDIX_A_PARAMETERS,
    `GetParameterNames: ${names.length} names, the ${distinct} parameters of Appendix A for 3 accounts`,
  );
}

function checkValues(
  { narrator }: Stage,
  names: ResponseOf<"GetParameterNames">,
  values: readonly ParameterValue[],
): void {
  const expected = names.parameterList.filter(({ name }) => !name.endsWith(".")).map(({ name }) => name);
  const got = new Map(values.map(({ name, value }) => [name, value]));
  const missing = expected.filter((name) => !got.has(name));
  narrator.check(
    missing.length === 0 && values.length === expected.length,
    `GetParameterValues: a value for each of the ${values.length} parameters`,
    () => `missing: ${missing.join(", ")}`,
  );
  const readable = values.filter(({ name, value }) => name.endsWith("Password") && value !== "");
  narrator.check(readable.length === 0, "passwords read as empty");
}

/** Sets account 1 in the open session, and shows the changes of the phone's file. */
export async function showProvisioning(stage: Stage, provisions: readonly Provision[]): Promise<void> {
  const { narrator, acs } = stage;
  narrator.heading("Account 1 and the periodic Inform are provisioned");
  const before = await stage.readPhoneFile();
  const values = Object.fromEntries(provisions.map(({ path, value }) => [path, value]));
  const [outcome] = await acs.call({
    device: DEMO_DEVICE,
    rpcs: [{ SetParameterValues: { values, key: PROVISIONING_KEY } }],
  });
  const { status } = expect(outcome, "SetParameterValues");
  narrator.check(status === 0, `SetParameterValues: ${provisions.length} parameters, Status 0: in force at once`);
  const records = await stage.trace.nextSession();
  const secured = records.find(({ kind }) => kind === "secured");
  narrator.check(secured !== undefined, `over ${secured?.protocol}, the ACS's certificate verified against its CA`);
  const statuses = records.flatMap(({ status: answered }) => (answered === undefined ? [] : [answered]));
  narrator.check(statuses[0] === 401 && !statuses.slice(1).includes(401), "the phone answered the Digest challenge");
  narrator.ladder(records);
  const after = await stage.readPhoneFile();
  narrator.say("The lines that changed in the phone's own file:");
  const changes = changedLines(before, after);
  narrator.diff(diffText(changes));
  checkFile(stage, provisions, changes, after);
}

function checkFile(
  { narrator }: Stage,
  provisions: readonly Provision[],
  changes: readonly LineChange[],
  after: string,
): void {
  const wrong = provisions.filter(({ key, text }) => settingIn(after, key) !== text).map(({ key }) => key);
  narrator.check(wrong.length === 0, "each value is in its line, as the phone writes it", () => wrong.join(", "));
  const expected = new Set(provisions.map(({ key }) => key));
  const others = changes.filter(({ key }) => !expected.has(key)).map(({ key }) => key);
  narrator.check(others.length === 0, "no other line has changed", () => others.join(", "));
}

/** Reads back every provisioned parameter. */
export function checkReadBack(stage: Stage, provisions: readonly Provision[], values: readonly ParameterValue[]): void {
  const got = new Map(values.map(({ name, value }) => [name, value]));
  const wrong = provisions
    .filter((provision) => got.get(provision.path) !== readsAs(provision))
    .map(({ path }) => path);
  stage.narrator.check(wrong.length === 0, "every provisioned parameter reads back, passwords as empty", () =>
    wrong.join(", "),
  );
}

/** The response of a call that must have succeeded. */
export function expect<N extends CpeMethod>(outcome: RpcOutcome | undefined, name: N): ResponseOf<N> {
  const response = outcome === undefined ? null : responseOf(outcome, name);
  if (response !== null) return response;
  throw new DemoFailure(`${name} did not succeed: ${JSON.stringify(outcome)}`);
}

/** An agent that cannot start prints the reason. */
async function withChild<T>(ended: Promise<number | string>, errors: () => string, wanted: Promise<T>): Promise<T> {
  const gone = ended.then((how) => {
    throw new DemoFailure(`the phone's agent ended (${how}):\n${errors()}`);
  });
  return await Promise.race([wanted, gone]);
}
