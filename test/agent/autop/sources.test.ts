import assert from "node:assert/strict";
import test from "node:test";
import { autopSources } from "../../../src/agent/autop/sources.ts";

const FACTS = { username: "", password: "", modelName: "SP-R53P", macAddress: "0C:11:05:AB:CD:EF" };

function urls(url: string, change: Partial<typeof FACTS> = {}): readonly string[] | string {
  const sources = autopSources({ ...FACTS, ...change, url });
  return typeof sources === "string" ? sources : sources.map(({ kind, server }) => `${kind} ${server.url}`);
}

test("a folder has a file for the model and one for the phone, which counts more", () => {
  const both = ["common http://a.example/p/r000000000053.cfg", "device http://a.example/p/0c1105abcdef.cfg"];
  assert.deepEqual(urls("http://a.example/p"), both);
  assert.deepEqual(urls("http://a.example/p/"), both);
  assert.deepEqual(urls("https://a.example"), [
    "common https://a.example/r000000000053.cfg",
    "device https://a.example/0c1105abcdef.cfg",
  ]);
  assert.deepEqual(urls("http://a.example/p?x=1#y", { modelName: "Phone" }), [
    "device http://a.example/p/0c1105abcdef.cfg?x=1",
  ]);
  assert.deepEqual(urls("http://a.example/", { macAddress: "" }), ["common http://a.example/r000000000053.cfg"]);
});

test("a URL that ends with .cfg is that file alone", () => {
  assert.deepEqual(urls("http://a.example/p/Own.CFG?x"), ["device http://a.example/p/Own.CFG?x"]);
});

test("a log-in in the URL goes to the server and is in no URL; the settings' own goes before it", () => {
  const [source] = autopSources({ ...FACTS, url: "http://u%40x:p%3Aw@a.example/a.cfg" });
  assert.deepEqual(typeof source === "object" && source.server, {
    url: "http://a.example/a.cfg",
    username: "u@x",
    password: "p:w",
  });
  const [other] = autopSources({ ...FACTS, url: "http://u:p@a.example/a.cfg", username: "own", password: "pw" });
  assert.deepEqual(typeof other === "object" && [other.server.username, other.server.password], ["own", "pw"]);
  assert.doesNotThrow(() => autopSources({ ...FACTS, url: "http://%zz:%@a.example/a.cfg" }));
});

test("there is no server, or one that this phone does not ask", () => {
  assert.match(String(urls("")), /no AutoP server/);
  assert.match(String(urls("http://")), /cannot be read/);
  assert.match(String(urls("tftp://u:hunter2@a.example/")), /begins with tftp: .*http and https/);
  assert.doesNotMatch(String(urls("ftp://u:hunter2@a.example/")), /hunter2/);
});
