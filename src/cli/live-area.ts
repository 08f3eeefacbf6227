import { clearScreenDown, moveCursor } from "node:readline";

/** The last lines of a terminal, which can be redrawn. */
export interface LiveArea {
  /** Replaces what was drawn last. Lines that are wider than the terminal would spoil it. */
  draw(lines: readonly string[]): void;
  clear(): void;
}

/** @param shown what becomes of a text before a terminal sees it */
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
