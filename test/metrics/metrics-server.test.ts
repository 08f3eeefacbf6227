import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { isAgentError } from "../../src/cwmp/errors.ts";
import { type MetricsServer, type MetricsSource, openMetricsServer } from "../../src/metrics/metrics-server.ts";
import { holdOpen } from "../helpers/hold-open.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";
import { connectRaw } from "../helpers/raw-http.ts";
import { testMetricSet } from "../helpers/samples.ts";

const log = createMemoryLogger();

async function open(t: TestContext, source: MetricsSource = testMetricSet().registry): Promise<MetricsServer> {
  const server = await openMetricsServer({ address: "127.0.0.1", port: 0, source, log });
  t.after(() => server.close());
  return server;
}

test("GET serves figures of the agent, the build and the process in the Prometheus text format", async (t) => {
  const { url } = await open(t);
  const response = await fetch(`${url}?match=all`);
  const text = await response.text();
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.match(text, /^# TYPE akuvox_cpe_sessions_total counter$/m);
  assert.match(text, new RegExp(`^akuvox_cpe_build_info\\{version="1.2.3",node="${process.version}"\\} 1$`, "m"));
  assert.match(text, /^process_resident_memory_bytes \d+$/m);
  assert.ok(text.endsWith("\n"));
});

test("the longest time for which the program stood still is told", async (t) => {
  const { url } = await open(t);
  const scrape = async () => (await fetch(url)).text();
  await scrape();
  // The figure is taken by a tick each 10 ms, and a scrape begins it anew: a timer that is due after that tick, before and behind.
  const tick = () => new Promise((resolve) => setTimeout(resolve, 50));
  await tick();
  const end = performance.now() + 500;
  while (performance.now() < end);
  await tick();
  const longest = Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(await scrape())?.[1]);
  assert.ok(longest >= 0.4, String(longest));
});

test("idle connections of one address do not shut the port", async (t) => {
  const { url } = await open(t);
  await holdOpen(t, { port: Number(new URL(url).port), from: "127.0.0.66", count: 80 });
  assert.equal((await fetch(url)).status, 200);
});

test("a site that points its own name here is refused; addresses, plain names and the one of the settings are not", async (t) => {
  const server = await openMetricsServer({
    ...{ address: "127.0.0.1", port: 0, source: testMetricSet().registry, log },
    hostName: "phone.example.com",
  });
  t.after(() => server.close());
  const { port } = new URL(server.url);
  const status = async (host: string): Promise<number> => {
    const client = await connectRaw(Number(port));
    client.write(`HEAD /metrics HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    return (await client.response()).status;
  };
  for (const host of ["evil.example", "evil.example:9464", "phone.example.com.evil.example", "a b"])
    assert.equal(await status(host), 421, host);
  for (const host of ["127.0.0.1:9464", "[::1]:9464", "localhost", "akuvox-cpe:9464", "Phone.example.com:9464"])
    assert.equal(await status(host), 200, host);
});

test("HEAD has the headers of GET and no body", async (t) => {
  const { url } = await open(t, { contentType: "text/plain", metrics: async () => "one 1\n" });
  const response = await fetch(url, { method: "HEAD" });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-length"), "6");
  assert.equal(await response.text(), "");
});

test("another path is 404, another method 405", async (t) => {
  const { url } = await open(t);
  for (const path of ["/", "/metrics/", "/metricsx", "/METRICS", "/%6detrics", "//metrics"]) {
    const { status } = await fetch(new URL(url).origin + path);
    assert.equal(status, 404, path);
  }
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    const response = await fetch(url, { method });
    assert.equal(response.status, 405, method);
    assert.equal(response.headers.get("allow"), "GET, HEAD");
  }
});

test("figures that cannot be read are a 500 without the reason, which is in the log", async (t) => {
  const { url } = await open(t, {
    contentType: "text/plain",
    metrics: () => Promise.reject(new Error("inner detail")),
  });
  const response = await fetch(url);
  assert.equal(response.status, 500);
  assert.doesNotMatch(await response.text(), /inner detail/);
  assert.match(log.text(), /inner detail/);
});

test("too many headers are refused, and the next scrape works", async (t) => {
  const { url } = await open(t);
  const client = await connectRaw(Number(new URL(url).port));
  t.after(() => client.destroy());
  const { status } = await client.get("/metrics", { "X-Long": "x".repeat(20_000) });
  assert.equal(status, 431);
  assert.equal((await fetch(url)).status, 200);
});

test("a port that is in use, or an address that is not ours, is AgentError LISTEN and says what to set", async (t) => {
  const { url } = await open(t);
  const port = Number(new URL(url).port);
  const source = testMetricSet().registry;
  await assert.rejects(openMetricsServer({ address: "127.0.0.1", port, source, log }), (error) => {
    assert.ok(isAgentError(error, "LISTEN"));
    assert.match(
      error.message,
      new RegExp(`127.0.0.1:${port}: the port is in use; stop the program that uses it, or set another metrics.port`),
    );
    return true;
  });
  await assert.rejects(openMetricsServer({ address: "192.0.2.1", port: 0, source, log }), /set one of its own/);
});

test("two sets of one process share nothing", async () => {
  const [one, other] = [testMetricSet(), testMetricSet()];
  one.meter.connectionRequest("http", "accepted");
  assert.match(await one.registry.metrics(), /transport="http",result="accepted"} 1/);
  assert.match(await other.registry.metrics(), /transport="http",result="accepted"} 0/);
});

test("bytes and connections to the ACS are counted", async () => {
  const { observe, registry } = testMetricSet();
  observe(1, 0, { kind: "connected", address: "192.0.2.1", port: 80 });
  observe(1, 0, { kind: "sent", body: "<x/>", bytes: 4, authorized: false });
  observe(1, 0, { kind: "received", status: 200, body: "abcdef", bytes: 6 });
  observe(1, 0, { kind: "sent", body: null, bytes: 0, authorized: false });
  observe(1, 0, { kind: "closed", error: null });
  const text = await registry.metrics();
  assert.match(text, /^akuvox_cpe_acs_connections_total 1$/m);
  assert.match(text, /^akuvox_cpe_acs_bytes_total\{direction="sent"\} 4$/m);
  assert.match(text, /^akuvox_cpe_acs_bytes_total\{direction="received"\} 6$/m);
});
