import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type PhoneProcess, startPhone } from "../../campaign/phone/phone-process.ts";
import { writeSettings } from "../../campaign/phone/settings.ts";
import { freePort } from "../../test/helpers/free-port.ts";
import { Harm, type OpenTarget, type Target } from "../target.ts";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const REQUESTS = [
  "GET /0123456789abcdef HTTP/1.1\r\nHost: x\r\n\r\n",
  'GET /x HTTP/1.1\r\nHost: x\r\nAuthorization: Digest username="acs", realm="x", nonce="x", uri="/x", response="x", qop=auth, nc=00000001, cnonce="x"\r\n\r\n',
  "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic cGhvbmU6eA==\r\nConnection: close\r\n\r\n",
  "GET /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.example\r\n\r\n",
  'PATCH /parameters HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{"Device.No":"1"}',
  "POST /inform HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
  "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
  "GET /parameters?path=Device.LAN. HTTP/1.1\r\nHost: x\r\n\r\n",
];

/** Requests of strangers to every HTTP listener of the built product: connection requests, pages, metrics, control socket. */
export const http: Target = {
  name: "http",
  seeds: REQUESTS.map((text) => Buffer.from(text)),
  words: [
    ...[
      "GET ",
      "POST ",
      "HTTP/1.1\r\n",
      "HTTP/9.9",
      "\r\n",
      "\r\n\r\n",
      "\n",
      "Host: x\r\n",
      "Content-Length: 99999999999\r\n",
    ],
    ...[
      "Content-Length: -1\r\n",
      "Transfer-Encoding: chunked\r\n",
      "ffffffff\r\n",
      "Expect: 100-continue\r\n",
      "%00",
      "/../../",
    ],
    ...[
      "Authorization: Digest \r\n",
      'nonce="',
      "Upgrade: websocket\r\n",
      "Cookie: session=x\r\n",
      "__proto__",
      "\0",
      "\u00ff",
    ],
  ],
  open: openHttp,
};

/** Requests under way at once: most of the time of each is waiting for silence. Fewer than one address may have open. */
const AT_ONCE = 24;
const SILENCE_MS = 40;
const LAST = "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";

interface Listener {
  readonly where: { readonly port: number; readonly host: string } | { readonly path: string };
  /** Whether anybody may have a good answer. */
  readonly isOpen: boolean;
}

async function openHttp(): Promise<OpenTarget> {
  const folder = await mkdtemp(join(tmpdir(), "akuvox-cpe-fuzz-"));
  await writeSettings(folder, { backend: "simulated", acsUrl: "http://127.0.0.1:9/", ca: null });
  const [web, metrics] = [await freePort(), await freePort()];
  const more =
    `web: { enable: true, address: 127.0.0.1, port: ${web}, username: admin, password: hush }\n` +
    `metrics: { enable: true, address: 127.0.0.1, port: ${metrics} }\n`;
  await appendFile(join(folder, "config.yaml"), more);
  const phone = startPhone({ main: MAIN, folder });
  const requests = await portOfRequests(phone);
  const listeners: readonly Listener[] = [
    { where: { port: requests, host: "127.0.0.1" }, isOpen: false },
    { where: { port: web, host: "127.0.0.1" }, isOpen: true },
    { where: { port: metrics, host: "127.0.0.1" }, isOpen: true },
    { where: { path: join(folder, "state/control.sock") }, isOpen: true },
  ];
  let turn = 0;
  let harm: Harm | null = null;
  const underWay = new Set<Promise<void>>();
  const request = async (listener: Listener, input: Buffer) => {
    const answer = await ask(listener.where, input);
    if (phone.ended !== null)
      harm ??= new Harm(input, new Error(`the phone has ended: ${JSON.stringify(phone.ended)}`));
    if (!listener.isOpen && /^HTTP\/1\.1 2/.test(answer))
      harm ??= new Harm(input, new Error("a stranger's connection request was taken"));
  };
  const reportHarm = () => {
    const told = harm;
    harm = null;
    if (told !== null) throw told;
  };
  return {
    async take(input) {
      const listener = listeners[turn % listeners.length];
      turn += 1;
      if (listener === undefined) return;
      const sent = request(listener, input).finally(() => underWay.delete(sent));
      underWay.add(sent);
      if (underWay.size >= AT_ONCE) await Promise.race(underWay);
      reportHarm();
    },
    async close() {
      await Promise.all(underWay);
      const alive = await ask({ port: metrics, host: "127.0.0.1" }, Buffer.from(LAST), 60_000);
      phone.kill("SIGTERM");
      await phone.end;
      await rm(folder, { recursive: true, force: true });
      reportHarm();
      if (!alive.startsWith("HTTP/1.1 200")) throw new Error("the phone does not answer any more");
    },
  };
}

async function portOfRequests(phone: PhoneProcess): Promise<number> {
  for (;;) {
    const url = /"connectionRequestUrl":"http:\/\/127\.0\.0\.1:(\d+)/.exec(phone.log())?.[1];
    if (url !== undefined) return Number(url);
    if (phone.ended !== null) throw new Error(`the phone does not start: ${phone.log()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The answer, until the peer closes or is silent. */
function ask(where: Listener["where"], input: Buffer, silenceMs = SILENCE_MS): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(where, () => socket.write(input));
    socket.setTimeout(silenceMs, () => socket.destroy());
    socket.on("data", (data) => {
      answer += data.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer));
  });
}
