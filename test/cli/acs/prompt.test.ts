import assert from "node:assert/strict";
import { test } from "node:test";
import type { RpcOutcome } from "../../../src/acs/calls.ts";
import type { AcsDesk, CallOrder } from "../../../src/cli/acs/desk.ts";
import { answerPromptLine } from "../../../src/cli/acs/prompt.ts";

const PHONE = "0C1105-SP-R53P-1";

function deskWith(
  options: { readonly ids?: readonly string[]; readonly status?: number; readonly outcome?: RpcOutcome } = {},
) {
  const { ids = [PHONE], status = 200, outcome = { kind: "response", name: "Reboot", response: {} } } = options;
  const orders: CallOrder[] = [];
  const knocks: string[] = [];
  const udpKnocks: string[] = [];
  const desk: AcsDesk = {
    devices: async () =>
      ids.map((id) => ({ id, serialNumber: id, connectionRequestUrl: "http://192.0.2.1/x", lastInformAt: 0 })),
    call: async (order) => {
      orders.push(order);
      return [outcome];
    },
    connectionRequest: async (device) => {
      knocks.push(device);
      return status;
    },
    xmppConnectionRequest: async (device) => {
      knocks.push(`xmpp ${device}`);
      return "result";
    },
    udpConnectionRequest: async (device) => void udpKnocks.push(device),
  };
  return { desk, orders, knocks, udpKnocks };
}

test("each command becomes its RPC, and the phone is asked for a session", async () => {
  const { desk, orders, knocks } = deskWith();
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
  for (const line of lines) await answerPromptLine(line, desk);
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
  assert.deepEqual(knocks, Array(lines.length).fill(PHONE));
});

test("cr and udp-cr ask for a session, each in its way", async () => {
  const { desk, orders, knocks, udpKnocks } = deskWith();
  assert.deepEqual(await answerPromptLine("cr", desk), { kind: "text", text: "" });
  assert.deepEqual([knocks, udpKnocks], [[PHONE], []]);
  assert.deepEqual(await answerPromptLine("udp-cr", desk), { kind: "text", text: "" });
  assert.deepEqual([knocks, udpKnocks, orders], [[PHONE], [PHONE], []]);
});

test("what the phone answered is printed", async () => {
  const parameterList = [{ name: "Device.A", value: "x", type: "string" }];
  const { desk } = deskWith({ outcome: { kind: "response", name: "GetParameterValues", response: { parameterList } } });
  assert.deepEqual(await answerPromptLine("get Device.A", desk), { kind: "text", text: "Device.A = x\n" });
});

test("a phone that does not come now is not waited for", async () => {
  const { desk } = deskWith({ status: 503 });
  const answer = await answerPromptLine("reboot", { ...desk, call: () => new Promise(() => {}) });
  assert.match(answer.kind === "text" ? answer.text : "", /503.*next session/);
});

test("with several phones one has to be named", async () => {
  const { desk, knocks } = deskWith({ ids: ["a", "b"] });
  const answer = await answerPromptLine("cr", desk);
  assert.match(answer.kind === "text" ? answer.text : "", /@SERIAL/);
  await answerPromptLine("@b cr", desk);
  assert.deepEqual(knocks, ["b"]);
});

test("mistakes are told, an empty line does nothing, quit ends", async () => {
  const { desk, orders } = deskWith();
  const textOf = async (line: string) => {
    const answer = await answerPromptLine(line, desk);
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
  const { desk, knocks } = deskWith();
  for (const line of ["cr", "xmpp-cr", `@${PHONE} xmpp-cr`]) await answerPromptLine(line, desk);
  assert.deepEqual(knocks, [PHONE, `xmpp ${PHONE}`, `xmpp ${PHONE}`]);
});
