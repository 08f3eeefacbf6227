import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CWMP_TYPES } from "../../src/cwmp/types.ts";
import { CWMP_VERSIONS } from "../../src/cwmp/versions.ts";
import { decodeRequest, decodeResponse } from "../../src/soap/decode.ts";
import { type EnvelopeHeader, encodeRequest, encodeResponse } from "../../src/soap/encode.ts";
import { decodeEnvelope } from "../../src/soap/envelope.ts";
import type { RequestOf, ResponseOf, RpcName } from "../../src/soap/rpc-table.ts";
import { isRpcName, RPC_TABLE } from "../../src/soap/rpc-table.ts";
import { collapsed, toXmlText } from "../../src/soap/xml-text.ts";

const SPECIAL = [
  "\r",
  "\r\n",
  "\n",
  "\t",
  " ",
  "]]>",
  "<![CDATA[",
  "<!--",
  "-->",
  "&amp;",
  "&",
  "&#13;",
  "<",
  ">",
  '"',
  "'",
];
const UNICODE = ["😀", "é", "\u0085", "\u2028", "\uFEFF", "\u{10FFFF}", "__proto__", "</Value>"];

/** Any text that XML 1.0 can carry. */
const text = fc
  .array(
    fc.oneof(fc.constantFrom(...SPECIAL, ...UNICODE), fc.string({ unit: "binary", maxLength: 8 }).map(toXmlText)),
    {
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(""));
/** Without blanks at its ends, as a name has none. */
const token = text.map(collapsed);
const tokens = fc.array(token, { maxLength: 4 });
const unsignedInt = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const status = fc.constantFrom(0 as const, 1 as const);
const parameterValues = fc.array(
  fc.record({ name: token, value: text, type: fc.constantFrom(null, ...CWMP_TYPES, "duration") }),
  { maxLength: 4 },
);

const moment = fc.constantFrom("0001-01-01T00:00:00Z", "2024-03-01T09:30:00Z");
const times = { startTime: moment, completeTime: moment };
const state = fc.constantFrom(1 as const, 2 as const, 3 as const);
const transfer = { commandKey: text, fileType: token, url: token, username: text, password: text };
const file = { fileSize: unsignedInt, targetFileName: text };
const faultStruct = fc.record({ faultCode: unsignedInt, faultString: text });

const ARBITRARIES: {
  readonly [N in RpcName]: {
    readonly request: fc.Arbitrary<RequestOf<N>>;
    readonly response: fc.Arbitrary<ResponseOf<N>>;
  };
} = {
  Inform: {
    request: fc.record({
      deviceId: fc.record({ manufacturer: text, oui: text, productClass: text, serialNumber: text }),
      event: fc.array(fc.record({ eventCode: text, commandKey: text }), { maxLength: 3 }),
      maxEnvelopes: unsignedInt,
      currentTime: fc.constantFrom("0001-01-01T00:00:00Z", "2024-03-01T09:30:00.125+01:00", "0001-01-03T03:04:05"),
      retryCount: unsignedInt,
      parameterList: parameterValues,
    }),
    response: fc.record({ maxEnvelopes: unsignedInt }),
  },
  GetRPCMethods: { request: fc.constant({}), response: fc.record({ methodList: tokens }) },
  SetParameterValues: {
    request: fc.record({ parameterList: parameterValues, parameterKey: text }),
    response: fc.record({ status }),
  },
  GetParameterValues: {
    request: fc.record({ parameterNames: tokens }),
    response: fc.record({ parameterList: parameterValues }),
  },
  GetParameterNames: {
    request: fc.record({ parameterPath: token, nextLevel: fc.boolean() }),
    response: fc.record({
      parameterList: fc.array(fc.record({ name: text, writable: fc.boolean() }), { maxLength: 4 }),
    }),
  },
  SetParameterAttributes: {
    request: fc.record({
      parameterList: fc.array(
        fc.record({
          name: token,
          notificationChange: fc.boolean(),
          notification: int,
          accessListChange: fc.boolean(),
          accessList: tokens,
        }),
        { maxLength: 3 },
      ),
    }),
    response: fc.constant({}),
  },
  GetParameterAttributes: {
    request: fc.record({ parameterNames: tokens }),
    response: fc.record({
      parameterList: fc.array(fc.record({ name: text, notification: int, accessList: tokens }), { maxLength: 3 }),
    }),
  },
  AddObject: {
    request: fc.record({ objectName: token, parameterKey: text }),
    response: fc.record({ instanceNumber: unsignedInt, status }),
  },
  DeleteObject: { request: fc.record({ objectName: token, parameterKey: text }), response: fc.record({ status }) },
  Reboot: { request: fc.record({ commandKey: text }), response: fc.constant({}) },
  FactoryReset: { request: fc.constant({}), response: fc.constant({}) },
  Download: {
    request: fc.record({
      ...transfer,
      ...file,
      delaySeconds: unsignedInt,
      successUrl: text,
      failureUrl: text,
    }),
    response: fc.record({ status, ...times }),
  },
  Upload: { request: fc.record({ ...transfer, delaySeconds: unsignedInt }), response: fc.record({ status, ...times }) },
  ScheduleDownload: {
    request: fc.record({
      ...transfer,
      ...file,
      timeWindowList: fc.array(
        fc.record({
          windowStart: unsignedInt,
          windowEnd: unsignedInt,
          windowMode: token,
          userMessage: text,
          maxRetries: int,
        }),
        { maxLength: 2 },
      ),
    }),
    response: fc.constant({}),
  },
  CancelTransfer: { request: fc.record({ commandKey: text }), response: fc.constant({}) },
  GetQueuedTransfers: {
    request: fc.constant({}),
    response: fc.record({ transferList: fc.array(fc.record({ commandKey: text, state }), { maxLength: 3 }) }),
  },
  GetAllQueuedTransfers: {
    request: fc.constant({}),
    response: fc.record({
      transferList: fc.array(
        fc.record({ commandKey: text, state, isDownload: fc.boolean(), fileType: token, ...file }),
        { maxLength: 3 },
      ),
    }),
  },
  TransferComplete: {
    request: fc.record({ commandKey: text, faultStruct, ...times }),
    response: fc.constant({}),
  },
  AutonomousTransferComplete: {
    request: fc.record({
      announceUrl: text,
      transferUrl: text,
      isDownload: fc.boolean(),
      fileType: token,
      ...file,
      faultStruct,
      ...times,
    }),
    response: fc.constant({}),
  },
  RequestDownload: {
    request: fc.record({
      fileType: token,
      fileTypeArg: fc.array(fc.record({ name: text, value: text }), { maxLength: 3 }),
    }),
    response: fc.constant({}),
  },
  ScheduleInform: {
    request: fc.record({ delaySeconds: unsignedInt, commandKey: text }),
    response: fc.constant({}),
  },
};

const header: fc.Arbitrary<EnvelopeHeader> = fc.record({
  id: fc.option(text),
  version: fc.constantFrom(...CWMP_VERSIONS),
});

function assertRoundTrips<N extends RpcName>(name: N): void {
  fc.assert(
    fc.property(ARBITRARIES[name].request, header, (args, head) => {
      const { body, id } = decodeEnvelope(encodeRequest(name, args, head));
      assert.ok(body.kind === "request" && body.name === name);
      assert.equal(id, head.id);
      assert.deepEqual(decodeRequest(name, body.element), normal(args));
    }),
    { numRuns: 60, seed: 20 },
  );
  fc.assert(
    fc.property(ARBITRARIES[name].response, header, (args, head) => {
      const { body } = decodeEnvelope(encodeResponse(name, args, head));
      assert.ok(body.kind === "response" && body.name === name);
      assert.deepEqual(decodeResponse(name, body.element), normal(args));
    }),
    { numRuns: 60, seed: 20 },
  );
}

/** Plain objects: fast-check's records may have no prototype. */
function normal<T>(value: T): T {
  return structuredClone(value);
}

for (const name of Object.keys(RPC_TABLE).filter(isRpcName)) {
  test(`C-064 any legal text survives ${name} and its response`, () => assertRoundTrips(name));
}
