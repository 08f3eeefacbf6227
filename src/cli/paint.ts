import type { CliIo } from "./io.ts";

/** Terminal colours, or none. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
}

/** Whether results are coloured: on a terminal, unless NO_COLOR is set and not empty (https://no-color.org). */
export function hasColor({ terminal, env }: Pick<CliIo, "terminal" | "env">): boolean {
  return terminal !== null && allowsColor(env);
}

export function allowsColor({ NO_COLOR }: CliIo["env"]): boolean {
  return NO_COLOR === undefined || NO_COLOR === "";
}

/** @param color false: texts stay unchanged, for files and pipes. */
export function createPaint(color: boolean): Paint {
  const style =
    (on: number, off: number) =>
    (text: string): string =>
      color && text !== "" ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { bold: style(1, 22), dim: style(2, 22), red: style(31, 39), green: style(32, 39), yellow: style(33, 39) };
}
