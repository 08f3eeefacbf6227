import type { AcsEvent } from "../../acs/events.ts";
import type { SipRecord } from "../../ports/sip-log.ts";
import type { WrittenCall } from "../acs/acs-console.ts";
import type { RegistrarPorts } from "../registrar/start-registrar.ts";
import { AUTH_PASSWORD, CONNECTION_REQUEST_LOGIN } from "./account.ts";
import { BARE_DEVICE, BARE_MAC, type BarePhone, SIP_USER, startBarePhone } from "./bare-phone.ts";
import { callUser } from "./caller.ts";
import { expect } from "./provisioning.ts";
import type { Stage } from "./stage.ts";
import { DemoFailure, waitUntil } from "./wait.ts";

const PROFILE = "Device.LAN.VoiceService.1.VoiceProfile.1.";
const STATUS = `${PROFILE}Line.1.Status`;
const ACTIVE = "active";

/**
 * A phone without a configured server finds its file by PnP, its ACS in the file, and gets a working line from the ACS.
 */
export async function showBarePhone(stage: Stage, ports: RegistrarPorts): Promise<void> {
  const { narrator } = stage;
  narrator.heading("A bare phone: PnP, TR-069, and SIP registration");
  narrator.say("No server is configured. It asks the network (SIP PnP, 224.0.1.75) for the URL of its files.");
  narrator.gap();
  const mark = stage.acs.mark();
  const phone = await startBarePhone(stage, ports);
  try {
    await findsItsAcs(stage, phone, mark);
    const seen = await registersWrong(stage, phone);
    await registersRight(stage, phone, seen);
    await rings(stage, phone);
  } catch (error) {
    await phone.stop();
    throw error;
  }
  const { bindings } = phone.registrar.registrar;
  const how = await phone.stop();
  narrator.check(how === 0 && bindings.all().length === 0, "on SIGTERM the phone unregisters and ends", () => `${how}`);
}

type Started = Extract<AcsEvent, { kind: "session-started" }>;

async function findsItsAcs({ narrator, acs }: Stage, phone: BarePhone, mark: number): Promise<void> {
  const isBare = ({ device }: Started): boolean => device === BARE_DEVICE;
  const { events } = await acs.event(mark, "session-started", isBare);
  const [question] = phone.questions;
  narrator.check(question?.macAddress === BARE_MAC, `${BARE_MAC} (${question?.userAgent}) asked, and received a URL`);
  narrator.check(phone.fetched.includes(`/${BARE_MAC}.cfg`), `it fetched ${BARE_MAC}.cfg, which names the ACS`);
  const codes = events.map(({ eventCode }) => eventCode).join(", ");
  narrator.check(codes === "0 BOOTSTRAP, 1 BOOT", `it sends an Inform to the ACS: ${codes}`);
  narrator.ladder(await phone.trace.nextSession());
}

/** Resolves with the number of SIP messages so far. */
async function registersWrong(stage: Stage, phone: BarePhone): Promise<number> {
  const { narrator, acs } = stage;
  const mark = acs.mark();
  const values = {
    [`${PROFILE}SIP.RegistrarServer`]: "127.0.0.1",
    [`${PROFILE}SIP.ProxyServerPort`]: String(phone.registrar.port),
    [`${PROFILE}Line.1.SIP.CUSTOM_UserName`]: SIP_USER.name,
    [`${PROFILE}Line.1.SIP.AuthUserName`]: SIP_USER.name,
    [AUTH_PASSWORD]: SIP_USER.wrong,
    [`${PROFILE}Line.1.Enable`]: "Enabled",
  };
  await ask(stage, [{ SetParameterAttributes: { [STATUS]: ACTIVE } }, { SetParameterValues: { values } }]);
  narrator.say("The ACS sets account 1 with a wrong password, and active notification for the line's status.");
  narrator.gap();
  narrator.ladder(await phone.trace.nextSession());
  const reported = await reportedStatus(stage, mark, "Error");
  narrator.check(reported === "4 VALUE CHANGE", `Line.1.Status is Error, and reported to the ACS: ${reported}`);
  const [account] = (await phone.status()).accounts;
  const isClear = account?.reason.includes("does not accept the user name and password") === true;
  narrator.check(isClear, `the phone reports the reason: ${account?.reason}`, () => `it says ${account?.reason}`);
  const messages = await phone.sip();
  narrator.sipLadder(messages);
  return messages.length;
}

async function registersRight(stage: Stage, phone: BarePhone, seen: number): Promise<void> {
  const { narrator, acs } = stage;
  const mark = acs.mark();
  await ask(stage, [{ SetParameterValues: { values: { [AUTH_PASSWORD]: SIP_USER.password } } }]);
  narrator.say("The ACS sets the correct password:");
  narrator.gap();
  const reported = await reportedStatus(stage, mark, "Up");
  narrator.check(reported === "4 VALUE CHANGE", `Line.1.Status is Up, and reported to the ACS: ${reported}`);
  const [binding] = phone.registrar.registrar.bindings.of(SIP_USER.name);
  narrator.check(binding !== undefined, `the registrar has the binding: ${binding?.userAgent}`);
  const messages = await phone.sip();
  narrator.sipLadder(messages.slice(seen));
  const secret = [SIP_USER.password, SIP_USER.wrong].some((word) => JSON.stringify(messages).includes(word));
  narrator.check(!secret, "no password is in the phone's SIP log");
}

async function rings({ narrator }: Stage, phone: BarePhone): Promise<void> {
  const before = (await phone.sip()).length;
  const caller = await callUser(SIP_USER.name, phone.registrar.port, phone.ports);
  try {
    await waitUntil("the phone to ring", () => (caller.call?.state === "Ringing" ? true : undefined));
    const [account] = (await phone.status()).accounts;
    narrator.gap();
    narrator.say(`1002 calls ${SIP_USER.name}:`);
    narrator.gap();
    narrator.check(account?.calls.startsWith("Ringing from") === true, `the phone rings: ${account?.calls}`);
    caller.hangUp();
    await waitUntil("the end of the call", async () =>
      (await phone.status()).accounts[0]?.calls === "" ? true : undefined,
    );
    narrator.check(true, "the caller hangs up, and the ringing ends");
    narrator.sipLadder((await phone.sip()).slice(before).filter(isOfCall));
  } finally {
    await caller.close();
  }
}

function isOfCall({ name, answers }: SipRecord): boolean {
  return !/^(?:REGISTER|NOTIFY)/.test(`${answers}${name}`);
}

/** RPCs in a session opened by a connection request; all must succeed. */
async function ask({ acs }: Stage, rpcs: readonly WrittenCall[]): Promise<void> {
  const order = acs.call({ device: BARE_DEVICE, rpcs });
  const status = await acs.connectionRequest(BARE_DEVICE, CONNECTION_REQUEST_LOGIN);
  if (status !== 200) throw new DemoFailure(`the bare phone refuses a connection request with HTTP ${status}`);
  const outcomes = await order;
  for (const [index, rpc] of rpcs.entries()) {
    const [name = ""] = Object.keys(rpc);
    expect(outcomes[index], name === "SetParameterValues" ? name : "SetParameterAttributes");
  }
}

/** Waits for the Inform with that status; resolves with its events. */
async function reportedStatus({ acs }: Stage, mark: number, status: string): Promise<string> {
  const tells = ({ device, parameters }: Started): boolean =>
    device === BARE_DEVICE && parameters.some(({ name, value }) => name === STATUS && value === status);
  const { events } = await acs.event(mark, "session-started", tells);
  return events.map(({ eventCode }) => eventCode).join(", ");
}
