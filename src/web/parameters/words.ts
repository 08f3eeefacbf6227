import type { ParameterView } from "../../agent/local/local-control.ts";

/** The data model's words, as text for people. */
export const NOTIFICATION_WORDS: Readonly<Record<ParameterView["notification"], string>> = {
  0: "off",
  1: "passive",
  2: "active",
};

export const SOURCE_WORDS: Readonly<Record<ParameterView["source"], string>> = {
  config: "phone's settings",
  live: "phone",
  agent: "agent",
  constant: "fixed",
  entries: "count",
};

export function accessWord({ writable }: Pick<ParameterView, "writable">): string {
  return writable ? "read and write" : "read";
}

export function editAddress(path: string): string {
  return `/parameters/edit?path=${encodeURIComponent(path)}`;
}

export function browseAddress(query: { readonly path?: string; readonly q?: string; readonly page?: number }): string {
  const { path = "", q = "", page = 1 } = query;
  const fields = {
    ...(path === "" ? {} : { path }),
    ...(q === "" ? {} : { q }),
    ...(page === 1 ? {} : { page: `${page}` }),
  };
  const text = new URLSearchParams(fields).toString();
  return text === "" ? "/parameters" : `/parameters?${text}`;
}
