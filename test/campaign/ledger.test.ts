import assert from "node:assert/strict";
import { test } from "node:test";
import { envelope, readMessage } from "../../campaign/acs/envelopes.ts";
import { Ledger } from "../../campaign/oracle/ledger.ts";
import { reboot, setValues } from "../../campaign/oracle/operations.ts";
import { ACS_URL, type PhoneState, withEntries } from "../../campaign/oracle/phone-state.ts";

const FACTORY: PhoneState = new Map([
  [ACS_URL, "http://127.0.0.1:1/acs"],
  ["profiles", "1,2,3"],
]);
const OK = readMessage(
  envelope("1", "<cwmp:SetParameterValuesResponse><Status>0</Status></cwmp:SetParameterValuesResponse>"),
);
const REFUSED = readMessage(envelope("1", "<soap:Fault><detail><FaultCode>9002</FaultCode></detail></soap:Fault>"));
const SET = setValues(7);
const AFTER = SET.effect(FACTORY, OK);

function inform(...events: readonly string[]) {
  const list = events.map(
    (code) => `<EventStruct><EventCode>${code}</EventCode><CommandKey>reboot-1</CommandKey></EventStruct>`,
  );
  const boots = list.map((text) => (text.includes("M Reboot") ? text : text.replace("reboot-1", "")));
  return readMessage(envelope("1", `<cwmp:Inform><Event>${boots.join("")}</Event></cwmp:Inform>`));
}

function started(): Ledger {
  const ledger = Ledger.ofSettled(FACTORY);
  ledger.disturbed = true;
  return ledger;
}

for (const [what, answer, seen, isWrong] of [
  ["an acknowledged change that is there", OK, AFTER, false],
  ["an acknowledged change that is lost", OK, FACTORY, true],
  ["half of an acknowledged change", OK, withEntries(AFTER, [["Device.Time.NTPServer1", "pool"]]), true],
  ["a refused change that is not there", REFUSED, FACTORY, false],
  ["a refused change that is there", REFUSED, AFTER, true],
  ["an unanswered change that is there", null, AFTER, false],
  ["an unanswered change that is not there", null, FACTORY, false],
  ["half of an unanswered change", null, withEntries(FACTORY, [["Device.Time.NTPServer1", "ntp7.example.com"]]), true],
] as const) {
  test(`the ledger finds ${isWrong ? "" : "nothing wrong with "}${what}`, () => {
    const ledger = started();
    ledger.begin(SET);
    if (answer !== null) ledger.answered(answer);
    ledger.started();
    ledger.informed(inform("1 BOOT"), "/acs");
    ledger.observed(seen);
    assert.equal(ledger.findings.length > 0, isWrong, ledger.findings.join("; "));
  });
}

test("an event that was acknowledged and does not come is lost, one that comes after its confirmation is doubled", () => {
  const ledger = started();
  ledger.begin(reboot(1));
  ledger.answered(OK);
  ledger.started();
  assert.equal(ledger.isSettled, false);
  ledger.informed(inform("1 BOOT", "M Reboot"), "/acs");
  ledger.answers(inform("1 BOOT", "M Reboot"));
  assert.equal(ledger.isSettled, true);
  ledger.confirmed();
  assert.deepEqual(ledger.findings, []);
  ledger.started();
  ledger.informed(inform("1 BOOT", "M Reboot"), "/acs");
  assert.match(ledger.findings.join(), /M Reboot reboot-1 is told though it is not due/);
});

test("what is told and not confirmed may come again, and must where the answer was not read", () => {
  const ledger = started();
  ledger.begin(reboot(1));
  ledger.answered(OK);
  ledger.started();
  ledger.informed(inform("1 BOOT", "M Reboot"), "/acs");
  ledger.answers(inform("1 BOOT", "M Reboot"));
  ledger.unread();
  assert.equal(ledger.isSettled, false);
  ledger.informed(inform("1 BOOT", "M Reboot"), "/acs");
  assert.deepEqual(ledger.findings, []);
});
