import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { countEntries, MAX_PHONE_BOOK_BYTES } from "../../../src/agent/phone-books/entries.ts";
import { CwmpFault } from "../../../src/cwmp/errors.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const BOOKS: readonly (readonly [string, number, string])[] = [
  [
    "a Directory of Akuvox, with a declaration, a comment and umlauts",
    2,
    `\uFEFF<?xml version="1.0" encoding="UTF-8"?>\n<!-- Büro -->\n<Directory Name="Büro">
<Contact Id="1" Name="Jörg" Office="101" Mobile="" Other=""/><Contact Id="2" Name="A &amp; B" Office="102"></Contact></Directory>`,
  ],
  [
    "an …IPPhoneDirectory, with several numbers for one name",
    2,
    `<AkuvoxIPPhoneDirectory><Title>All</Title><DirectoryEntry><Name>A</Name><Telephone>1</Telephone><Telephone>2</Telephone>
</DirectoryEntry><DirectoryEntry><Name>B</Name><Telephone>3</Telephone></DirectoryEntry></AkuvoxIPPhoneDirectory>`,
  ],
  [
    "an …IPPhoneBook with groups",
    3,
    `<OtherIPPhoneBook><Title>T</Title><Menu Name="One"><Unit Name="A" Phone1="1"/></Menu>
<Menu Name="Two"><Unit Name="B" Phone1="2"/><Unit Name="C" Phone1="3"/></Menu></OtherIPPhoneBook>`,
  ],
  [
    "an AddressBook with groups and numbers of its own",
    1,
    `<AddressBook><pbgroup><id>1</id></pbgroup><Contact><LastName>A</LastName><Phone><phonenumber>1</phonenumber></Phone></Contact></AddressBook>`,
  ],
  [
    "a directory of items, in small letters",
    1,
    "<directory><item_list><item><ln>A</ln><ct>1</ct></item></item_list></directory>",
  ],
  ["a PhoneBook", 1, "<PhoneBook><DirectoryEntry><Name>A</Name></DirectoryEntry></PhoneBook>"],
  ["a book without an entry", 0, "<Directory/>"],
];

describe("the number of entries of a phone book", () => {
  for (const [name, entries, text] of BOOKS) {
    test(name, () => {
      assert.equal(countEntries(bytes(text)), entries);
    });
  }

  test("a book as large as one may be", () => {
    const entry = `<Contact Id="1" Name="${"n".repeat(100)}" Office="1" Mobile="2" Other="3"/>`;
    const text = `<Directory>${entry.repeat(5000)}</Directory>`;
    assert.ok(text.length < MAX_PHONE_BOOK_BYTES);
    assert.equal(countEntries(bytes(text)), 5000);
  });
});

describe("a file that is no phone book says why, and nothing of what it holds", () => {
  const bad: readonly (readonly [string, string, RegExp])[] = [
    ["a web page", "<html><body>hush</body></html>", /it is not a phone book: its root must be Directory/],
    ["a file cut off", '<Directory><Contact Name="hush"', /the file is not well-formed XML/],
    ["an empty file", "", /the file is/],
    ["no XML at all", "hush = 1", /the file is/],
    ["a DTD with entities", '<!DOCTYPE a [<!ENTITY b "hush">]><Directory><Contact Name="&b;"/></Directory>', /DOCTYPE/],
    ["too many tags", `<Directory>${"<a></a>".repeat(25_001)}</Directory>`, /more than 50000 tags/],
    ["levels without end", `<Directory>${"<a>".repeat(100)}${"</a>".repeat(100)}</Directory>`, /nested deeper/],
  ];
  for (const [name, text, reason] of bad) {
    test(name, () => {
      assert.throws(
        () => countEntries(bytes(text)),
        (error) => {
          assert.ok(error instanceof CwmpFault);
          assert.equal(error.faultCode, 9018);
          assert.match(error.message, reason);
          assert.doesNotMatch(error.message, /hush|the message/);
          return true;
        },
      );
    });
  }
});
