import type { BackendKey } from "../ports/backend.ts";
import type { ParameterRef } from "./layout-types.ts";

type Refs = ReadonlyMap<BackendKey, readonly ParameterRef[]>;

/** Added parameters are kept beside the index of those that were there, until they are so many of them. */
const LARGEST_SHARE = 1 / 4;
const FEW = 1000;

/**
 * Which parameters a key of the phone is part of. Made when it is first asked; an index of a layout that grew out of another one
 * has the parameters that came new, and shares the rest.
 */
export class KeyIndex {
  readonly #all: () => readonly ParameterRef[];
  readonly #isThere: (ref: ParameterRef) => boolean;
  #base: Refs | null = null;
  #added: Refs = new Map();

  /**
   * @param all of the layout, under their canonical paths
   * @param isThere whether the layout has it: rows that are gone stay in a shared index
   */
  constructor(all: () => readonly ParameterRef[], isThere: (ref: ParameterRef) => boolean) {
    this.#all = all;
    this.#isThere = isThere;
  }

  /** @param added what the layout has and that of `earlier` has not */
  startFrom(earlier: KeyIndex, added: readonly ParameterRef[]): void {
    const base = earlier.#base;
    if (base === null) return;
    const together = grouped(added, earlier.#added, this.#isThere);
    if (together.size > Math.max(FEW, base.size * LARGEST_SHARE)) return;
    this.#base = base;
    this.#added = together;
  }

  get(key: BackendKey): readonly ParameterRef[] {
    this.#base ??= grouped(this.#all(), new Map(), () => true);
    const found = this.#base.get(key) ?? NONE;
    const added = this.#added.get(key);
    return (added === undefined ? found : [...found, ...added]).filter(this.#isThere);
  }
}

const NONE: readonly ParameterRef[] = [];

/** Without what is gone of the same keys: rows that come and go use the same keys again and again. */
function grouped(refs: readonly ParameterRef[], known: Refs, isThere: (ref: ParameterRef) => boolean): Refs {
  const byKey = new Map(known);
  for (const ref of refs)
    for (const key of ref.liveKey === null ? ref.configKeys : [...ref.configKeys, ref.liveKey])
      byKey.set(key, [...(byKey.get(key) ?? NONE).filter(isThere), ref]);
  return byKey;
}
