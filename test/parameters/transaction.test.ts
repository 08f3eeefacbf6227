import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  createPhoneUnderTest,
  PATHS,
  type PhoneUnderTest,
  PROXY_KEY,
  readAll,
  setAll,
  USER_KEY,
} from "./phone-under-test.ts";

const OLD = "old|old|old|old-key";
const NEW = "new|new|new|new-key";
const FOR_GOOD = Number.POSITIVE_INFINITY;

async function withOldValues(atomic = true) {
  const phone = createPhoneUnderTest(atomic);
  const tree = await phone.open();
  await setAll(tree, "old");
  phone.applied.length = 0;
  return { phone, tree };
}

const texts = ({ texts }: PhoneUnderTest): string => `${texts.get(USER_KEY)}|${texts.get(PROXY_KEY)}`;

describe("a change that the phone refuses while the disk of the state is full", () => {
  test("C-127 is not in force after a restart, although it could not be taken back on disk", async () => {
    const { phone, tree } = await withOldValues();
    Object.assign(phone.trouble, { savesLeft: 1, apply: "fails" });
    await assert.rejects(setAll(tree, "new"), { faultCode: 9002 });
    assert.equal(await readAll(tree), OLD);
    phone.trouble.apply = "works";
    const after = await phone.open();
    assert.equal(await readAll(after), OLD);
    assert.equal(texts(phone), "old|old");
    assert.equal(phone.applied.length, 1, "the start writes nothing to the phone");
  });

  test("is taken back on disk as soon as that can be written, without a restart", async () => {
    const { phone, tree } = await withOldValues();
    Object.assign(phone.trouble, { savesLeft: 1, apply: "fails" });
    await assert.rejects(setAll(tree, "new"), { faultCode: 9002 });
    await phone.time.advance(3_600_000);
    assert.notEqual((await phone.stored()).intent, null);
    phone.trouble.savesLeft = FOR_GOOD;
    await phone.time.advance(60_000);
    const { intent, undo, parameterKey } = await phone.stored();
    assert.deepEqual([intent, undo, parameterKey], [null, null, "old-key"]);
    assert.deepEqual(phone.time.pendingTimers(), []);
  });

  test("comes into force neither with the next change nor after it", async () => {
    const { phone, tree } = await withOldValues();
    Object.assign(phone.trouble, { savesLeft: 1, apply: "fails" });
    await assert.rejects(setAll(tree, "new"), { faultCode: 9002 });
    Object.assign(phone.trouble, { savesLeft: FOR_GOOD, apply: "works" });
    await tree.setValues([{ path: PATHS.user, value: "next", type: null }], "next-key", "acs");
    assert.equal(await readAll(await phone.open()), "next|old|old|next-key");
  });
});

describe("a change that is made and could not be marked as made", () => {
  async function acknowledged() {
    const found = await withOldValues();
    found.phone.trouble.savesLeft = 1;
    await setAll(found.tree, "new");
    return found;
  }

  test("is there after a restart, which writes nothing to the phone", async () => {
    const { phone } = await acknowledged();
    assert.equal(await readAll(await phone.open()), NEW);
    assert.equal(phone.applied.length, 1);
  });

  test("does not undo what a person has edited since, and loses nothing else", async () => {
    const { phone } = await acknowledged();
    phone.texts.set(USER_KEY, "by hand");
    assert.equal(await readAll(await phone.open()), "by hand|new|new|new-key");
  });

  test("does not undo an edit back to the old text", async () => {
    const { phone } = await acknowledged();
    phone.texts.set(USER_KEY, "old");
    assert.equal(await readAll(await phone.open()), "old|new|new|new-key");
    assert.equal(texts(phone), "old|new");
  });

  test("stays where a person has edited all of it since", async () => {
    const { phone } = await acknowledged();
    phone.texts.set(USER_KEY, "a").set(PROXY_KEY, "b");
    assert.equal(await readAll(await phone.open()), "a|b|new|new-key");
  });

  test("is marked as soon as the disk takes it, with what came since", async () => {
    const { phone, tree } = await acknowledged();
    phone.trouble.savesLeft = FOR_GOOD;
    await phone.time.advance(60_000);
    assert.deepEqual([(await phone.stored()).intent, (await phone.stored()).parameterKey], [null, "new-key"]);
    assert.equal(await readAll(tree), NEW);
    assert.ok(phone.log.lines.some(({ message }) => /on disk again/.test(message)));
  });

  test("is marked by a stop that finds the disk usable again, and leaves no timer", async () => {
    const { phone, tree } = await acknowledged();
    phone.trouble.savesLeft = FOR_GOOD;
    await tree.close();
    assert.equal((await phone.stored()).intent, null);
    assert.deepEqual(phone.time.pendingTimers(), []);
  });

  test("a start on a disk that cannot be written comes up with it", async () => {
    const { phone } = await acknowledged();
    const tree = await phone.open();
    assert.equal(await readAll(tree), NEW);
    phone.trouble.savesLeft = FOR_GOOD;
    await phone.time.advance(60_000);
    assert.equal((await phone.stored()).intent, null);
  });
});

describe("an error of the phone that does not say what it has done", () => {
  for (const atomic of [true, false]) {
    const which = atomic ? "an atomic phone" : "a phone with a store of its own";
    test(`C-123 ${which} that has made all of it: the change is made, and so is the answer`, async () => {
      const { phone, tree } = await withOldValues(atomic);
      phone.trouble.apply = "late";
      await setAll(tree, "new");
      assert.equal(await readAll(tree), NEW);
      assert.equal(await readAll(await phone.open()), NEW);
    });
  }

  test("C-123 a phone with a store of its own that has made half of it gets the old texts back", async () => {
    const { phone, tree } = await withOldValues(false);
    phone.trouble.apply = "half";
    await assert.rejects(setAll(tree, "new"), { faultCode: 9002 });
    phone.trouble.apply = "works";
    await phone.time.advance(60_000);
    assert.equal(await readAll(tree), OLD);
    assert.deepEqual(phone.applied.slice(0, 2), [[USER_KEY, PROXY_KEY], [USER_KEY]]);
    assert.deepEqual(phone.time.pendingTimers(), []);
  });
});

describe("a power cut in the middle of what the phone does", () => {
  async function cut(how: "half" | "fails") {
    const { phone, tree } = await withOldValues(false);
    Object.assign(phone.trouble, { savesLeft: 1, apply: how });
    await assert.rejects(setAll(tree, "new"));
    Object.assign(phone.trouble, { savesLeft: FOR_GOOD, apply: "works" });
    return phone;
  }

  test("C-287 a restart takes the half back", async () => {
    const phone = await cut("half");
    assert.equal(await readAll(await phone.open()), OLD);
    assert.equal(texts(phone), "old|old");
    assert.equal((await phone.stored()).intent, null);
  });

  test("a restart leaves alone what a person has written over the half", async () => {
    const phone = await cut("half");
    phone.texts.set(USER_KEY, "by hand");
    assert.equal(await readAll(await phone.open()), "by hand|old|old|old-key");
  });

  test("what never reached the phone, as far as it says, is not made by the restart: it gets the old texts", async () => {
    const phone = await cut("fails");
    assert.equal(await readAll(await phone.open()), OLD);
    assert.deepEqual(phone.applied.slice(1), [[USER_KEY, PROXY_KEY]]);
  });

  test("a phone that cannot take it back yet does so later, and the start goes on", async () => {
    const phone = await cut("half");
    phone.trouble.apply = "fails";
    const tree = await phone.open();
    phone.trouble.apply = "works";
    await phone.time.advance(60_000);
    assert.equal(await readAll(tree), OLD);
    assert.equal((await phone.stored()).intent, null);
  });
});

describe("an action, which leaves nothing that could be read", () => {
  const RESET = [{ path: PATHS.lineReset, value: "true", type: null }];

  test("that the phone refuses changes no ParameterKey, now and after a restart on a full disk", async () => {
    const { phone, tree } = await withOldValues();
    Object.assign(phone.trouble, { savesLeft: 0, apply: "fails" });
    await assert.rejects(tree.setValues(RESET, "reset-key", "acs"), { faultCode: 9002 });
    assert.equal(await readAll(tree), OLD);
    assert.equal(await readAll(await phone.open()), OLD);
  });

  test("that is done is there with its ParameterKey after a restart", async () => {
    const { phone, tree } = await withOldValues();
    await tree.setValues(RESET, "reset-key", "acs");
    assert.equal(await readAll(await phone.open()), "old|old|old|reset-key");
  });
});

test("a change of what the agent alone keeps is refused where it cannot be saved, and stays refused", async () => {
  const { phone, tree } = await withOldValues();
  phone.trouble.savesLeft = 0;
  await assert.rejects(tree.setValues([{ path: PATHS.domain, value: "x", type: null }], "x-key", "acs"), {
    faultCode: 9002,
  });
  phone.trouble.savesLeft = FOR_GOOD;
  await phone.time.advance(60_000);
  assert.equal(await readAll(tree), OLD);
  assert.equal(await readAll(await phone.open()), OLD);
});

/** As version 0.1.0 wrote it between its second and third step. */
const OF_0_1_0 = {
  parameterKey: "new-key",
  stored: { [PATHS.domain]: "new" },
  exact: {},
  lastGood: {},
  tables: {},
  intent: { [USER_KEY]: "new", [PROXY_KEY]: "new" },
};

test("an interrupted change in a state folder of version 0.1.0, which says nothing of the old texts, is finished", async () => {
  const { phone } = await withOldValues();
  await phone.storeRaw(OF_0_1_0);
  assert.equal(await readAll(await phone.open()), NEW);
  assert.deepEqual(phone.applied, [[USER_KEY, PROXY_KEY]]);
  assert.equal(await readAll(await phone.open()), NEW);
  assert.equal(phone.applied.length, 1);
});

test("version 0.1.0 finds the new texts of an interrupted change where it looks for them", async () => {
  const { phone, tree } = await withOldValues();
  Object.assign(phone.trouble, { savesLeft: 1, apply: "works" });
  await setAll(tree, "new");
  assert.deepEqual((await phone.stored()).intent, OF_0_1_0.intent);
});
