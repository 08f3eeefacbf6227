import { writeFile } from "node:fs/promises";
import { DISPLAY_NAME, DISPLAY_NAME_KEY, PARAMETER_KEY, type Provision } from "./account.ts";
import type { Child } from "./child.ts";
import { changedLines, diffText } from "./line-diff.ts";
import { checkReadBack, expect, PROVISIONING_KEY } from "./provisioning.ts";
import { inRequestedSession } from "./requests.ts";
import { DEMO_DEVICE, type Stage } from "./stage.ts";

const NEW_NAME = "Front desk";
const ACTIVE = 2;

/** A person edits the phone's file; the change is reported to the ACS. */
export async function showHandEdit(stage: Stage): Promise<void> {
  const { narrator, acs } = stage;
  narrator.heading("A person edits the phone's file");
  narrator.say("First the ACS turns on active notification for the display name.");
  narrator.gap();
  const asked = await inRequestedSession(stage, [{ SetParameterAttributes: { [DISPLAY_NAME]: "active" } }]);
  expect(asked.outcomes[0], "SetParameterAttributes");
  narrator.ladder(asked.records);
  const before = await stage.readPhoneFile();
  const after = before.replace(
    new RegExp(`^(${DISPLAY_NAME_KEY.replaceAll(".", "\\.")} *= *).*$`, "m"),
    `$1${NEW_NAME}`,
  );
  const mark = acs.mark();
  const editedAt = Date.now();
  await writeFile(stage.files.phone, after);
  narrator.say("Then an editor saves the file:");
  narrator.diff(diffText(changedLines(before, after)));
  const { events, parameters, at } = await acs.event(mark, "session-started");
  const codes = events.map(({ eventCode }) => eventCode).join(", ");
  narrator.check(codes === "4 VALUE CHANGE", `after ${Math.max(0, at - editedAt)} ms the Inform with ${codes}`);
  const told = parameters.find(({ name }) => name === DISPLAY_NAME)?.value;
  narrator.check(told === NEW_NAME, `it reports the new value: ${JSON.stringify(told ?? null)}`);
  narrator.ladder(await stage.trace.nextSession());
}

/** The agent is killed and starts again. Resolves with the new process. */
export async function showKill(stage: Stage, agent: Child, provisions: readonly Provision[]): Promise<Child> {
  const { narrator, acs } = stage;
  narrator.heading("kill -9, and start again");
  const before = await stage.readPhoneFile();
  agent.process.kill("SIGKILL");
  narrator.check((await agent.ended) === "SIGKILL", `kill -9 ${agent.pid}: the agent has ended`);
  const edited = provisions.map((provision) =>
    provision.path === DISPLAY_NAME ? { ...provision, value: NEW_NAME } : provision,
  );
  const paths = [...edited.map(({ path }) => path), PARAMETER_KEY];
  const order = acs.call({
    device: DEMO_DEVICE,
    rpcs: [{ GetParameterValues: paths }, { GetParameterAttributes: [DISPLAY_NAME] }],
  });
  const mark = acs.mark();
  const successor = stage.startAgent();
  const { events } = await acs.event(mark, "session-started");
  const codes = events.map(({ eventCode }) => eventCode).join(", ");
  narrator.check(codes === "1 BOOT", `started again (process ${successor.pid}): ${codes} alone, not a first contact`);
  const [values, attributes] = await order;
  narrator.ladder(await stage.trace.nextSession());
  const list = expect(values, "GetParameterValues").parameterList;
  checkReadBack(stage, edited, list);
  const key = list.find(({ name }) => name === PARAMETER_KEY)?.value;
  narrator.check(key === PROVISIONING_KEY, `ParameterKey is ${key}`);
  const [attribute] = expect(attributes, "GetParameterAttributes").parameterList;
  narrator.check(attribute?.notification === ACTIVE, "active notification for the display name is still on");
  narrator.check((await stage.readPhoneFile()) === before, "the phone's file is unchanged, byte for byte");
  return successor;
}
