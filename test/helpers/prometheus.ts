import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";

export interface MetricSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since 1970, and the value. */
  readonly points: readonly (readonly [number, number])[];
}

/** A real Prometheus on loopback that reads the metrics of some phones each second. */
export interface Prometheus {
  /** What it answers for a range of time, in seconds since 1970. Throws an Error with its words for an expression that is none. */
  query(expression: string, from: number, to: number): Promise<readonly MetricSeries[]>;
  close(): Promise<void>;
}

const STEP_SECONDS = 1;

/** The program `prometheus` of the Debian package. @param targets `host:port` of each. */
export async function startPrometheus(folder: string, targets: readonly string[]): Promise<Prometheus> {
  const file = join(folder, "prometheus.yml");
  const job = { job_name: "akuvox-cpe", scrape_interval: "1s", static_configs: [{ targets }] };
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ scrape_configs: [job] }));
  const address = `127.0.0.1:${await freePort()}`;
  const options = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=${address}`,
  ];
  const child = spawn("prometheus", options, { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (chunk) => {
    log += chunk;
  });
  const ended = once(child, "close");
  for (;;) {
    if (child.exitCode !== null) throw new Error(`Prometheus has ended: ${log}`);
    const ready = await fetch(`http://${address}/-/ready`).catch(() => null);
    if (ready?.ok) break;
    await sleep(100);
  }
  return {
    async query(expression, from, to) {
      const form = new URLSearchParams({
        ...{ query: expression, start: String(from), end: String(to), step: String(STEP_SECONDS) },
      });
      const answer = (await (await fetch(`http://${address}/api/v1/query_range?${form}`)).json()) as RangeAnswer;
      if (answer.status !== "success") throw new Error(`${expression}: ${answer.error}`);
      return answer.data.result.map(({ metric, values }) => ({
        labels: metric,
        points: values.map(([at, value]) => [at, Number(value)] as const),
      }));
    },
    async close() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

interface RangeAnswer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [number, string])[];
    }[];
  };
}
