import type { ParameterView } from "../../agent/local/local-control.ts";

export const PAGE_SIZE = 50;

/** What one page of the tree shows. */
export interface Browse {
  /** Objects right below, with how many parameters each holds; empty for a search. */
  readonly objects: readonly { readonly path: string; readonly parameters: number }[];
  /** The parameters of this page. */
  readonly parameters: readonly ParameterView[];
  /** Of all pages. */
  readonly total: number;
  /** From 1. */
  readonly page: number;
  readonly pages: number;
}

/** What is right below an object. */
export function browse(below: readonly ParameterView[], path: string, page: number): Browse {
  const counts = new Map<string, number>();
  const own: ParameterView[] = [];
  for (const parameter of below) {
    const dot = parameter.path.indexOf(".", path.length);
    if (dot < 0) own.push(parameter);
    else {
      const object = parameter.path.slice(0, dot + 1);
      counts.set(object, (counts.get(object) ?? 0) + 1);
    }
  }
  const objects = [...counts].map(([object, parameters]) => ({ path: object, parameters }));
  return { objects, ...pageOf(own, page) };
}

/** Parameters whose path or description holds every word of the query, whatever the case. */
export function search(below: readonly ParameterView[], query: string, page: number): Browse {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const found = below.filter(({ path, description }) => {
    const text = `${path} ${description}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return { objects: [], ...pageOf(found, page) };
}

/** A page beyond the last one is the last one. */
function pageOf(found: readonly ParameterView[], wanted: number): Omit<Browse, "objects"> {
  const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
  const page = Math.min(pages, Math.max(1, wanted));
  return { parameters: found.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE), total: found.length, page, pages };
}
