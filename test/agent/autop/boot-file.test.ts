import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { LocalFile } from "../../../src/ports/local-file.ts";
import { createLocalFile } from "../../../src/system/local-file.ts";
import {
  type AgentUnderTest,
  type AgentUnderTestOptions,
  createAgentUnderTest,
} from "../../helpers/agent-under-test.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const NAME = "Config.Account1.GENERAL.UserName";
const LABEL = "Config.Account1.GENERAL.Label";
const INTERVAL = "Config.TR069.ManagementServer.PeriodicInformInterval";

interface NamedFile extends LocalFile {
  content: string | Error;
}

function fileOf(content: string | Error): NamedFile {
  const file: NamedFile = {
    name: "autop.cfg",
    content,
    async read() {
      if (file.content instanceof Error) throw file.content;
      return Buffer.from(file.content);
    },
  };
  return file;
}

async function start(under: AgentUnderTest): Promise<AgentUnderTest> {
  await under.agent.start();
  await under.time.advance(60_000);
  return under;
}

const startWith = (file: NamedFile, options: AgentUnderTestOptions = {}): Promise<AgentUnderTest> =>
  start(createAgentUnderTest({ inMemory: true, ...options, autopFile: file }));

const restart = async (under: AgentUnderTest): Promise<AgentUnderTest> => start(await under.restarted());

describe("autop.file", () => {
  test("is applied at start, before the first Inform, once per content; what is set later stays", async () => {
    const file = fileOf(`${NAME} = 1001\nConfig.TR069.ManagementServer.URL = http://other.example/\n`);
    let under = await startWith(file);
    assert.equal(under.settings.get(NAME), "1001");
    assert.equal(under.acs.sessions[0]?.target.url, "http://other.example/");
    assert.match(JSON.stringify(under.log.at("warn")), /autop\.cfg.*changes the ACS/);
    await under.agent.local.applySettings(new Map([[NAME, "by hand"]]));
    under = await restart(under);
    assert.equal(under.settings.get(NAME), "by hand");
    file.content = `${NAME} = 1002\n`;
    under = await restart(under);
    assert.equal(under.settings.get(NAME), "1002");
    file.content = `${NAME} = 1001\n`;
    under = await restart(under);
    assert.equal(under.settings.get(NAME), "1001", "an old content that is new again counts");
  });

  test("goes before YAML settings that have changed too; both yield to what is set later", async () => {
    const file = fileOf(`${INTERVAL} = 70\n`);
    const yaml = new Map([[INTERVAL, "60"]]);
    let under = await startWith(file, { yaml });
    assert.equal(under.settings.get(INTERVAL), "70");
    await under.agent.local.applySettings(new Map([[INTERVAL, "80"]]));
    under = await restart(under);
    assert.equal(under.settings.get(INTERVAL), "80");
    yaml.set(INTERVAL, "90");
    under = await restart(under);
    assert.equal(under.settings.get(INTERVAL), "90");
  });

  test("that is broken or missing is an error with its line at every start, and the phone goes on as it was", async () => {
    const file = fileOf(`${NAME} = 1001\nhunter2\n`);
    let under = await startWith(file);
    const error = (): string => JSON.stringify(under.log.at("error"));
    assert.match(error(), /autop\.cfg.*line 2 is neither a setting nor a comment.*not applied/);
    assert.equal(under.settings.get(NAME), "");
    assert.ok(under.acs.sessions.length > 0);
    file.content = `${NAME} = 1001\n${INTERVAL} = hunter2\n`;
    under = await restart(under);
    assert.match(error(), /line 2: Config\.TR069/);
    assert.doesNotMatch(under.log.text(), /hunter2/);
    file.content = new Error("there is no such file");
    under = await restart(under);
    assert.match(error(), /there is no such file/);
    file.content = `${NAME} = 1001\n`;
    under = await restart(under);
    assert.equal(error(), "[]");
    assert.equal(under.settings.get(NAME), "1001");
  });

  test("with settings that need a restart gives the phone one, and the look at power-on comes after it", async () => {
    const file = fileOf(
      "Config.Network.LAN.Type = 2\nConfig.Network.LAN.StaticIP = 192.0.2.77\nConfig.Autoprovision.GENERAL.Url = http://f.example/a.cfg\n",
    );
    const under = createAgentUnderTest({ inMemory: true, autopFile: file });
    under.server.serve("http://f.example/a.cfg", `${LABEL} = fetched\n`);
    await start(under);
    await under.time.advance(120_000);
    const parameters = under.acs.last.inform.parameterList;
    assert.equal(parameters.find(({ name }) => name === "Device.LAN.IPAddress")?.value, "192.0.2.77");
    assert.equal(under.settings.get(LABEL), "fetched");
    assert.equal(under.server.requests.length, 1);
  });

  test("is applied again after a factory reset", async () => {
    const under = await startWith(fileOf(`${NAME} = 1001\n`));
    await under.agent.local.applySettings(new Map([[NAME, "by hand"]]));
    await under.agent.local.factoryReset();
    await under.time.advance(60_000);
    assert.equal(under.settings.get(NAME), "1001");
  });
});

describe("a file of this machine", () => {
  test("is read up to a bound; what is no file, is missing or too large is said in a sentence", async (t) => {
    const folder = await temporaryFolder(t);
    const path = join(folder, "a.cfg");
    writeFileSync(path, "12345");
    assert.equal(Buffer.from(await createLocalFile(path).read(5)).toString(), "12345");
    await assert.rejects(createLocalFile(path).read(4), /cannot read .*a\.cfg: it has more than 4 bytes/);
    await assert.rejects(
      createLocalFile(join(folder, "b.cfg")).read(4),
      /cannot read .*b\.cfg: ENOENT: .*does not exist/,
    );
    mkdirSync(join(folder, "c.cfg"));
    await assert.rejects(createLocalFile(join(folder, "c.cfg")).read(4), /it is not a file/);
    await assert.rejects(createLocalFile("/dev/zero").read(4), /it is not a file/);
  });
});
