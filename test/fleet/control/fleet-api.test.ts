/** A running fleet of 200 phones over its control socket, against the embedded ACS. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "../../helpers/api-under-test.ts";
import { acsOfFleet, type ControlledFleet, controlledFleet } from "../../helpers/running-fleet.ts";
import { until } from "../../helpers/transport.ts";

const LABEL = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label";
const GROUPS = [
  { name: "north", count: 120 },
  { name: "south", count: 80, serialNumber: "S{i:03}" },
];

const namesOf = (answer: Answer): readonly string[] =>
  (answer.phones as readonly { readonly name: string }[]).map(({ name }) => name);

async function listOf({ ask }: ControlledFleet, query: string): Promise<Answer> {
  const { status, answer } = await ask("GET", `/phones?${query}`);
  assert.equal(status, 200, JSON.stringify(answer));
  return answer;
}

describe("a fleet of 200 phones over its socket", () => {
  test("phones are listed page by page, and found by group, state and the beginning of name or serial number", async (t) => {
    const acs = await acsOfFleet(t);
    const running = await controlledFleet(t, { acs: acs.url, groups: GROUPS });
    await until(() => running.fleet.figures.counts().reached === 200);
    const pages = await Promise.all([1, 2, 3, 4, 5].map((page) => listOf(running, `size=50&page=${page}`)));
    assert.deepEqual(
      pages.map(({ total, page, pages: all, phones }) => [total, page, all, (phones as unknown[]).length]),
      [1, 2, 3, 4, 4].map((page) => [200, page, 4, 50]),
    );
    assert.equal(new Set(pages.slice(0, 4).flatMap(namesOf)).size, 200);
    assert.deepEqual(
      namesOf(await listOf(running, "search=s12")),
      [...Array(9).keys()].map((at) => `south-00012${at + 1}`),
    );
    assert.deepEqual(namesOf(await listOf(running, "search=0c11050000a")).length, 0);
    assert.equal((await listOf(running, "group=south")).total, 80);
    assert.equal((await listOf(running, "group=south&search=north")).total, 0);
    await until(() => running.fleet.moment().open === 0);
    await running.ask("POST", "/pause", { phones: ["S130"] });
    assert.equal((await listOf(running, "state=idle&group=south")).total, 79);
    assert.deepEqual(namesOf(await listOf(running, "state=paused")), ["south-000130"]);
    const { status, answer } = await running.ask("GET", "/phones/S130");
    const { lastSession, ...phone } = answer as { readonly lastSession: { readonly successful: boolean } };
    assert.deepEqual(
      [status, phone, lastSession.successful],
      [
        200,
        {
          ...{ name: "south-000130", serialNumber: "S130", group: "south", model: "SP-R53P" },
          ...{ state: "paused", retryCount: 0, sessions: 1 },
        },
        true,
      ],
    );
  });

  test("one phone has the whole API of a single one, and shows nothing of any other", async (t) => {
    const acs = await acsOfFleet(t);
    const running = await controlledFleet(t, { acs: acs.url, groups: GROUPS });
    const { ask, fleet } = running;
    await until(() => fleet.figures.counts().reached === 200);
    const status = (await ask("GET", "/phones/north-000007/status")).answer;
    assert.equal((status.identity as { serialNumber: string }).serialNumber, "0C1105000007");
    const set = await ask("PATCH", "/phones/0C1105000007/parameters", { values: { [LABEL]: "mine" } });
    assert.equal(set.status, 200);
    for (const [name, value] of [
      ["north-000007", "mine"],
      ["north-000008", ""],
    ]) {
      const { answer } = await ask("GET", `/phones/${name}/parameters?path=${LABEL}`);
      assert.equal((answer.parameters as { value: string }[])[0]?.value, value);
    }
    // A phone that nobody has looked at yet, and one beyond those whose sessions are kept from the start.
    const asked = ["south-000150", "south-000151"].map((name) => ask("GET", `/phones/${name}/sessions`));
    await Promise.all(asked);
    const informed = ["south-000150", "south-000151"].map((name) =>
      ask("POST", `/phones/${name}/inform`, { wait: true }),
    );
    for (const { answer } of await Promise.all(informed))
      assert.equal((answer.outcome as { successful: boolean }).successful, true);
    const numbers = new Set<number>();
    for (const serialNumber of ["S150", "S151"]) {
      const { answer } = await ask("GET", `/phones/${serialNumber}/sessions`);
      const sessions = answer.sessions as { session: number }[];
      assert.equal(sessions.length, 1, "the one since somebody has looked");
      const session = sessions[0]?.session ?? 0;
      numbers.add(session);
      const { records } = (await ask("GET", `/phones/${serialNumber}/sessions/${session}`)).answer as {
        readonly records: readonly { readonly kind: string; readonly from?: string; readonly phone?: string }[];
      };
      const inform = records.findIndex(({ kind, from }) => kind === "message" && from === "cpe");
      const message = await ask("GET", `/phones/${serialNumber}/sessions/${session}/messages/${inform}`);
      const envelope = String(message.answer.envelope);
      assert.ok(envelope.includes(serialNumber));
      assert.deepEqual(
        [...envelope.matchAll(/>S\d{3}</g)].map(([text]) => text).filter((text) => text !== `>${serialNumber}<`),
        [],
      );
      const other = serialNumber === "S150" ? "S151" : "S150";
      assert.equal((await ask("GET", `/phones/${other}/sessions/${session}`)).status, 404);
    }
    assert.equal(numbers.size, 2);
  });
});
