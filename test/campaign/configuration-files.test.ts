import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMON_FILE, DEVICE_FILE } from "../../campaign/acs/file-server.ts";
import { configurationFiles } from "../../campaign/oracle/configuration-files.ts";
import {
  FILE_SERVER,
  type PhoneState,
  SET_FOR_ALL,
  SET_FOR_BOTH,
  SET_FOR_ONE,
  withEntries,
} from "../../campaign/oracle/phone-state.ts";
import { parseConfigurationFile } from "../../src/autop/configuration-file.ts";

const SERVER = "http://127.0.0.1:2/prov/";
const PHONE: PhoneState = new Map([[FILE_SERVER, SERVER]]);

/** As a phone with these files looks, by its parameters. */
function valuesOf(state: PhoneState): readonly (string | undefined)[] {
  return [SET_FOR_ALL, SET_FOR_ONE, SET_FOR_BOTH].map(([[name] = [""]]) => state.get(name));
}

test("the phone's own file wins over the one for all phones, also where only the latter is new", () => {
  const first = configurationFiles(SERVER, { common: 1, device: 1 }).effect(PHONE);
  assert.deepEqual(valuesOf(first), ["4001", "own book 1", "own book 1"]);
  const second = configurationFiles(SERVER, { common: 2, device: 1 }).effect(first);
  assert.deepEqual(valuesOf(second), ["4002", "own book 1", "own book 1"]);
});

test("what has not changed does nothing, and neither do files of a server that the phone does not know", () => {
  const files = configurationFiles(SERVER, { common: 1, device: 1 });
  const applied = files.effect(PHONE);
  assert.equal(files.effect(applied), applied);
  const elsewhere = withEntries(PHONE, [[FILE_SERVER, ""]]);
  assert.equal(files.effect(elsewhere), elsewhere);
});

test("a file with a bad line has good ones before and behind it", () => {
  const { files, effect } = configurationFiles(SERVER, { common: null, device: 1, isBad: true });
  assert.equal(files.has(COMMON_FILE), false);
  const { settings } = parseConfigurationFile(files.get(DEVICE_FILE) ?? new Uint8Array());
  assert.deepEqual([...settings.keys()].indexOf("Config.Account1.SIP.Port"), 1);
  assert.equal(settings.size, 3);
  assert.equal(effect(PHONE), PHONE);
});
