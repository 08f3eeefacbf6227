import assert from "node:assert/strict";
import { test } from "node:test";
import { createSeededRandom } from "../../../src/system/seeded-random.ts";
import { hostileDatagrams } from "../../helpers/hostile-datagrams.ts";
import { udpRequest } from "../../helpers/udp-request.ts";
import { startPhone } from "../binding/fixture.ts";

const COUNT = 20_000;

test(`C-247 C-283 ${COUNT} hostile datagrams: no answer, no change, no noise in the log, and the phone still hears its ACS`, async () => {
  const { network, time, listener, bindings, accepted, log, sendRequest } = await startPhone();
  await sendRequest(udpRequest({ ts: 1 }));
  const [sent, timers, lines] = [network.sent.length, time.pendingTimers().length, log.lines.length];
  const stranger = await network.machine("198.51.100.66").bind({ address: null, port: 0, onMessage: assert.fail });
  const datagrams = hostileDatagrams(createSeededRandom("hostile"));
  for (let count = 0; count < COUNT; count++) {
    const { value } = datagrams.next();
    if (value !== undefined) stranger.send(value, { host: "203.0.113.5", port: 62_000 });
    if (count % 1000 === 0) await time.advance(0);
  }
  await time.advance(0);
  assert.equal(network.sent.length - sent, COUNT, "the stranger's own, and no other");
  assert.deepEqual([bindings.length, accepted.map(({ ts }) => ts)], [1, [1]]);
  assert.ok(
    time.pendingTimers().length <= timers + 2 && log.lines.length <= lines + 1,
    "one line, a timer for the next, and one for the guesses that wait",
  );
  await sendRequest(udpRequest({ ts: 2 }));
  await time.advance(50);
  assert.deepEqual(
    accepted.map(({ ts }) => ts),
    [1, 2],
  );
  await listener.close();
});
