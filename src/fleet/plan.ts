import type { FleetConfig, FleetGroup } from "../config/fleet/load-fleet.ts";
import { parseTemplate, type TemplateValues, templateValues } from "../config/fleet/template.ts";
import { type PhoneIdentity, phoneIdentity } from "../config/identity.ts";
import { AgentError } from "../cwmp/errors.ts";
import { formatMac } from "../options/text-rules.ts";
import type { BackendKey } from "../ports/backend.ts";
import { isInShard, type Shard, WHOLE_FLEET } from "./shards/shard.ts";

/** One phone of a fleet before it is made. */
export interface PlannedPhone {
  /** `<group>-<number>`, such as `north-000017`. */
  readonly name: string;
  /** Its number in the fleet, whatever part of the fleet this process has. */
  readonly index: number;
  readonly group: FleetGroup;
  readonly identity: PhoneIdentity;
  /** What differs from its group: its logins, the phase of its periodic Inform. */
  readonly settings: ReadonlyMap<BackendKey, string>;
}

const PREFIX = "Config.TR069.ManagementServer.";
const NUMBER_DIGITS = 6;

/** The phones of a shard, in the order of their numbers: the same for the same fleet.yaml. Throws AgentError CONFIG. */
export function planPhones(fleet: FleetConfig, shard: Shard = WHOLE_FLEET): readonly PlannedPhone[] {
  const phones = fleet.groups.flatMap((group) => planGroup(group, fleet, shard));
  refuseSame(phones);
  return phones;
}

function refuseSame(phones: readonly PlannedPhone[]): void {
  const known = new Map<string, string>();
  for (const { name, identity } of phones) {
    const id = `${identity.oui}-${identity.productClass}-${identity.serialNumber}`;
    const other = known.get(id);
    if (other !== undefined)
      throw new AgentError("CONFIG", `${other} and ${name} have the same identity ${id}: put {i} into serialNumber`);
    known.set(id, name);
  }
}

function planGroup(group: FleetGroup, fleet: FleetConfig, shard: Shard): readonly PlannedPhone[] {
  const phones: PlannedPhone[] = [];
  const plan = planner(group, fleet);
  for (let at = 0; at < group.count; at++) {
    if (isInShard(group.firstIndex + at, shard)) phones.push(plan(at));
  }
  return phones;
}

/** The parts needed to add phones to a group. */
export interface MorePhones {
  readonly group: string;
  readonly count: number;
  readonly shard: Shard;
  /** The largest number that any phone has had; -1: only those of fleet.yaml have had one. */
  readonly after: number;
  /** Those that there are. */
  readonly known: readonly PlannedPhone[];
}

/** Phones that are added while a fleet runs, with numbers that no phone of fleet.yaml has. Throws AgentError CONFIG. */
export function planMore(
  fleet: FleetConfig,
  { group: name, count, shard, after, known }: MorePhones,
): readonly PlannedPhone[] {
  const group = fleet.groups.find((one) => one.name === name);
  if (group === undefined) throw new RangeError(`there is no group ${name}`);
  if (group.acsLogins !== null)
    throw new AgentError("CONFIG", `the phones of ${name} have their logins from a file, and there are no more in it`);
  const ends = fleet.groups.map(({ firstIndex, count: size }) => firstIndex + size);
  const first = Math.max(...ends, after + 1);
  const inShard = first + ((shard.index - (first % shard.count) + shard.count) % shard.count);
  const numbers = Array.from({ length: count }, (_, at) => inShard + at * shard.count);
  const last = inShard + (count - 1) * shard.count;
  const plan = planner({ ...group, count: last - group.firstIndex + 1 }, fleet);
  const more = numbers.map((number) => ({ ...plan(number - group.firstIndex), group }));
  refuseSame([...known, ...more]);
  return more;
}

function planner(group: FleetGroup, fleet: FleetConfig): (at: number) => PlannedPhone {
  const { name: groupName, config, firstIndex, count } = group;
  const serialNumber = templateOf(group.serialNumber);
  const settings = settingsPlanner(group, fleet);
  const firstMac = BigInt(`0x${(group.mac ?? `${config.phone.oui}000000`).replace(/[:-]/g, "")}`);
  const lastMac = firstMac + BigInt(firstIndex + count - 1);
  if (lastMac >= 1n << 48n)
    throw new AgentError("CONFIG", `the MAC addresses of ${groupName} go beyond the last one; begin with a lower one`);
  return (at) => {
    const i = firstIndex + at;
    const mac = (firstMac + BigInt(i)).toString(16).padStart(12, "0");
    const values = templateValues(i, groupName, mac);
    const own = { mac: formatMac(mac), serialNumber: serialNumber?.fill(values) ?? null };
    const identity = phoneIdentity({ ...config, phone: { ...config.phone, ...own } }, { name: groupName, mac });
    const name = `${groupName}-${String(i).padStart(NUMBER_DIGITS, "0")}`;
    return { name, index: i, group, identity, settings: settings(at, values) };
  };
}

function settingsPlanner(
  { acsLogin, acsLogins, connectionRequestLogin, config, count }: FleetGroup,
  { periodicPhases }: FleetConfig,
): (at: number, values: TemplateValues) => ReadonlyMap<BackendKey, string> {
  const templates = [
    ["Username", templateOf(acsLogin.username)],
    ["Password", templateOf(acsLogin.password)],
    ["ConnectionRequestUsername", templateOf(connectionRequestLogin.username)],
    ["ConnectionRequestPassword", templateOf(connectionRequestLogin.password)],
  ] as const;
  const { interval } = config.tr069.periodicInform;
  return (at, values) => {
    const settings = new Map<BackendKey, string>();
    for (const [key, template] of templates) if (template !== null) settings.set(PREFIX + key, template.fill(values));
    const login = acsLogins?.[at];
    if (login !== undefined) {
      settings.set(`${PREFIX}Username`, login.username);
      settings.set(`${PREFIX}Password`, login.password);
    }
    if (periodicPhases === "even") {
      const phaseMs = Math.round((interval * 1000 * at) / count);
      settings.set(`${PREFIX}PeriodicInformTime`, new Date(PHASES_FROM + phaseMs).toISOString());
    }
    return settings;
  };
}

/** An instant in the past, so that every phase of an interval lies before the phone's first one. */
const PHASES_FROM = Date.UTC(2000, 0, 1);

function templateOf(text: string | null): ReturnType<typeof parseTemplate> {
  return text === null ? null : parseTemplate(text);
}
