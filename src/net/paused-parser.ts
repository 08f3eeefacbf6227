import type { Socket } from "node:net";

/** What undici 7 keeps of its parser at a socket, as far as it matters here. */
interface Parser {
  paused: boolean;
  readonly ptr: number;
  readonly llhttp: { llhttp_resume(ptr: number): void };
  resume(): void;
}

/**
 * For the sockets of answers whose body is read slowly. undici 7 pauses its parser then, and a server that ends the connection
 * at that moment ends this process: `assert(!this.paused)`, which cannot be caught (nodejs/undici#5360, mended in
 * undici 8 alone, which wants Node 22). All that the server has sent has been read by then: the parser is made to take
 * it in first.
 */
export function finishPausedAnswer(socket: Socket): void {
  // Before undici's own listener, which comes with the parser.
  socket.once("end", () => {
    const parser = parserOf(socket);
    if (parser?.paused !== true) return;
    // A body of known length is complete with that.
    parser.resume();
    if (!parser.paused) return;
    // One that ends with the connection, or too early, is for undici to judge, which it does once the parser goes on.
    parser.llhttp.llhttp_resume(parser.ptr);
    parser.paused = false;
  });
}

/** Null for one that does not look as expected: another undici, which may need none of this. */
function parserOf(socket: Socket): Parser | null {
  const key = Object.getOwnPropertySymbols(socket).find(({ description }) => description === "parser");
  const parser: unknown = key === undefined ? null : Reflect.get(socket, key);
  const isKnown =
    typeof parser === "object" &&
    parser !== null &&
    ["paused", "ptr", "llhttp", "resume"].every((name) => name in parser);
  return isKnown ? (parser as Parser) : null;
}
