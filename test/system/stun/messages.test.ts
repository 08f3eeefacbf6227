import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { decodeAddress, encodeAddress } from "../../../src/system/stun/address.ts";
import {
  type BindingRequest,
  decodeBindingAnswer,
  encodeBindingAnswer,
  encodeBindingRequest,
} from "../../../src/system/stun/binding.ts";
import { decodeMessage } from "../../../src/system/stun/message.ts";
import { isSigned } from "../../helpers/fake-stun-server.ts";

const ID = Buffer.from("0102030405060708090a0b0c0d0e0f10", "hex");
const MARK = "c001001464736c666f72756d2e6f72672f54522d31313120";
const USERNAME = "0006000870686f6e65000000";

function request(change: Partial<BindingRequest>): string {
  const plain = { username: "", connectionRequest: true, change: false, responseAddress: null, integrity: null };
  return encodeBindingRequest(ID, { ...plain, ...change }).toString("hex");
}

const head = (lengthHex: string, type = "0001"): string => `${type}${lengthHex}${ID.toString("hex")}`;
const answerIn = (hex: string) => decodeBindingAnswer(Buffer.from(hex, "hex"))?.answer;

describe("Binding Requests, byte for byte", () => {
  test("C-227 C-228 from the port of connection requests: header, 16-byte transaction id, CONNECTION-REQUEST-BINDING", () => {
    assert.equal(request({}), head("0018") + MARK);
  });

  test("C-229 BINDING-CHANGE is empty and stands only beside CONNECTION-REQUEST-BINDING", () => {
    assert.equal(request({ change: true }), `${head("001c")}${MARK}c0020000`);
    assert.equal(request({ change: true, connectionRequest: false }), head("0000"));
  });

  test("C-232 USERNAME is filled with zeros to a multiple of four, which its length counts", () => {
    assert.equal(request({ username: "phone" }), head("0024") + USERNAME + MARK);
    assert.equal(request({ username: "four" }), `${head("0020")}00060004666f7572${MARK}`);
  });

  test("C-231 C-241 from the probe: RESPONSE-ADDRESS, and never CONNECTION-REQUEST-BINDING", () => {
    const responseAddress = { host: "203.0.113.5", port: 62_000 };
    assert.equal(request({ connectionRequest: false, responseAddress }), `${head("000c")}000200080001f230cb007105`);
  });

  test("C-233 C-234 MESSAGE-INTEGRITY is last, over the text before it, filled to 64 bytes as RFC 3489 says or not at all", () => {
    const signed = (padding: "rfc3489" | "rfc5389"): string =>
      request({ username: "phone", integrity: { password: "hush", padding } });
    const text = `${head("003c")}${USERNAME}${MARK}00080014`;
    assert.equal(signed("rfc3489"), `${text}5aa50a37c817cb51ca19e91ef4e4a3844a8f256e`);
    assert.equal(signed("rfc5389"), `${text}deb28fbe14171df8e41e65dd4a820a219fdadf59`);
    const bytes = Buffer.from(signed("rfc3489"), "hex");
    assert.deepEqual(
      [isSigned(bytes, "hush", "rfc3489"), isSigned(bytes, "hush", "rfc5389"), isSigned(bytes, "hus", "rfc3489")],
      [true, false, false],
    );
    assert.equal(isSigned(Buffer.from(request({}), "hex"), "hush", "rfc3489"), false);
  });

  test("C-234 a text just over one block is filled to two whole blocks of 64 bytes", () => {
    const username = "phone-in-the-kitchen";
    const signed = request({ username, integrity: { password: "hush", padding: "rfc3489" } });
    const name = `00060014${Buffer.from(username).toString("hex")}`;
    assert.equal(signed, `${head("0048")}${name}${MARK}000800144312f98fbfdf731983b93dea0957727bf4fb67a6`);
  });
});

describe("answers, byte for byte", () => {
  test("C-227 MAPPED-ADDRESS, IPv4 and IPv6", () => {
    const v4 = `${head("000c", "0101")}000100080001f230cb007105`;
    const v6 = `${head("0018", "0101")}000100140002f23020010db8000000000000000000000005`;
    assert.deepEqual(answerIn(v4), { kind: "mapped", address: { host: "203.0.113.5", port: 62_000 } });
    assert.deepEqual(answerIn(v6), { kind: "mapped", address: { host: "2001:db8::5", port: 62_000 } });
    for (const hex of [v4, v6]) {
      const answer = answerIn(hex) ?? assert.fail();
      assert.equal(encodeBindingAnswer(ID, answer).toString("hex"), hex);
    }
  });

  test("XOR-MAPPED-ADDRESS serves where MAPPED-ADDRESS is missing, and does not where it is there", () => {
    const v4 = "002000080001d322ea12d547";
    const v6 = "002000140002d3220113a9fa05060708090a0b0c0d0e0f15";
    assert.deepEqual(answerIn(head("000c", "0101") + v4), {
      kind: "mapped",
      address: { host: "203.0.113.5", port: 62_000 },
    });
    assert.deepEqual(answerIn(head("0018", "0101") + v6), {
      kind: "mapped",
      address: { host: "2001:db8::5", port: 62_000 },
    });
    assert.deepEqual(answerIn(`${head("0018", "0101")}${v4}000100080001f231cb007105`), {
      kind: "mapped",
      address: { host: "203.0.113.5", port: 62_001 },
    });
  });

  test("C-233 C-235 an error response carries its code", () => {
    const error = `${head("0014", "0111")}0009001000000401556e617574686f72697a6564`;
    assert.deepEqual(answerIn(error), { kind: "error", code: 401, reason: "Unauthorized" });
    assert.equal(encodeBindingAnswer(ID, { kind: "error", code: 401, reason: "Unauthorized" }).toString("hex"), error);
    assert.deepEqual(answerIn(`${head("0008", "0111")}0009000400000600`), { kind: "error", code: 600, reason: "" });
  });

  test("a length that does not count its filling is understood", () => {
    const hex = `${head("0014", "0101")}8022000178000000000100080001f230cb007105`;
    assert.deepEqual(answerIn(hex), { kind: "mapped", address: { host: "203.0.113.5", port: 62_000 } });
  });

  for (const [what, hex] of [
    ["nothing", ""],
    ["half a header", "010100000102"],
    ["a length beyond the end", `${head("0010", "0101")}000100080001f230cb007105`],
    ["bytes behind the end", `${head("0008", "0101")}000100080001f230cb007105`],
    ["an attribute beyond the end", `${head("000c", "0101")}000100400001f230cb007105`],
    ["half an attribute head", `${head("0002", "0101")}0001`],
    ["an unknown address family", `${head("000c", "0101")}000100080003f230cb007105`],
    ["an IPv6 address of four bytes", `${head("000c", "0101")}000100080002f230cb007105`],
    ["no address", head("0000", "0101")],
    ["an error without a code", head("0000", "0111")],
    ["a request", head("0000", "0001")],
    ["a Shared Secret Response", head("0000", "0102")],
    ["what is no STUN at all", `${head("0000", "4745")}`],
    ["more than 2048 bytes", `${head("0804", "0101")}80220800${"00".repeat(2048)}`],
  ] as const) {
    test(`C-283 ${what} is no answer`, () => assert.equal(answerIn(hex), undefined));
  }

  test("C-283 no bytes whatever make the reader fail", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void decodeBindingAnswer(bytes)));
    const framed = fc.uint8Array({ maxLength: 200 }).map((body) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(body.length);
      return Buffer.concat([Buffer.from("0101", "hex"), length, ID, body]);
    });
    fc.assert(fc.property(framed, (bytes) => void decodeBindingAnswer(bytes)));
    assert.equal(decodeMessage(new Uint8Array(0)), null);
  });
});

test("every IP address survives its bytes, IPv6 in its shortest form", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.nat(65_535), (host, port) => {
      assert.deepEqual(decodeAddress(encodeAddress({ host, port })), { host, port });
    }),
  );
  for (const [host, shortest] of [
    ["::", "::"],
    ["::1", "::1"],
    ["2001:DB8:0:0:1::", "2001:db8:0:0:1::"],
    ["fe80::1:2:3:4", "fe80::1:2:3:4"],
    ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
  ] as const) {
    assert.equal(decodeAddress(encodeAddress({ host, port: 1 }))?.host, shortest);
  }
  assert.throws(() => encodeAddress({ host: "phone.example", port: 1 }), RangeError);
});
