import type { Random } from "../../src/ports/random.ts";
import { udpRequest } from "./udp-request.ts";

/** Well-formed datagrams to damage: each kind that the port knows. */
function seeds(): readonly Buffer[] {
  const id = Buffer.alloc(16, 7);
  const stun = (type: string, body: string): Buffer => {
    const attributes = Buffer.from(body, "hex");
    const head = Buffer.from(`${type}0000`, "hex");
    head.writeUInt16BE(attributes.length, 2);
    return Buffer.concat([head, id, attributes]);
  };
  return [
    udpRequest({ ts: 2_000_000_000, password: "wrong" }),
    udpRequest({ ts: 2_000_000_000, username: "other" }),
    udpRequest({ ts: 1 }),
    Buffer.from("GET http://x?ts=1&id=2&un=%zz&cn=%&sig=0 HTTP/1.1\r\nHost: x\r\n\r\n"),
    stun("0101", "000100080001f230cb007105"),
    stun("0101", "002000080001d322ea12d547"),
    stun("0111", "0009001000000401556e617574686f72697a6564"),
    stun("0001", "c001001464736c666f72756d2e6f72672f54522d31313120"),
  ];
}

/**
 * Datagrams of strangers, without end: damaged forms of real ones, pure noise, and old requests. None is genuine and newer
 * than ts 1, so that none may change anything.
 */
export function* hostileDatagrams(random: Random): Generator<Uint8Array> {
  const known = seeds();
  const below = (high: number): number => Math.floor(random.between(0, high));
  for (;;) {
    const seed = known[below(known.length)] ?? Buffer.alloc(0);
    switch (below(5)) {
      case 0:
        yield seed;
        break;
      case 1:
        yield random.bytes(below(128));
        break;
      case 2:
        yield seed.subarray(0, below(seed.length + 1));
        break;
      case 3:
        yield Buffer.concat([seed, random.bytes(below(64))]);
        break;
      default: {
        const damaged = Buffer.from(seed);
        for (let times = 1 + below(4); times > 0; times--) damaged[below(damaged.length)] = below(256);
        yield damaged;
      }
    }
  }
}
