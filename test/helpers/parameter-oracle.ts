/**
 * What a phone with a few parameters must answer, over plain maps: written from the requirements and from what Appendix A
 * says of these parameters, without any code of the agent.
 */
export const TABLE = "Device.LAN.VoiceService.1.VoiceProfile.";
export const COUNT = "Device.LAN.VoiceService.1.VoiceProfileNumberOfEntries";
export const KEY = "Device.ManagementServer.ParameterKey";
const DIAL_PLAN = "Device.UserInterface.CUSTOM_DialPlan.";
export const SHORTEST = `${DIAL_PLAN}CUSTOM_AreaCodeMinLen`;
export const LONGEST = `${DIAL_PLAN}CUSTOM_AreaCodeMaxLen`;
const ACCOUNTS = 3;

interface Spec {
  readonly type: string;
  readonly initial: string;
  readonly writable: boolean;
  readonly hidden: boolean;
  /** Active notification is refused. */
  readonly canDeny: boolean;
  fits(value: string): boolean;
}

const isNumber = (low: number, high: number) => (value: string) =>
  /^\d+$/.test(value) && Number(value) >= low && Number(value) <= high;
const isText = (most: number) => (value: string) => [...value].length <= most;
const spec = (type: string, initial: string, fits: Spec["fits"], more: Partial<Spec> = {}): Spec => ({
  ...{ type, initial, fits, writable: true, hidden: false, canDeny: false },
  ...more,
});

const SINGLE: Readonly<Record<string, Spec>> = {
  [SHORTEST]: spec("unsignedInt", "1", isNumber(1, 15)),
  [LONGEST]: spec("unsignedInt", "1", isNumber(1, 15)),
  "Device.UserInterface.CUSTOM_Preference.CUSTOM_RingVol": spec("unsignedInt", "8", isNumber(0, 15)),
  "Device.ManagementServer.PeriodicInformEnable": spec("boolean", "false", (value) => /^(0|1|true|false)$/.test(value)),
  "Device.ManagementServer.PeriodicInformInterval": spec("unsignedInt", "1800", isNumber(1, 2 ** 32 - 1)),
  "Device.ManagementServer.Password": spec("string", "", isText(256), { hidden: true }),
  [KEY]: spec("string", "", isText(32), { writable: false, canDeny: true }),
  [COUNT]: spec("unsignedInt", "0", () => false, { writable: false }),
};
/** Below each account. */
const PER_ACCOUNT: Readonly<Record<string, Spec>> = {
  "Line.1.Enable": spec("string", "Disabled", (value) => /^(Disabled|Quiescent|Enabled)$/.test(value)),
  "Line.1.SIP.CUSTOM_Label": spec("string", "", isText(64)),
  "Line.1.SIP.CUSTOM_DisplayName": spec("string", "", isText(128)),
};
/** Names for calls, those of accounts that may not be there included. */
export const NAMES: readonly string[] = [
  ...Object.keys(SINGLE),
  ...[1, 2, 3, 4, 5].flatMap((account) => Object.keys(PER_ACCOUNT).map((name) => `${TABLE}${account}.${name}`)),
];

export interface SetEntry {
  readonly name: string;
  readonly value: string;
  readonly type: string | null;
}

export interface AttributeEntry {
  readonly name: string;
  readonly notificationChange: boolean;
  readonly notification: number;
  readonly accessListChange: boolean;
  readonly accessList: readonly string[];
}

/** The fault code of the whole call, and those of parameters; null where it must succeed. */
export interface Refusal {
  readonly faultCode: number;
  readonly parameters: Readonly<Record<string, number>>;
}

const refusal = (faultCode: number, parameters: Refusal["parameters"] = {}): Refusal => ({ faultCode, parameters });

interface Kept {
  readonly notification: number;
  readonly accessList: readonly string[];
}

export class ParameterOracle {
  readonly #values = new Map<string, string>();
  #attributes = new Map<string, Kept>();
  #accounts: number[] = [];
  #lastAccount = 0;

  constructor() {
    for (const [name, { initial }] of Object.entries(SINGLE)) this.#values.set(name, initial);
    for (let account = 1; account <= ACCOUNTS; account++) this.#create();
  }

  get accounts(): readonly number[] {
    return this.#accounts;
  }

  /** What a GetParameterValues answers of the names that are there. */
  get readable(): Readonly<Record<string, string>> {
    const shown = [...this.#values].map(([name, value]) => [name, specOf(name)?.hidden ? "" : value]);
    return Object.fromEntries(shown);
  }

  get attributes(): Readonly<Record<string, Kept>> {
    return Object.fromEntries([...this.#values.keys()].map((name) => [name, this.#kept(this.#attributes, name)]));
  }

  set(entries: readonly SetEntry[], key: string): Refusal | null {
    if ([...key].length > 32 || new Set(entries.map(({ name }) => name)).size < entries.length) return refusal(9003);
    const faults: Record<string, number> = {};
    const after = new Map(this.#values);
    for (const entry of entries) {
      const fault = this.#faultOf(entry);
      if (fault === null) after.set(entry.name, readForm(entry.name, entry.value));
      else faults[entry.name] = fault;
    }
    const good = entries.filter(({ name }) => faults[name] === undefined).map(({ name }) => name);
    const blamed = [SHORTEST, LONGEST].find((name) => good.includes(name));
    if (Number(after.get(SHORTEST)) > Number(after.get(LONGEST)) && blamed !== undefined) faults[blamed] = 9007;
    if (Object.keys(faults).length > 0) return refusal(9003, faults);
    for (const [name, value] of after) this.#values.set(name, value);
    this.#values.set(KEY, key);
    return null;
  }

  /** The new instance number. */
  add(path: string, key: string): Refusal | number {
    if ([...key].length > 32) return refusal(9003);
    if (path !== TABLE) return refusal(9005);
    if (this.#accounts.length === ACCOUNTS) return refusal(9004);
    this.#values.set(KEY, key);
    return this.#create();
  }

  delete(path: string, key: string): Refusal | null {
    if ([...key].length > 32) return refusal(9003);
    const account = this.#accounts.find((each) => path === `${TABLE}${each}.`);
    if (account === undefined) return refusal(9005);
    this.#accounts = this.#accounts.filter((each) => each !== account);
    this.#count();
    for (const name of [...this.#values.keys()]) {
      if (!name.startsWith(path)) continue;
      this.#values.delete(name);
      this.#attributes.delete(name);
    }
    this.#values.set(KEY, key);
    return null;
  }

  setAttributes(entries: readonly AttributeEntry[]): Refusal | null {
    const after = new Map(this.#attributes);
    for (const entry of entries) {
      const names = [...this.#values.keys()].filter(
        (name) => name === entry.name || (/(^|\.)$/.test(entry.name) && name.startsWith(entry.name)),
      );
      if (names.length === 0) return refusal(9005);
      for (const name of names) {
        const { notification, accessList } = this.#kept(after, name);
        if (entry.notificationChange && (entry.notification < 0 || entry.notification > 2)) return refusal(9003);
        if (entry.notificationChange && entry.notification === 2 && specOf(name)?.canDeny) return refusal(9009);
        after.set(name, {
          notification: entry.notificationChange ? entry.notification : notification,
          accessList: entry.accessListChange ? entry.accessList.filter((one) => one === "Subscriber") : accessList,
        });
      }
    }
    this.#attributes = after;
    return null;
  }

  #kept(attributes: ReadonlyMap<string, Kept>, name: string): Kept {
    return attributes.get(name) ?? { notification: 0, accessList: ["Subscriber"] };
  }

  #create(): number {
    const account = ++this.#lastAccount;
    this.#accounts.push(account);
    this.#count();
    for (const [name, { initial }] of Object.entries(PER_ACCOUNT))
      this.#values.set(`${TABLE}${account}.${name}`, initial);
    return account;
  }

  #count(): void {
    this.#values.set(COUNT, String(this.#accounts.length));
  }

  #faultOf({ name, value, type }: SetEntry): number | null {
    const known = this.#values.has(name) ? specOf(name) : undefined;
    if (known === undefined) return 9005;
    if (!known.writable) return 9008;
    if (type !== null && type !== known.type) return 9006;
    return known.fits(value) ? null : 9007;
  }
}

function specOf(name: string): Spec | undefined {
  return SINGLE[name] ?? PER_ACCOUNT[name.slice(TABLE.length).replace(/^\d+\./, "")];
}

function readForm(name: string, value: string): string {
  if (specOf(name)?.type !== "boolean") return value;
  return value === "1" || value === "true" ? "true" : "false";
}
