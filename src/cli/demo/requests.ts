import type { RpcOutcome } from "../../acs/calls.ts";
import type { WrittenCall } from "../acs/acs-console.ts";
import { LABEL, NO_SUCH_PARAMETER, PARAMETER_KEY, type Provision, RING_VOLUME, UP_TIME } from "./account.ts";
import { checkReadBack, expect, PROVISIONING_KEY } from "./provisioning.ts";
import { DEMO_DEVICE, type Stage } from "./stage.ts";

/** A session must start well within a second. */
const AT_ONCE_MS = 1000;

/** The ACS sends a connection request; the phone starts a session. */
export async function showConnectionRequest(stage: Stage, provisions: readonly Provision[]): Promise<void> {
  const { narrator, acs } = stage;
  narrator.heading("Connection request: the ACS requests a session");
  const [device] = await acs.devices();
  narrator.say(`GET ${device?.connectionRequestUrl}`);
  narrator.gap();
  const mark = acs.mark();
  const refused = await acs.connectionRequest(DEMO_DEVICE, { username: "acs", password: "guessed" });
  narrator.check(refused === 401, `with a wrong password: HTTP ${refused}`);
  const names = [...provisions.map(({ path }) => path), UP_TIME];
  const { outcomes, records } = await inRequestedSession(stage, [{ GetParameterValues: names }], "with the right one");
  const sessions = acs.count(mark, "session-started");
  narrator.check(
    sessions === 1,
    "one session, for the request with the right password",
    () => `there were ${sessions}`,
  );
  narrator.ladder(records);
  checkReadBack(stage, provisions, expect(outcomes[0], "GetParameterValues").parameterList);
}

/** All or nothing, with one fault for each wrong parameter. */
export async function showRefusal(stage: Stage): Promise<void> {
  const { narrator } = stage;
  narrator.heading("A wrong value is refused as a whole");
  narrator.say("One valid value and three invalid ones, in one SetParameterValues.");
  narrator.gap();
  const before = await stage.readPhoneFile();
  const values = { [LABEL]: "Lobby", [RING_VOLUME]: "99", [UP_TIME]: "5", [NO_SUCH_PARAMETER]: "x" };
  const { outcomes, records } = await inRequestedSession(stage, [
    { SetParameterValues: { values, key: "demo-refused" } },
    { GetParameterValues: [LABEL, PARAMETER_KEY] },
  ]);
  narrator.ladder(records);
  const [refused, read] = outcomes;
  const faults = refused?.kind === "fault" ? refused.parameterFaults : [];
  for (const { parameterName, faultCode, faultString } of faults)
    narrator.say(`${parameterName}\n     ${faultCode} ${faultString}`);
  narrator.gap();
  narrator.check(refused?.kind === "fault" && refused.faultCode === 9003, "the call is refused with fault 9003");
  const codes = new Map(faults.map(({ parameterName, faultCode }) => [parameterName, faultCode]));
  const right = codes.get(RING_VOLUME) === 9007 && codes.get(UP_TIME) === 9008 && codes.get(NO_SUCH_PARAMETER) === 9005;
  narrator.check(right && codes.size === 3, "with one fault for each wrong parameter: 9007, 9008 and 9005", () =>
    JSON.stringify(faults),
  );
  const kept = new Map(expect(read, "GetParameterValues").parameterList.map(({ name, value }) => [name, value]));
  narrator.check(
    kept.get(LABEL) === "Reception",
    `the valid value was not set either: the label is still ${kept.get(LABEL)}`,
  );
  narrator.check(kept.get(PARAMETER_KEY) === PROVISIONING_KEY, `ParameterKey is still ${kept.get(PARAMETER_KEY)}`);
  narrator.check((await stage.readPhoneFile()) === before, "the phone's file is untouched, byte for byte");
}

/** Queues RPCs, sends a connection request and checks that it opens a session at once. */
export async function inRequestedSession(stage: Stage, rpcs: readonly WrittenCall[], how = "connection request") {
  const { narrator, acs } = stage;
  const order = acs.call({ device: DEMO_DEVICE, rpcs });
  const mark = acs.mark();
  const status = await acs.connectionRequest(DEMO_DEVICE);
  const [requested, started] = await Promise.all([
    acs.event(mark, "connection-request"),
    acs.event(mark, "session-started"),
  ]);
  const took = Math.max(0, Math.round(started.at - (requested.at - requested.tookMs)));
  const codes = started.events.map(({ eventCode }) => eventCode).join(", ");
  narrator.check(
    status === 200 && codes === "6 CONNECTION REQUEST" && took < AT_ONCE_MS,
    `${how}: HTTP ${status}; ${took} ms later the Inform, ${codes}`,
  );
  const outcomes: readonly RpcOutcome[] = await order;
  return { outcomes, records: await stage.trace.nextSession() };
}
