/** A registrar is gone for ten minutes, the worst ones: those in which every phone of a fleet wants to be refreshed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SipFlow } from "../../../src/ports/sip.ts";
import { retryMs } from "../../../src/sip/registration/delays.ts";
import { Registration } from "../../../src/sip/registration/registration.ts";
import { createFakeSip } from "../../helpers/fake-sip.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";

/** With 10,000, which takes minutes, the worst second has 822 REGISTERs, and 780 by the table (docs/sip.md). */
const PHONES = 2_000;
const EXPIRES_S = 1_800;
/** All phones came up at once: their refreshes are between these two. */
const GONE_S = EXPIRES_S * 0.75;
const BACK_S = GONE_S + 600;
/** A REGISTER without an answer is given up after timer F, and repeated every T2 at the end. */
const GIVEN_UP_S = 32;
const REPEATED_S = 4;

/** A registrar that answers whoever is not silent, and counts REGISTERs by the second. */
function countingRegistrar(nowMs: () => number) {
  const arrivals = new Map<number, number>();
  const state = { isSilent: false };
  const received = (bytes: Uint8Array, back: SipFlow): void => {
    if (state.isSilent) return;
    const second = Math.floor(nowMs() / 1_000);
    arrivals.set(second, (arrivals.get(second) ?? 0) + 1);
    const lines = Buffer.from(bytes).toString("latin1").split("\r\n");
    const kept = lines.filter((line) => /^(?:Via|From|To|Call-ID|CSeq): /.test(line));
    const isKnown = lines.some((line) => line.startsWith("Authorization: "));
    const challenge = 'WWW-Authenticate: Digest realm="pbx", nonce="0123456789abcdef", qop="auth", algorithm=SHA-256';
    const answer = isKnown
      ? ["SIP/2.0 200 OK", ...kept, `Expires: ${EXPIRES_S}`]
      : ["SIP/2.0 401 Unauthorized", ...kept, challenge];
    back.send(Buffer.from([...answer, "", ""].join("\r\n")));
  };
  return { arrivals, state, received };
}

/** Phones that the table of waits brings back in each second after the outage, at its worst second. */
function peakByTheTable(): number {
  const random = seededRandom("table");
  const arrivals = new Map<number, number>();
  for (let phone = 0; phone < PHONES; phone++) {
    // The refresh that nobody answers, and at once a try from the beginning.
    let startS = random.between(GONE_S, EXPIRES_S * 0.9) + GIVEN_UP_S;
    for (let failures = 1; startS + GIVEN_UP_S < BACK_S; failures++) {
      startS += GIVEN_UP_S + retryMs(failures, null, random) / 1_000;
    }
    // One that is being repeated when the registrar is back is heard with its next repetition.
    const heardS = startS >= BACK_S ? startS : BACK_S + random.between(0, REPEATED_S);
    arrivals.set(Math.floor(heardS), (arrivals.get(Math.floor(heardS)) ?? 0) + 1);
  }
  return Math.max(...arrivals.values());
}

test("two thousand phones whose registrar was gone for ten minutes are all back, no faster than the table of waits says", async (t) => {
  const world = createFakeSip({ keepsSent: false });
  const { time, stack } = world;
  const registrar = countingRegistrar(() => time.clock.monotonic());
  world.servers.set("192.0.2.1:5060", registrar.received);
  const status: string[] = [];
  for (let phone = 0; phone < PHONES; phone++) {
    const registration = new Registration({
      stack,
      account: {
        ...{ user: `${phone}`, display: "", authName: `${phone}`, password: "secret", proxy: null, localPort: 5062 },
        ...{ servers: [{ host: "192.0.2.1", port: 5060, protocol: "UDP" }], expiresSeconds: EXPIRES_S },
        ...{ keepAliveSeconds: 0, userAgent: "Akuvox" },
      },
      isConnected: () => true,
      changed(now) {
        status[phone] = now;
      },
    });
    registration.start();
  }
  const up = (): number => status.filter((now) => now === "Up").length;
  await time.advance(GONE_S * 1_000 - 1);
  assert.equal(up(), PHONES);

  registrar.state.isSilent = true;
  await time.advance((BACK_S - GONE_S) * 1_000);
  assert.equal(up(), 0, "the outage reaches all of them");

  registrar.state.isSilent = false;
  registrar.arrivals.clear();
  let backS = 0;
  while (up() < PHONES && backS < 3_600) {
    await time.advance(1_000);
    backS++;
  }
  assert.equal(up(), PHONES, "none is lost");
  const peak = Math.max(...registrar.arrivals.values());
  const total = [...registrar.arrivals.values()].reduce((sum, count) => sum + count, 0);
  const table = 2 * peakByTheTable();
  t.diagnostic(
    `at most ${peak} REGISTERs in a second (by the table ${table}), all back after ${backS} s, ${total} REGISTERs`,
  );
  assert.equal(total, 2 * PHONES, "one that is challenged and one that is right, and nothing twice");
  assert.ok(peak <= 1.2 * table, `${peak} in one second, and ${table} by the table`);
});
