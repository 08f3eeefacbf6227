/** Called for missing arguments: `ParameterList.SetParameterAttributesStruct.Notification`. */
export type AbsenceListener = (argument: string) => void;

/** Where in a message an argument stands, for errors: `ParameterList.ParameterValueStruct[2].Name`. Put into words when asked. */
export class Place {
  readonly #outer: Place | null;
  readonly #name: string;
  /** Counted from 1; null for what is no member of a list. */
  readonly #index: number | null;
  readonly #absent: AbsenceListener;

  private constructor(outer: Place | null, name: string, index: number | null, absent: AbsenceListener) {
    this.#outer = outer;
    this.#name = name;
    this.#index = index;
    this.#absent = absent;
  }

  /** That of the message itself: no name. */
  static ofMessage(absent: AbsenceListener): Place {
    return new Place(null, "", null, absent);
  }

  member(name: string): Place {
    return new Place(this, name, null, this.#absent);
  }

  item(name: string, index: number): Place {
    return new Place(this, name, index, this.#absent);
  }

  /** The argument that would stand here is missing and reads as empty, 0 or false. */
  isAbsent(): void {
    this.#absent(this.#words(false));
  }

  toString(): string {
    return this.#words(true);
  }

  #words(withIndex: boolean): string {
    const outer = this.#outer === null ? "" : this.#outer.#words(withIndex);
    const name = withIndex && this.#index !== null ? `${this.#name}[${this.#index}]` : this.#name;
    return outer === "" ? name : `${outer}.${name}`;
  }
}

/** An argument that is missing or cannot be read. The message names it and never holds its value. */
export class ArgumentError extends Error {
  override readonly name = "ArgumentError";

  constructor(at: Place, problem: string) {
    super(`${at} ${problem}`);
  }
}
