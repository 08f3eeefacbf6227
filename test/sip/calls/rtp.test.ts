import assert from "node:assert/strict";
import { test } from "node:test";
import { createRtpAnswerer } from "../../../src/sip/calls/rtp.ts";

const PCMA = { payload: 8 };
const PACKET = Buffer.from([0x80, 0x88, 0, 9, 0, 0, 0, 160, 1, 2, 3, 4, 10, 20]);

test("each packet of voice is answered with one as long: silence of its codec, or itself", () => {
  const silence = createRtpAnswerer("silence", 0xdeadbeef);
  silence.hear([PCMA]);
  assert.deepEqual(
    [...(silence.answer(PACKET) ?? [])],
    [0x80, 8, 0, 0, 0, 0, 0, 160, 0xde, 0xad, 0xbe, 0xef, 0xd5, 0xd5],
  );
  assert.equal(silence.answer(PACKET)?.[3], 1, "the sequence goes on");
  const echo = createRtpAnswerer("echo", 1);
  echo.hear([PCMA]);
  assert.deepEqual([...(echo.answer(PACKET) ?? [])].slice(12), [10, 20]);
  const shortened = [[], PACKET.subarray(0, 11), [0x40, ...PACKET.subarray(1)], [0x8f, ...PACKET.subarray(1)]];
  for (const bad of shortened) assert.equal(silence.answer(Buffer.from(bad)), null);
});

test("a pressed key (RFC 4733), RTCP and a codec that was not agreed on are no voice, and get no answer", () => {
  for (const voice of ["silence", "echo"] as const) {
    const answerer = createRtpAnswerer(voice, 1);
    assert.equal(answerer.answer(PACKET), null, "before anything is agreed on");
    answerer.hear([PCMA]);
    for (const payload of [101, 200, 0]) {
      const other = Buffer.from(PACKET);
      other[1] = payload;
      assert.equal(answerer.answer(other), null, `${voice} ${payload}`);
    }
    answerer.hear([{ payload: 0 }]);
    assert.equal(answerer.answer(PACKET), null, "what was agreed on before");
  }
});
