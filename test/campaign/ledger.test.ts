import assert from "node:assert/strict";
import { test } from "node:test";
import { envelope, readMessage } from "../../campaign/acs/envelopes.ts";
import { configurationFiles } from "../../campaign/oracle/configuration-files.ts";
import { Ledger } from "../../campaign/oracle/ledger.ts";
import { overrideFiles, reboot, setValues } from "../../campaign/oracle/operations.ts";
import { ACS_URL, FILE_SERVER, type PhoneState, SET_FOR_ALL, withEntries } from "../../campaign/oracle/phone-state.ts";

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

const SERVER = "http://127.0.0.1:2/prov/";
const LOOKING = withEntries(FACTORY, [[FILE_SERVER, SERVER]]);
const FILES = configurationFiles(SERVER, { common: 1, device: 2 });
const LOOKED = FILES.effect(LOOKING);
const OVER = overrideFiles(9);
const [[ONE_NAME] = [""]] = SET_FOR_ALL;

for (const [what, seen, isWrong] of [
  ["files that were not fetched yet", LOOKING, false],
  ["files that were applied", LOOKED, false],
  ["half of the files", withEntries(LOOKING, [[ONE_NAME, LOOKED.get(ONE_NAME) ?? ""]]), true],
] as const) {
  test(`the ledger finds ${isWrong ? "" : "nothing wrong with "}${what}`, () => {
    const ledger = Ledger.ofSettled(FACTORY, LOOKING, FILES);
    ledger.observed(seen);
    assert.equal(ledger.findings.length > 0, isWrong, ledger.findings.join("; "));
    assert.equal(ledger.filesAreApplied, seen === LOOKED);
  });
}

test("files that are applied again, over what the ACS has set since, are found", () => {
  const ledger = Ledger.ofSettled(FACTORY, LOOKING, FILES);
  ledger.observed(LOOKED);
  ledger.begin(OVER);
  ledger.answered(OK);
  ledger.observed(OVER.effect(LOOKED, OK));
  assert.deepEqual(ledger.findings, []);
  ledger.observed(withEntries(OVER.effect(LOOKED, OK), [[ONE_NAME, LOOKED.get(ONE_NAME) ?? ""]]));
  assert.match(ledger.findings.join(), /not as its answers say/);
});

test("files with a bad line are refused whole, and so is the good one beside it", () => {
  const ledger = Ledger.ofSettled(FACTORY, LOOKING, configurationFiles(SERVER, { common: 1, device: 2, isBad: true }));
  ledger.observed(LOOKED);
  assert.match(ledger.findings.join(), /not as its answers say/);
});
