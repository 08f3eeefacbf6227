/** Networks made for one test: machines are namespaces, cables are veth pairs, a NAT is nftables. Root only. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";

export interface Namespace {
  readonly name: string;
  /** Runs a program in it to its end; its stdout. Throws when it fails. */
  run(program: string, ...args: readonly string[]): string;
  /** Takes these firewall rules into force. */
  nft(rules: string): void;
  /** Starts a program in it; killed when the test ends. */
  start(program: string, args: readonly string[]): StartedProgram;
}

export interface StartedProgram {
  readonly child: ChildProcess;
  /** Everything on stdout and stderr so far. */
  output(): string;
  /** Resolves with the first line that matches, past ones too; rejects after the time, with what was said. */
  line(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray>;
  end(): Promise<void>;
}

export interface NatNetwork {
  /** 192.168.77.20, behind the router. */
  readonly phone: Namespace;
  /** 192.168.77.1 inside and 203.0.113.5 outside; masquerades. */
  readonly router: Namespace;
  /** 203.0.113.1 */
  readonly outside: Namespace;
  /** Forgets all mappings, as a router does that was switched off. */
  flush(): void;
  /** How long the NAT keeps a UDP mapping. */
  setUdpTimeout(seconds: number): void;
}

export const PHONE_ADDRESS = "192.168.77.20";
export const NAT_ADDRESS = "203.0.113.5";
export const OUTSIDE_ADDRESS = "203.0.113.1";

/** Other ports than the phone's own, as most NATs give; nothing comes in that was not asked for. */
const NAT_RULES = `
table ip nat77 {
  chain outgoing {
    type nat hook postrouting priority srcnat;
    oifname "out" ip protocol udp masquerade to :40000-60000 random
    oifname "out" masquerade
  }
  chain incoming {
    type filter hook forward priority filter;
    iifname "out" ct state new drop
  }
}
`;

/** Phone ─ router with NAT ─ outside; all of it goes when the test ends. */
export function createNatNetwork(t: TestContext): NatNetwork {
  const tag = `akv${process.pid % 100_000}`;
  const [phone, router, outside] = ["p", "r", "o"].map((part) => createNamespace(t, `${tag}${part}`));
  if (phone === undefined || router === undefined || outside === undefined) throw new Error("no namespaces");
  connect(phone, `${PHONE_ADDRESS}/24`, router, "192.168.77.1/24", "in");
  connect(outside, `${OUTSIDE_ADDRESS}/24`, router, `${NAT_ADDRESS}/24`, "out");
  phone.run("ip", "route", "add", "default", "via", "192.168.77.1");
  router.run("sysctl", "-qw", "net.ipv4.ip_forward=1");
  router.nft(NAT_RULES);
  return {
    phone,
    router,
    outside,
    flush: () => void router.run("conntrack", "-F"),
    setUdpTimeout(seconds) {
      for (const name of ["nf_conntrack_udp_timeout", "nf_conntrack_udp_timeout_stream"]) {
        router.run("sysctl", "-qw", `net.netfilter.${name}=${seconds}`);
      }
    },
  };
}

function createNamespace(t: TestContext, name: string): Namespace {
  execFileSync("ip", ["netns", "add", name]);
  const started: StartedProgram[] = [];
  t.after(async () => {
    for (const program of started) await program.end();
    execFileSync("ip", ["netns", "delete", name]);
  });
  const namespace: Namespace = {
    name,
    run: (program, ...args) =>
      execFileSync("ip", ["netns", "exec", name, program, ...args], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      }),
    nft: (input) => void execFileSync("ip", ["netns", "exec", name, "nft", "-f", "-"], { input }),
    start(program, args) {
      const one = startProgram("ip", ["netns", "exec", name, program, ...args]);
      started.push(one);
      return one;
    },
  };
  namespace.run("ip", "link", "set", "lo", "up");
  return namespace;
}

function connect(one: Namespace, address: string, router: Namespace, routerAddress: string, link: string): void {
  one.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", link, "netns", router.name);
  one.run("ip", "address", "add", address, "dev", "eth0");
  one.run("ip", "link", "set", "eth0", "up");
  router.run("ip", "address", "add", routerAddress, "dev", link);
  router.run("ip", "link", "set", link, "up");
}

function startProgram(program: string, args: readonly string[]): StartedProgram {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  const lines: string[] = [];
  const watchers = new Set<(line: string) => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      for (const watch of watchers) watch(line);
    });
  }
  const closed = once(child, "close");
  return {
    child,
    output: () => lines.join("\n"),
    line(pattern, withinMs = 15_000) {
      const find = (): RegExpExecArray | null =>
        lines.map((line) => pattern.exec(line)).find((hit) => hit !== null) ?? null;
      return new Promise((resolve, reject) => {
        const watch = (): void => {
          const hit = find();
          if (hit === null) return;
          stop();
          resolve(hit);
        };
        const late = setTimeout(() => {
          stop();
          reject(new Error(`no line like ${pattern} within ${withinMs} ms; said so far:\n${lines.join("\n")}`));
        }, withinMs);
        const stop = (): void => {
          clearTimeout(late);
          watchers.delete(watch);
        };
        watchers.add(watch);
        watch();
      });
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      const killer = setTimeout(() => child.kill("SIGKILL"), 5000);
      await closed;
      clearTimeout(killer);
    },
  };
}
