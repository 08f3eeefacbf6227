import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { LIVE_SCRIPT } from "../../src/web/live/live-script.ts";

/** Two hours east of UTC, whatever the zone of this machine. */
class BerlinDate extends Date {
  readonly #local = new Date(this.getTime() + 7_200_000);
  override getFullYear = () => this.#local.getUTCFullYear();
  override getMonth = () => this.#local.getUTCMonth();
  override getDate = () => this.#local.getUTCDate();
  override getHours = () => this.#local.getUTCHours();
  override getMinutes = () => this.#local.getUTCMinutes();
  override getSeconds = () => this.#local.getUTCSeconds();
}

test("where scripts run times are in the zone of the browser, and the page names it", () => {
  const spans = [{ textContent: "2024-04-30" }, { textContent: "23:05:09" }];
  const moment = { dateTime: "2024-04-30T23:05:09.000Z", title: "UTC", querySelectorAll: () => spans };
  const note = { textContent: "Times are the phone's: UTC." };
  const found: Readonly<Record<string, readonly object[]>> = { "time.moment": [moment], "[data-zone]": [note] };
  runInNewContext(LIVE_SCRIPT, {
    document: { querySelectorAll: (selector: string) => found[selector] ?? [] },
    Date: BerlinDate,
    Intl: { DateTimeFormat: () => ({ resolvedOptions: () => ({ timeZone: "Europe/Berlin" }) }) },
    setInterval: () => 0,
  });
  assert.deepEqual(spans, [{ textContent: "2024-05-01" }, { textContent: "01:05:09" }]);
  assert.equal(moment.title, "Europe/Berlin");
  assert.equal(note.textContent, "Times are in the time zone of this browser: Europe/Berlin.");
});
