import { MASK, maskUrls } from "../cwmp/mask.ts";
import type { Config } from "./load-config.ts";
import { leafRows } from "./option-table.ts";
import { valueAt } from "./settings-keys.ts";
import { isGroup } from "./yaml-document.ts";

/**
 * The settings for display and logs: nested as in the file, secrets masked. An empty secret stays empty, because that
 * often explains a problem.
 */
export function redactConfig(config: Config): Record<string, unknown> {
  const redacted: Record<string, unknown> = {};
  for (const { path, secret, kind } of leafRows()) {
    const value = valueAt(config, path);
    if (value === undefined) continue;
    if (kind === "group") put(redacted, path.split("."), withoutTexts(value));
    else
      put(
        redacted,
        path.split("."),
        secret && value !== "" ? MASK : typeof value === "string" ? maskUrls(value) : value,
      );
  }
  return redacted;
}

function put(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    root[key] = value;
    return;
  }
  const group = (root[key] ?? {}) as Record<string, unknown>;
  root[key] = group;
  put(group, rest, value);
}

/** Settings of plug-ins may hold secrets anywhere: names, numbers and switches are shown, texts are masked. */
function withoutTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTexts);
  if (isGroup(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutTexts(item)]));
  return typeof value === "string" && value !== "" ? MASK : value;
}
