import type { FleetConfig } from "../../config/fleet/load-fleet.ts";
import type { ListedPhone, PhonePage, PhoneQuery } from "../../control/fleet/fleet-control.ts";
import type { WorkerPart } from "./worker-part.ts";

/** Maximum number of phones in one request to a worker. */
const MAX_SIZE = 500;

/**
 * A page of the phones of all workers, in the same order as in a fleet of one process. Each worker's list is read up to the end of the
 * page.
 */
export async function mergedPage(
  parts: readonly WorkerPart[],
  { page, size, ...query }: PhoneQuery,
  groups: FleetConfig["groups"],
): Promise<PhonePage> {
  const chunk = Math.min(page * size, MAX_SIZE);
  const sources = await Promise.all(
    parts.map(async (part) => {
      const first = await part.list({ ...query, page: 1, size: chunk });
      return { total: first.total, phones: phonesOf(part, first, { ...query, size: chunk }) };
    }),
  );
  const total = sources.reduce((sum, source) => sum + source.total, 0);
  const pages = Math.max(Math.ceil(total / size), 1);
  const shown = Math.min(page, pages);
  const merged = merge(
    sources.map((source) => source.phones),
    query.search === "" ? placeInFleet(groups) : placeInSearch(query.search),
  );
  const phones: ListedPhone[] = [];
  let at = 0;
  for await (const phone of merged) {
    if (at++ < (shown - 1) * size) continue;
    phones.push(phone);
    if (phones.length === size) break;
  }
  return { total, page: shown, pages, phones };
}

async function* phonesOf(
  part: WorkerPart,
  first: PhonePage,
  query: Omit<PhoneQuery, "page">,
): AsyncGenerator<ListedPhone, undefined> {
  yield* first.phones;
  for (let page = 2; page <= first.pages; page++) yield* (await part.list({ ...query, page })).phones;
}

/** A sort key: compared item by item. */
type Place = (phone: ListedPhone) => readonly (number | string)[];

async function* merge(
  sources: readonly AsyncGenerator<ListedPhone, undefined>[],
  placeOf: Place,
): AsyncGenerator<ListedPhone> {
  const read = async (source: AsyncGenerator<ListedPhone, undefined>) => {
    const { value } = await source.next();
    return value === undefined ? [] : [{ source, phone: value, place: placeOf(value) }];
  };
  const heads = new Set((await Promise.all(sources.map(read))).flat());
  while (heads.size > 0) {
    const first = [...heads].reduce((one, other) => (compare(one.place, other.place) <= 0 ? one : other));
    yield first.phone;
    heads.delete(first);
    for (const next of await read(first.source)) heads.add(next);
  }
}

function compare(one: ReturnType<Place>, other: ReturnType<Place>): number {
  const at = one.findIndex((value, index) => value !== other[index]);
  const [mine, its] = [one[at] ?? 0, other[at] ?? 0];
  return mine < its ? -1 : Number(mine > its);
}

/** Groups in the order of fleet.yaml, phones by number; then the added phones, by number. */
function placeInFleet(groups: FleetConfig["groups"]): Place {
  const places = new Map(groups.map(({ name }, at) => [name, at]));
  const end = Math.max(...groups.map(({ firstIndex, count }) => firstIndex + count));
  return ({ name, group }) => {
    const number = Number(/\d+$/.exec(name)?.[0]);
    return [number >= end ? groups.length : (places.get(group) ?? 0), number];
  };
}

/** Phones with a matching name, by name; then those with a matching serial number, by serial number. */
function placeInSearch(search: string): Place {
  const wanted = search.toLowerCase();
  return ({ name, serialNumber }) =>
    name.toLowerCase().startsWith(wanted) ? [0, name.toLowerCase()] : [1, serialNumber.toLowerCase()];
}
