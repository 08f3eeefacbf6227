/**
 * Reads a stored value that may be anything. Throws an Error that says what is wrong and where, such as `transfers[0].url must
 * be a text`, and never quotes the value: it may be a secret.
 *
 * @param place of the value in its document, for that message
 */
export type Read<T> = (raw: unknown, place: string) => T;

export const text: Read<string> = (raw, place) => {
  if (typeof raw !== "string") throw new Error(`${place} must be a text`);
  return raw;
};

export const flag: Read<boolean> = (raw, place) => {
  if (typeof raw !== "boolean") throw new Error(`${place} must be true or false`);
  return raw;
};

/** Finite, such as a time in milliseconds. */
export const number: Read<number> = (raw, place) => {
  if (typeof raw !== "number" || !Number.isFinite(raw)) throw new Error(`${place} must be a number`);
  return raw;
};

export const wholeNumber: Read<number> = (raw, place) => {
  if (typeof raw !== "number" || !Number.isSafeInteger(raw)) throw new Error(`${place} must be a whole number`);
  return raw;
};

/** 1 and up. */
export const positiveNumber: Read<number> = (raw, place) => {
  const value = wholeNumber(raw, place);
  if (value < 1) throw new Error(`${place} must be 1 or more`);
  return value;
};

export function oneOf<T extends string | number>(known: readonly T[]): Read<T> {
  return (raw, place) => {
    const found = known.find((item) => item === raw);
    if (found === undefined) throw new Error(`${place} is not a value that this program knows`);
    return found;
  };
}

export function nullOr<T>(read: Read<T>): Read<T | null> {
  return (raw, place) => (raw === null ? null : read(raw, place));
}

/** For a field that earlier versions of the document do not have. */
export function withDefault<T>(read: Read<T>, value: T): Read<T> {
  return (raw, place) => (raw === undefined ? value : read(raw, place));
}

export function listOf<T>(read: Read<T>): Read<readonly T[]> {
  return (raw, place) => {
    if (!Array.isArray(raw)) throw new Error(`${place} must be a list`);
    return raw.map((item: unknown, at) => read(item, `${place}[${at}]`));
  };
}

export function mapOf<T>(read: Read<T>): Read<Readonly<Record<string, T>>> {
  return (raw, place) =>
    Object.fromEntries(Object.entries(object(raw, place)).map(([key, item]) => [key, read(item, `${place}.${key}`)]));
}

/** An object with these fields; others are dropped. */
export function shape<T extends object>(fields: { readonly [K in keyof T]-?: Read<T[K]> }): Read<T> {
  const entries = Object.entries(fields) as [string, Read<unknown>][];
  return (raw, place) => {
    const found = object(raw, place);
    return Object.fromEntries(entries.map(([name, read]) => [name, read(found[name], `${place}.${name}`)])) as T;
  };
}

function object(raw: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) throw new Error(`${place} must be an object`);
  return raw as Readonly<Record<string, unknown>>;
}
