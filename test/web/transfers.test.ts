import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { html } from "hono/html";
import type { TransferView } from "../../src/agent/transfers/transfer-view.ts";
import { transfersView } from "../../src/web/transfers/transfers-view.ts";
import { createFakeTime } from "../helpers/fake-time.ts";
import { download, URL_OF_FILE } from "../helpers/transfers.ts";
import { createWebUnderTest, type WebUnderTest } from "../helpers/web-under-test.ts";

const NOW = Date.UTC(2024, 4, 1, 12);
const { clock } = createFakeTime({ now: NOW });
const TRANSFER: TransferView = {
  commandKey: "key-1",
  state: 2,
  isDownload: true,
  fileType: "1 Firmware Upgrade Image",
  fileSize: 0,
  targetFileName: "",
  step: "transferring",
  server: "files.example:8080",
  dueAt: null,
  tries: 1,
  receivedBytes: null,
  totalBytes: null,
  failure: null,
};

const textOf = (page: string): string =>
  page
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();

async function drawn(change: Partial<TransferView>): Promise<string> {
  return `${await html`${transfersView([{ ...TRANSFER, ...change }], clock)}`}`;
}

describe("a transfer on the page", () => {
  test("shows how far it has come: a bar and words where the size is known, words alone where it is not", async () => {
    const known = await drawn({ receivedBytes: 5000, totalBytes: 20_000 });
    assert.match(known, /<progress max="100" value="25" aria-label="Download">/);
    assert.match(
      textOf(known),
      /Download 1 Firmware Upgrade Image in progress 25 % · 5\.0 kB of 20\.0 kB files\.example:8080 key-1/,
    );
    const unknown = await drawn({ receivedBytes: 5000 });
    assert.doesNotMatch(unknown, /<progress/);
    assert.match(textOf(unknown), /in progress 5\.0 kB/);
    assert.match(
      await drawn({ receivedBytes: 30, totalBytes: 20 }),
      /value="100"/,
      "an ACS may have said a wrong size",
    );
    assert.match(await drawn({ receivedBytes: 0, totalBytes: 0 }), /value="100"/);
  });

  test("that waits says until when, and why its last try failed", async () => {
    const text = textOf(
      await drawn({
        ...{ state: 1, step: "waiting", tries: 1, dueAt: NOW + 90_000 },
        failure: { code: 9016, text: "the file server refused" },
      }),
    );
    assert.match(text, /not yet started , attempt 2 in 1 min 30 s 2024-05-01 12:01:30/);
    assert.match(text, /9016 the file server refused/);
  });

  test("that has ended says how", async () => {
    assert.match(textOf(await drawn({ state: 3, step: "reporting", server: "" })), /✓ finished, to be reported/);
    const failed = await drawn({ state: 3, step: "reporting", failure: { code: 9010, text: "too large" } });
    assert.match(textOf(failed), /✗ finished, to be reported 9010 too large/);
  });

  test("is a list on a narrow screen, each line with its name", async () => {
    const page = await drawn({});
    assert.match(page, /<table class="stacked"/);
    for (const label of ["Direction", "File type", "State", "Server", "CommandKey"])
      assert.ok(page.includes(`data-label="${label}"`));
  });

  test("keeps the markup of others as text", async () => {
    const evil = "<script>alert(1)</script>";
    const page = await drawn({ commandKey: evil, fileType: evil, server: evil, failure: { code: 9002, text: evil } });
    assert.doesNotMatch(page, /<script>/);
  });
});

async function downloading(web: WebUnderTest): Promise<() => void> {
  web.server.serve(URL_OF_FILE, "Config.Account1.GENERAL.UserName = 1001\n");
  web.server.arrived({ bytes: 10, totalBytes: 40 });
  const release = web.server.hold();
  web.acs.plan({ rpcs: [download({ commandKey: "k7", username: "u", password: "hush" })] });
  await web.agent.local.inform("2 PERIODIC");
  await web.settle();
  return release;
}

test("the page follows a download of a real agent: its progress, then its end, and no secret", async () => {
  const web = await createWebUnderTest();
  await web.settle();
  assert.match((await web.request("/transfers")).text, /No transfers\./);
  const release = await downloading(web);
  const { text } = await web.request("/transfers");
  assert.match(text, /data-live="\/transfers\/part" data-every="2000"/);
  assert.match(textOf(text), /in progress 25 % · 10 B of 40 B files\.example k7/);
  assert.doesNotMatch(text, /hush/);
  const { transfers } = await web.agent.local.status();
  assert.deepEqual(
    [transfers[0]?.receivedBytes, transfers[0]?.totalBytes, transfers[0]?.step],
    [10, 40, "transferring"],
  );
  release();
  await web.settle();
  assert.match((await web.request("/transfers/part")).text, /^<p>No transfers\./, "the ACS has heard of it");
  assert.equal((await web.request("/transfers", { login: null })).status, 401);
});
