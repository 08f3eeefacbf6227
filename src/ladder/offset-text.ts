const UNITS = [
  ["days", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
] as const;

/** The offset of the host's clock, such as `2.5 s behind ntp.example`; empty before the first answer. */
export function offsetText({
  offsetMs,
  server,
}: {
  readonly offsetMs: number | null;
  readonly server: string;
}): string {
  if (offsetMs === null) return "";
  return `${amountText(Math.abs(offsetMs))} ${offsetMs >= 0 ? "behind" : "ahead of"} ${server}`;
}

function amountText(ms: number): string {
  // From two of a unit on: `90.0 s` says more than `1.5 min`.
  const [unit, size] = UNITS.find(([name, long]) => ms >= (name === "s" ? 1 : 2) * long) ?? ["ms", 1];
  return `${(ms / size).toFixed(unit === "ms" ? 0 : 1)} ${unit}`;
}
