import assert from "node:assert/strict";
import type { AgentUnderTest } from "./agent-under-test.ts";
import { type Outcome, rpc } from "./scripted-acs.ts";

/** RPCs as tests write them, and what comes back. */

export function setValues(values: Readonly<Record<string, string>>, parameterKey = "") {
  const parameterList = Object.entries(values).map(([name, value]) => ({ name, value, type: null }));
  return rpc("SetParameterValues", { parameterList, parameterKey });
}

export function getValues(...parameterNames: readonly string[]) {
  return rpc("GetParameterValues", { parameterNames });
}

/** SetParameterAttributes: notification alone. */
export function notify(notification: number, ...names: readonly string[]) {
  const parameterList = names.map((name) => ({
    name,
    notificationChange: true,
    notification,
    accessListChange: false,
    accessList: [],
  }));
  return rpc("SetParameterAttributes", { parameterList });
}

export function response(outcome: Outcome | undefined): unknown {
  return outcome?.kind === "response" ? outcome.response : outcome;
}

/** The FaultCode, or "response". */
export function faultOf(outcome: Outcome | undefined): number | string | undefined {
  return outcome?.kind === "fault" ? outcome.faultCode : outcome?.kind;
}

/** Parameter name → fault code. */
export function parameterFaultsOf(outcome: Outcome | undefined): Readonly<Record<string, number>> {
  assert.ok(outcome?.kind === "fault", JSON.stringify(outcome));
  return Object.fromEntries(outcome.parameterFaults.map(({ parameterName, faultCode }) => [parameterName, faultCode]));
}

/** What a GetParameterValuesResponse holds, by name. */
export function valuesOf(outcome: Outcome | undefined): Readonly<Record<string, string>> {
  assert.ok(outcome?.kind === "response", JSON.stringify(outcome));
  const { parameterList } = outcome.response as { parameterList: readonly { name: string; value: string }[] };
  return Object.fromEntries(parameterList.map(({ name, value }) => [name, value]));
}

/** A change by the phone's user. */
export async function userSets(under: AgentUnderTest, key: string, value: string): Promise<void> {
  const staged = under.settings.stage(new Map([[key, value]]));
  under.reportForeign(await staged.apply());
  await under.settle();
}
