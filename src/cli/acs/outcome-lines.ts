import type { RpcOutcome } from "../../acs/calls.ts";
import { printableAll } from "../../system/printable.ts";

type Response = Extract<RpcOutcome, { kind: "response" }>;

/** The complete outcome of a call, one line per fact. */
export function outcomeLines(told: RpcOutcome): readonly string[] {
  const outcome = printableAll(told);
  switch (outcome.kind) {
    case "response":
      return responseLines(outcome);
    case "fault":
      return faultLines(outcome);
    case "lost":
      return [`not answered: ${outcome.reason}`];
  }
}

export function faultLines(fault: Extract<RpcOutcome, { kind: "fault" }>): readonly string[] {
  return [
    `fault ${fault.faultCode} ${fault.faultString}`,
    ...fault.parameterFaults.map((entry) => `  ${entry.parameterName}: ${entry.faultCode} ${entry.faultString}`),
  ];
}

/** A short summary of a call's outcome. */
export function outcomeSummary(outcome: RpcOutcome): string {
  if (outcome.kind === "fault") return `fault ${outcome.faultCode} ${outcome.faultString}`;
  if (outcome.kind === "lost") return `not answered: ${outcome.reason}`;
  switch (outcome.name) {
    case "GetParameterValues":
    case "GetParameterNames":
    case "GetParameterAttributes":
      return counted(outcome.response.parameterList.length, "parameter");
    case "GetRPCMethods":
      return counted(outcome.response.methodList.length, "method");
    case "AddObject":
      return `instance ${outcome.response.instanceNumber}, Status ${outcome.response.status}`;
    case "SetParameterValues":
    case "DeleteObject":
    case "Download":
    case "Upload":
      return `Status ${outcome.response.status}`;
    case "GetQueuedTransfers":
    case "GetAllQueuedTransfers":
      return counted(outcome.response.transferList.length, "transfer");
    case "SetParameterAttributes":
    case "ScheduleDownload":
    case "CancelTransfer":
    case "Reboot":
    case "FactoryReset":
    case "ScheduleInform":
      return "done";
  }
}

function responseLines(outcome: Response): readonly string[] {
  switch (outcome.name) {
    case "GetParameterValues":
      return outcome.response.parameterList.map(({ name, value }) => `${name} = ${value}`);
    case "GetParameterNames":
      return outcome.response.parameterList.map(({ name, writable }) => `${writable ? "rw" : "r-"}  ${name}`);
    case "GetParameterAttributes":
      return outcome.response.parameterList.map(({ name, notification }) => `${name}: notification ${notification}`);
    case "GetRPCMethods":
      return outcome.response.methodList;
    default:
      return [outcomeSummary(outcome)];
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
