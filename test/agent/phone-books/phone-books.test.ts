import assert from "node:assert/strict";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { PhoneBookStatus } from "../../../src/agent/phone-books/book.ts";
import { CwmpFault } from "../../../src/cwmp/errors.ts";
import {
  type AgentUnderTest,
  type AgentUnderTestOptions,
  createAgentUnderTest,
} from "../../helpers/agent-under-test.ts";
import { fileTransfer } from "../../helpers/file-transfer.ts";
import { createMemoryLogger } from "../../helpers/memory-logger.ts";
import { rpc } from "../../helpers/scripted-acs.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const NOON = Date.UTC(2024, 4, 1, 12);
const MINUTE = 60_000;
const HOUR = 3_600_000;
const KEY = "Config.RemotePhoneBook.REMOTE_PHONE_BOOK";
const PATH = "Device.UserInterface.CUSTOM_RemotePhoneBook.CUSTOM_PhoneBook";
const URL_A = "http://files.example/a.xml";
const URL_B = "http://files.example/b.xml";

function book(entries: number): string {
  return `<Directory Name="Office">${'<Contact Name="A" Office="1"/>'.repeat(entries)}</Directory>`;
}

async function started(
  keys: Readonly<Record<string, string>>,
  options: AgentUnderTestOptions = {},
): Promise<AgentUnderTest> {
  const under = createAgentUnderTest({ ...options, inMemory: true, keys });
  under.server.serve(URL_A, book(3));
  under.server.serve(URL_B, book(5));
  await under.agent.start();
  await under.settle();
  return under;
}

const urls = ({ server }: AgentUnderTest): readonly string[] => server.requests.map(({ server: { url } }) => url);

async function books({ agent }: AgentUnderTest): Promise<readonly PhoneBookStatus[]> {
  return (await agent.local.status()).phoneBooks;
}

async function setUrl(under: AgentUnderTest, number: number, url: string): Promise<void> {
  await under.agent.local.setValues(new Map([[`${PATH}${number}URL`, url]]));
  await under.settle();
}

describe("when phone books are fetched", () => {
  test("in the first minute after the start, and the status tells how many entries they have", async () => {
    const under = await started({ [`${KEY}0.Url`]: URL_A, [`${KEY}0.DisplayName`]: "Office", [`${KEY}3.Url`]: URL_B });
    assert.deepEqual(urls(under), [], "phones that get their power back together do not ask at once");
    const first = { number: 0, name: "Office", url: URL_A, problem: null };
    assert.deepEqual((await books(under))[0], { ...first, entries: null, fetchedAt: null });
    await under.time.advance(MINUTE);
    const [office, other, ...more] = await books(under);
    assert.deepEqual(office, { ...first, entries: 3, fetchedAt: office?.fetchedAt });
    assert.ok(Number(office?.fetchedAt) > NOON && Number(office?.fetchedAt) <= NOON + MINUTE);
    assert.deepEqual([other?.number, other?.name, other?.entries, more.length], [3, "", 5, 0]);
    assert.deepEqual(urls(under).toSorted(), [URL_A, URL_B]);
  });

  test("none where no URL is set, and none where the firmware does it", async () => {
    const none = await started({});
    const off = await started({ [`${KEY}0.Url`]: URL_A }, { fetchPhoneBooks: false });
    for (const under of [none, off]) {
      await under.time.advance(48 * HOUR);
      assert.deepEqual([urls(under), await books(under)], [[], []]);
    }
  });

  test("daily, 18 to 24 hours apart, so that phones drift apart", async () => {
    const under = await started({ [`${KEY}0.Url`]: URL_A });
    const times: number[] = [];
    for (let hour = 0; hour < 10 * 24; hour++) {
      await under.time.advance(HOUR);
      const [found] = await books(under);
      if (found?.fetchedAt !== null && found?.fetchedAt !== times.at(-1)) times.push(Number(found?.fetchedAt));
    }
    assert.ok(times.length >= 10 && times.length <= 14, String(times.length));
    const gaps = times.slice(1).map((time, at) => time - Number(times[at]));
    assert.ok(
      gaps.every((gap) => gap >= 18 * HOUR && gap <= 24 * HOUR),
      String(gaps),
    );
    assert.ok(new Set(gaps).size > 1);
    assert.equal(urls(under).length, times.length);
  });

  test("at once when a person or the ACS sets another URL, that book alone; a new name fetches nothing", async () => {
    const under = await started({ [`${KEY}0.Url`]: URL_A });
    await under.time.advance(MINUTE);
    await setUrl(under, 1, URL_B);
    assert.deepEqual(urls(under), [URL_A, URL_B]);
    under.server.serve(URL_A, book(7));
    const parameterList = [{ name: `${PATH}1URL`, value: URL_A, type: "string" }];
    under.acs.plan({ rpcs: [rpc("SetParameterValues", { parameterList, parameterKey: "" })] });
    await under.agent.local.inform("2 PERIODIC");
    await under.settle();
    assert.deepEqual(urls(under), [URL_A, URL_B, URL_A]);
    await under.agent.local.setValues(new Map([[`${PATH}1Name`, "Sales"]]));
    await under.settle();
    assert.deepEqual(
      (await books(under)).map(({ name, entries }) => [name, entries]),
      [
        ["", 3],
        ["Sales", 7],
      ],
    );
    assert.equal(urls(under).length, 3);
  });

  test("no more when the URL is taken away", async () => {
    const under = await started({ [`${KEY}0.Url`]: URL_A });
    await under.time.advance(MINUTE);
    await setUrl(under, 0, "");
    assert.deepEqual(await books(under), []);
    await under.time.advance(48 * HOUR);
    assert.equal(urls(under).length, 1);
  });

  test("a book that is on its way when the URL changes is given up: it never counts for the new one", async () => {
    const under = await started({ [`${KEY}0.Url`]: URL_A });
    const release = under.server.hold();
    await under.time.advance(MINUTE);
    assert.deepEqual(urls(under), [URL_A]);
    await setUrl(under, 0, URL_B);
    release();
    await under.settle();
    assert.deepEqual(urls(under), [URL_A, URL_B]);
    assert.equal((await books(under))[0]?.entries, 5);
    assert.deepEqual(under.log.at("warn"), []);
  });

  test("a stop ends the fetching, and the next start fetches anew", async () => {
    const under = await started({ [`${KEY}0.Url`]: URL_A });
    under.server.hold();
    await under.time.advance(MINUTE);
    const next = await under.restarted();
    assert.deepEqual(under.log.at("warn"), []);
    under.server.hold()();
    await next.agent.start();
    await next.time.advance(MINUTE);
    assert.equal((await books(next))[0]?.entries, 3);
  });
});

describe("a phone book that cannot be had", () => {
  const failures: readonly (readonly [string, string | Error, RegExp])[] = [
    ["is not there", new CwmpFault(9016, "404 Not Found"), /404 Not Found/],
    ["is none", "<html></html>", /it is not a phone book/],
    ["is too large", "x".repeat(2 ** 20 + 1), /larger than 1048576 bytes/],
    [
      "is on a host that is not allowed",
      new CwmpFault(9001, "the host is not among transfers.allowedHosts"),
      /allowedHosts/,
    ],
  ];
  for (const [name, answer, reason] of failures) {
    test(`${name}: told once and plainly, tried again within the hour, and what was there before stays`, async () => {
      const under = await started({ [`${KEY}0.Url`]: URL_A });
      await under.time.advance(MINUTE);
      under.server.serve(URL_A, answer);
      await under.time.advance(24 * HOUR);
      const asked = urls(under).length;
      await under.time.advance(10 * HOUR);
      assert.ok(
        urls(under).length - asked >= 9 && urls(under).length - asked <= 21,
        String(urls(under).length - asked),
      );
      const [found] = await books(under);
      assert.equal(found?.entries, 3);
      assert.match(String(found?.problem), reason);
      const warnings = under.log.at("warn");
      assert.deepEqual(
        warnings.map(({ message }) => message),
        ["A phone book could not be fetched"],
      );
      assert.match(JSON.stringify(warnings[0]?.fields), reason);
      under.server.serve(URL_A, book(4));
      await under.time.advance(HOUR);
      assert.deepEqual(
        (await books(under)).map(({ entries, problem }) => [entries, problem]),
        [[4, null]],
      );
    });
  }

  test("for tftp and ftp, which are not asked", async () => {
    const under = await started({ [`${KEY}0.Url`]: "tftp://files.example/a.xml" });
    await under.time.advance(48 * HOUR);
    assert.deepEqual(urls(under), []);
    assert.match(String((await books(under))[0]?.problem), /http and https servers only/);
    assert.equal(under.log.at("warn").length, 1);
  });

  test("within two minutes is given up, and others have their turn", async () => {
    const under = await started({ [`${KEY}0.Url`]: URL_A });
    under.server.hold();
    await under.time.advance(MINUTE);
    under.server.hold()();
    await setUrl(under, 1, URL_B);
    assert.equal((await books(under))[1]?.entries, null);
    await under.time.advance(2 * MINUTE);
    const [slow, other] = await books(under);
    assert.match(String(slow?.problem), /did not arrive within 120 s/);
    assert.equal(other?.entries, 5);
  });

  test("shows no password: the server gets it, the status and the log do not", async () => {
    const under = await started({ [`${KEY}0.Url`]: "http://me:hu%40sh@files.example/b.xml?token=hushed" });
    under.server.serve("http://files.example/b.xml?token=hushed", book(2));
    await under.time.advance(MINUTE);
    const [request] = under.server.requests;
    assert.deepEqual([request?.server.username, request?.server.password], ["me", "hu@sh"]);
    assert.equal((await books(under))[0]?.entries, 2);
    assert.doesNotMatch(JSON.stringify(await books(under)) + under.log.text(), /hu%40sh|hu@sh|hushed/);
  });
});

async function overSockets(t: TestContext, isAllowed: (hostname: string) => boolean): Promise<AgentUnderTest> {
  const server = createServer((_request, response) => response.end(book(6)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const folder = join(await temporaryFolder(t), "transfers");
  const under = createAgentUnderTest({
    keys: { [`${KEY}0.Url`]: `http://127.0.0.1:${port}/book.xml` },
    fileTransfer: (time) =>
      fileTransfer({
        ...{ ...time, folder, isAllowed, log: createMemoryLogger() },
        ...{ userAgent: "akuvox-cpe/test" },
      }),
  });
  t.after(() => under.agent.stop());
  await under.agent.start();
  await under.time.advance(MINUTE);
  for (;;) {
    const [found] = await books(under);
    if (found?.entries !== null || found.problem !== null) return under;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("over real sockets a book is fetched, and transfers.allowedHosts counts for phone books as well", async (t) => {
  assert.equal((await books(await overSockets(t, () => true)))[0]?.entries, 6);
  const denied = (await books(await overSockets(t, () => false)))[0];
  assert.deepEqual([denied?.entries, denied?.fetchedAt], [null, null]);
  assert.match(String(denied?.problem), /allowedHosts/);
});
