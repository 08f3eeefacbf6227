/** The same methods as own, bound properties, for a literal that replaces some of them: `{ ...spreadable(backend), reboot }`. */
export function spreadable<T extends object>(inner: T): T {
  const names = new Set<string | symbol>();
  for (let at: object | null = inner; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Reflect.ownKeys(at)) if (name !== "constructor") names.add(name);
  }
  const entries = [...names].map((name) => {
    const value: unknown = Reflect.get(inner, name, inner);
    return [name, typeof value === "function" ? value.bind(inner) : value];
  });
  return Object.fromEntries(entries) as T;
}
