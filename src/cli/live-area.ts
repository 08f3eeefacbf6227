import { clearScreenDown, moveCursor } from "node:readline";

/** The last lines of a terminal, which can be redrawn. */
export interface LiveArea {
  /** Replaces the lines drawn last. Lines must not be wider than the terminal. */
  draw(lines: readonly string[]): void;
  clear(): void;
}

/** @param shown makes a text safe for a terminal */
export function createLiveArea(stream: NodeJS.WriteStream, shown: (text: string) => string): LiveArea {
  let drawn = 0;
  const clear = (): void => {
    if (drawn === 0) return;
    moveCursor(stream, 0, -drawn);
    clearScreenDown(stream);
    drawn = 0;
  };
  return {
    draw(lines) {
      clear();
      stream.write(shown(lines.map((line) => `${line}\n`).join("")));
      drawn = lines.length;
    },
    clear,
  };
}
