import assert from "node:assert/strict";
import { test } from "node:test";
import type { RpcOutcome } from "../../../src/acs/calls.ts";
import type { AcsConsole, CallOrder } from "../../../src/cli/acs/acs-console.ts";
import { answerPromptLine } from "../../../src/cli/acs/prompt.ts";

const PHONE = "0C1105-SP-R53P-1";

function consoleWith(
  options: { readonly ids?: readonly string[]; readonly status?: number; readonly outcome?: RpcOutcome } = {},
) {
  const { ids = [PHONE], status = 200, outcome = { kind: "response", name: "Reboot", response: {} } } = options;
  const orders: CallOrder[] = [];
  const requests: string[] = [];
  const udpRequests: string[] = [];
  const acs: AcsConsole = {
    devices: async () =>
      ids.map((id) => ({ id, serialNumber: id, connectionRequestUrl: "http://192.0.2.1/x", lastInformAt: 0 })),
    call: async (order) => {
      orders.push(order);
      return [outcome];
    },
    connectionRequest: async (device) => {
      requests.push(device);
      return status;
    },
    xmppConnectionRequest: async (device) => {
      requests.push(`xmpp ${device}`);
      return "result";
    },
    udpConnectionRequest: async (device) => void udpRequests.push(device),
  };
  return { acs, orders, requests, udpRequests };
}

test("each command becomes its RPC, and the phone is asked for a session", async () => {
  const { acs, orders, requests } = consoleWith();
  const lines = [
    "get Device.LAN. Device.Time.",
    "names Device.",
    'set Device.A=1 "Device.B=two words" Device.C=',
    "notify Device.A=active",
    "add Device.T.",
    "delete Device.T.2.",
    "reboot",
    "factory-reset",
  ];
  for (const line of lines) await answerPromptLine(line, acs);
  assert.deepEqual(
    orders.flatMap(({ rpcs }) => rpcs),
    [
      { GetParameterValues: ["Device.LAN.", "Device.Time."] },
      { GetParameterNames: { path: "Device." } },
      { SetParameterValues: { values: { "Device.A": "1", "Device.B": "two words", "Device.C": "" } } },
      { SetParameterAttributes: { "Device.A": "active" } },
      { AddObject: "Device.T." },
      { DeleteObject: "Device.T.2." },
      { Reboot: {} },
      { FactoryReset: null },
    ],
  );
  assert.deepEqual(requests, Array(lines.length).fill(PHONE));
});

test("cr and udp-cr ask for a session, each in its way", async () => {
  const { acs, orders, requests, udpRequests } = consoleWith();
  assert.deepEqual(await answerPromptLine("cr", acs), { kind: "text", text: "" });
  assert.deepEqual([requests, udpRequests], [[PHONE], []]);
  assert.deepEqual(await answerPromptLine("udp-cr", acs), { kind: "text", text: "" });
  assert.deepEqual([requests, udpRequests, orders], [[PHONE], [PHONE], []]);
});

test("what the phone answered is printed", async () => {
  const parameterList = [{ name: "Device.A", value: "x", type: "string" }];
  const { acs } = consoleWith({
    outcome: { kind: "response", name: "GetParameterValues", response: { parameterList } },
  });
  assert.deepEqual(await answerPromptLine("get Device.A", acs), { kind: "text", text: "Device.A = x\n" });
});

test("a phone that does not come now is not waited for", async () => {
  const { acs } = consoleWith({ status: 503 });
  const answer = await answerPromptLine("reboot", { ...acs, call: () => new Promise(() => {}) });
  assert.match(answer.kind === "text" ? answer.text : "", /503.*next session/);
});

test("with several phones one has to be named", async () => {
  const { acs, requests } = consoleWith({ ids: ["a", "b"] });
  const answer = await answerPromptLine("cr", acs);
  assert.match(answer.kind === "text" ? answer.text : "", /@SERIAL/);
  await answerPromptLine("@b cr", acs);
  assert.deepEqual(requests, ["b"]);
});

test("mistakes are told, an empty line does nothing, quit ends", async () => {
  const { acs, orders } = consoleWith();
  const textOf = async (line: string) => {
    const answer = await answerPromptLine(line, acs);
    return answer.kind === "text" ? answer.text : answer.kind;
  };
  assert.match(await textOf("explode"), /unknown command "explode"/);
  assert.match(await textOf("get"), /usage: get PATH/);
  assert.match(await textOf("set Device.A"), /expected PATH=VALUE, found "Device.A"/);
  assert.equal(await textOf("   "), "");
  assert.match(await textOf("help"), /connection request/);
  assert.equal(await textOf("quit"), "quit");
  assert.deepEqual(orders, []);
});

test("cr and xmpp-cr ask the phone for a session, each in its way", async () => {
  const { acs, requests } = consoleWith();
  for (const line of ["cr", "xmpp-cr", `@${PHONE} xmpp-cr`]) await answerPromptLine(line, acs);
  assert.deepEqual(requests, [PHONE, `xmpp ${PHONE}`, `xmpp ${PHONE}`]);
});
