/** What registrars in the world say that the RFC does not expect, or that helps nobody. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { headerOf, type SipRequest } from "../../../src/sip/message/message.ts";
import { createFakeSip, scriptedServer } from "../../helpers/fake-sip.ts";
import { registering } from "./fixture.ts";

type Headers = Readonly<Record<string, string>>;

/** A phone whose registrar says that to each REGISTER. */
function phoneWith(answer: (request: SipRequest, count: number) => readonly [number, Headers?]) {
  const world = createFakeSip();
  world.servers.set("192.0.2.1:5060", scriptedServer(answer));
  return { world, ...registering(world) };
}

const contactOf = (request: SipRequest): string => headerOf(request, "Contact") ?? "";

test("a registrar whose clock is wrong changes nothing: times count from when its answer comes", async () => {
  const { world, registration, states } = phoneWith(
    () => [...[200, { Date: "Thu, 01 Jan 1970 00:00:00 GMT", Expires: "Thu, 01 Jan 1970 00:30:00 GMT" }]] as const,
  );
  registration.start();
  await world.time.advance(1_300_000);
  assert.deepEqual([states, world.sent.length], [["Registering", "Up"], 1]);
  world.time.setWallClock(0);
  await world.time.advance(400_000);
  assert.deepEqual(
    [states.at(-1), world.sent.length],
    ["Up", 2],
    "refreshed when the time that it asked for is nearly over",
  );
});

test("of several contacts the phone's own one says how long it is registered, in one header or in many", async () => {
  const others = '"A, B" <sip:1001@192.0.2.77;line=00>;expires=20';
  const { world, registration, states } = phoneWith((request) => [
    200,
    {
      Contact: `${others}, ${contactOf(request)};q=0.5;expires="600", <sip:1001@192.0.2.78>;expires=10`,
      Expires: "30",
    },
  ]);
  registration.start();
  await world.time.advance(449_999);
  assert.equal(world.sent.length, 1);
  await world.time.advance(90_001);
  assert.equal(world.sent.length, 2);
  assert.deepEqual(states, ["Registering", "Up", "Up"]);
});

test("a registrar that lists other contacts alone has not registered the phone; one that lists none has", async () => {
  const other = phoneWith(() => [200, { Contact: "<sip:1001@198.51.100.1:5060>;expires=600" }]);
  other.registration.start();
  await other.world.time.advance(0);
  assert.equal(other.states.at(-1), "Error: 192.0.2.1:5060: it does not list this phone among its contacts");
  const none = phoneWith(() => [200]);
  none.registration.start();
  await none.world.time.advance(0);
  assert.equal(none.states.at(-1), "Up");
});

test("a contact whose host a NAT's helper has rewritten is still the phone's own", async () => {
  const { world, registration, states } = phoneWith((request) => [
    200,
    { Contact: `${contactOf(request).replace("192.0.2.50:5062", "203.0.113.9:41000")};expires=600` },
  ]);
  registration.start();
  await world.time.advance(0);
  assert.equal(states.at(-1), "Up");
});

test("a registration of 0 seconds is none, and the next try comes after the usual wait", async () => {
  const { world, registration, states } = phoneWith((request) => [200, { Contact: `${contactOf(request)};expires=0` }]);
  registration.start();
  await world.time.advance(14_999);
  assert.equal(states.at(-1), "Error: 192.0.2.1:5060: it grants a registration of 0 seconds");
  assert.equal(world.sent.length, 1);
  await world.time.advance(30_001);
  assert.equal(world.sent.length, 2);
});

for (const seconds of ["86400", "4294967295", "9".repeat(400)]) {
  test(`a Retry-After of ${seconds.slice(0, 12)} keeps a phone away for a day, and not for ever`, async () => {
    const { world, registration } = phoneWith(() => [503, { "Retry-After": `${seconds};duration=9` }]);
    registration.start();
    await world.time.advance(86_399_000);
    assert.equal(world.sent.length, 1);
    await world.time.advance(43_201_000);
    assert.equal(world.sent.length, 2);
  });
}

test("a Retry-After that is a date of RFC 2543 is none", async () => {
  const { world, registration } = phoneWith(() => [503, { "Retry-After": "Thu, 01 Jan 2099 00:00:00 GMT" }]);
  registration.start();
  await world.time.advance(45_000);
  assert.equal(world.sent.length, 2);
});

const SRV = { servers: [{ host: "pbx.example", port: null, protocol: "UDP" }] } as const;

test("RFC 2782: servers of weight 0 get a few of many phones beside others, and the first of them all where no weight counts", async () => {
  const chosen = async (weights: readonly number[]): Promise<readonly number[]> => {
    const world = createFakeSip();
    world.services.set(
      "_sip._udp.pbx.example",
      weights.map((weight, at) => ({ name: `s${at}.example`, port: 5060, priority: 1, weight })),
    );
    weights.forEach((_weight, at) => void world.names.set(`s${at}.example`, [`192.0.2.${at + 1}`]));
    for (let phone = 0; phone < 2_000; phone++) registering(world, SRV).registration.start();
    await world.time.advance(0);
    return weights.map((_weight, at) => world.sent.filter(({ to }) => to === `192.0.2.${at + 1}:5060`).length);
  };
  const [zero = 0, ten = 0] = await chosen([0, 10]);
  assert.equal(zero + ten, 2_000);
  assert.ok(zero > 100 && zero < 300, `${zero} of 2000, where 182 are to be expected`);
  assert.deepEqual(await chosen([0, 0]), [2_000, 0]);
});

test("a name whose SRV record says that there is no such service is an error that says so", async () => {
  const world = createFakeSip();
  world.services.set("_sip._udp.pbx.example", [{ name: "", port: 0, priority: 0, weight: 0 }]);
  const { registration, states } = registering(world, SRV);
  registration.start();
  await world.time.advance(0);
  assert.equal(states.at(-1), "Error: pbx.example: the DNS says that pbx.example has no SIP server");
});
