/** The order of the sections in a phone's file that is written afresh, as the phone's own template has it. */
const FILE_ORDER: readonly string[] = [
  "Firmware",
  "Ringtone",
  "Contact",
  "Certificate",
  "Autoprovision",
  "Network",
  "TR069",
  "Account",
  "Forward",
  "BroadSoft",
  "Ldap",
  "RemotePhoneBook",
  "AreaCode",
  "Features",
  "Settings",
  "Calllog",
  "Programable",
  "Tone",
  "Voice",
  "XMLBrowser",
];

interface Place {
  readonly file: number;
  readonly account: number;
}

function placeOf(key: string): Place {
  const name = (key.split(".", 2)[1] ?? "").toLowerCase();
  const account = /^account([0-9]+)$/.exec(name);
  const file = FILE_ORDER.findIndex((known) => known.toLowerCase() === (account === null ? name : "account"));
  return { file: file === -1 ? FILE_ORDER.length : file, account: Number(account?.[1] ?? 0) };
}

/** `Config` keys in the order of a fresh file; keys of one section keep their order, unknown sections come last. */
export function inFileOrder(keys: Iterable<string>): readonly string[] {
  return [...keys]
    .map((key) => ({ key, place: placeOf(key) }))
    .sort((a, b) => a.place.file - b.place.file || a.place.account - b.place.account)
    .map(({ key }) => key);
}
