import { CwmpFault, messageOf } from "../../cwmp/errors.ts";
import type { XmlElement } from "../../soap/messages.ts";
import { parseXml } from "../../soap/xml-reader.ts";

/** About 5,000 entries of the longest form; the XML reader has bounds of its own for tags and depth. */
export const MAX_PHONE_BOOK_BYTES = 2 ** 20;

/** `Directory` of Akuvox, `…IPPhoneDirectory` and `…IPPhoneBook` of several makers, `AddressBook`, `PhoneBook`; in any case. */
const ROOT = /^(?:directory|addressbook|.*ipphonedirectory|.*phonebooks?)$/i;
/** `Contact` of a `Directory` or an `AddressBook`, `DirectoryEntry`, `Unit` in a `Menu`, `item` in an `item_list`. */
const ENTRY = /^(?:contact|directoryentry|unit|item)$/i;

/**
 * How many entries a phone book has (docs/phone-books.md). CwmpFault 9018 explains why a file is not a phone book,
 * without its content.
 */
export function countEntries(bytes: Uint8Array): number {
  const root = read(bytes);
  if (!ROOT.test(root.name)) {
    throw new CwmpFault(
      9018,
      "it is not a phone book: its root must be Directory, …IPPhoneDirectory, …PhoneBook or AddressBook",
    );
  }
  return entriesIn(root);
}

function read(bytes: Uint8Array): XmlElement {
  try {
    return parseXml(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new CwmpFault(9018, messageOf(error).replace(/^the message/, "the file"), { cause: error });
  }
}

/** The depth is bounded by the XML reader. */
function entriesIn({ children }: XmlElement): number {
  return children.reduce((sum, child) => sum + (ENTRY.test(child.name) ? 1 : entriesIn(child)), 0);
}
