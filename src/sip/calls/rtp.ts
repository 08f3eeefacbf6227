import type { Codec } from "./sdp.ts";

/** The audio that a phone sends. `echo` returns what it receives. */
export type Voice = "silence" | "echo";

const VERSION = 0x80;
const MIN_PACKET = 12;
/** RFC 3551: what silence is in G.711; other codecs get zeros. */
const SILENCE: Readonly<Record<number, number>> = { 0: 0xff, 8: 0xd5 };

/**
 * One direction of a call's voice: each received packet is answered with one, so that no peer is flooded (RFC 3550
 * 5.1).
 */
export interface RtpAnswerer {
  /** From now on packets of these codecs count as voice; before, none do. */
  hear(codecs: readonly Pick<Codec, "payload">[]): void;
  /** Null: what came is no voice. Pressed keys (RFC 4733) are none: an answer to them would be a key as well. */
  answer(packet: Uint8Array): Uint8Array | null;
}

/** @param source the synchronization source of this side: a number below 2^32 that is new for each call. */
export function createRtpAnswerer(voice: Voice, source: number): RtpAnswerer {
  let sequence = 0;
  let payloads: readonly number[] = [];
  return {
    hear(codecs) {
      payloads = codecs.map(({ payload }) => payload);
    },
    answer(packet) {
      const first = packet[0] ?? 0;
      const headBytes = MIN_PACKET + (first & 0x0f) * 4;
      if ((first & 0xc0) !== VERSION || packet.length < headBytes) return null;
      const payload = (packet[1] ?? 0) & 0x7f;
      if (!payloads.includes(payload)) return null;
      const body = packet.subarray(headBytes);
      const answer = Buffer.alloc(MIN_PACKET + body.length, SILENCE[payload] ?? 0);
      if (voice === "echo") answer.set(body, MIN_PACKET);
      answer[0] = VERSION;
      answer[1] = payload;
      answer.writeUInt16BE(sequence++ & 0xffff, 2);
      // Packets of both sides are as long: the other side's time is as good as one of our own.
      answer.set(packet.subarray(4, 8), 4);
      answer.writeUInt32BE(source >>> 0, 8);
      return answer;
    },
  };
}
