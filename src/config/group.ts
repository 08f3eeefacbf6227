/** Keys with values, as opposed to a list or a single value. */
export function isGroup(value: unknown): value is Record<string | number, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
