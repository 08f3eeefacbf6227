import { once } from "node:events";
import { connect } from "node:net";
import type { TestContext } from "node:test";

export interface HoldOpenOptions {
  readonly port: number;
  /** An address of the loopback, such as `127.0.0.66`. */
  readonly from: string;
  readonly count: number;
  /** Sent on each. Default: nothing. */
  readonly text?: string;
}

/** Opens connections that say `text` and then nothing more, until the server closes them or the test ends. */
export async function holdOpen(t: TestContext, { port, from, count, text = "" }: HoldOpenOptions): Promise<void> {
  for (let opened = 0; opened < count; opened++) {
    const socket = connect({ host: "127.0.0.1", port, localAddress: from });
    socket.on("error", () => {});
    t.after(() => socket.destroy());
    await once(socket, "connect");
    if (text !== "") socket.write(text);
  }
}
