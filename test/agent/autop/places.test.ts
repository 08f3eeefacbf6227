import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DhcpOptions } from "../../../src/agent/core/config.ts";
import { CwmpFault } from "../../../src/cwmp/errors.ts";
import type { Pnp, PnpAnswer, PnpPhone } from "../../../src/ports/pnp.ts";
import {
  type AgentUnderTest,
  type AgentUnderTestOptions,
  createAgentUnderTest,
} from "../../helpers/agent-under-test.ts";

const NAME = "Config.Account1.GENERAL.UserName";
const AUTOP = "Config.Autoprovision.";
const MASK = `${AUTOP}DHCP_OPTION.Enable`;
const CUSTOM_ID = `${AUTOP}DHCP_OPTION.CustomId`;
const OWN = "http://own.example/prov/";
const FILE = "0c1105abcdef.cfg";
const NOBODY: PnpAnswer = { kind: "none", reason: "nobody answers" };
const MINUTE = 60_000;

const DHCP: DhcpOptions = {
  custom: "http://custom.example/",
  option66: "http://sixty-six.example/",
  option43: "http://forty-three.example/",
};

/** Answers in turn; the last one for good. */
function network(...answers: readonly PnpAnswer[]) {
  const asked: PnpPhone[] = [];
  const pnp: Pnp = {
    ask: async (phone) => {
      asked.push(phone);
      return answers[Math.min(asked.length, answers.length) - 1] ?? NOBODY;
    },
  };
  return { pnp, asked };
}

const names = (url: string): PnpAnswer => ({ kind: "url", url, from: "192.0.2.9:5060" });

async function started(options: AgentUnderTestOptions): Promise<AgentUnderTest> {
  const under = createAgentUnderTest({ inMemory: true, ...options });
  await under.agent.start();
  await under.settle();
  return under;
}

const hostsOf = ({ server }: AgentUnderTest, from = 0): readonly string[] => [
  ...new Set(server.requests.slice(from).map(({ server: { url } }) => new URL(url).host)),
];

describe("where the phone looks", () => {
  test("who the network names comes first, and its file is applied; the phone says who it is", async () => {
    const { pnp, asked } = network(names("http://pnp.example/"));
    const under = await started({ pnp, keys: { [`${AUTOP}GENERAL.Url`]: OWN } });
    under.server.serve(`http://pnp.example/${FILE}`, `${NAME} = from the network\n`);
    under.server.serve(OWN + FILE, `${NAME} = from its own server\n`);
    await under.time.advance(MINUTE);
    assert.equal(under.settings.get(NAME), "from the network");
    assert.deepEqual(hostsOf(under), ["pnp.example"]);
    assert.deepEqual(asked, [
      { macAddress: "0C:11:05:AB:CD:EF", vendor: "Akuvox", modelName: "SP-R53P", firmware: "53.0.6.45" },
    ]);
  });

  test("a bare phone asks at power-on though no server is set, and again when it looks again", async () => {
    const { pnp, asked } = network(NOBODY, names("http://pnp.example/"));
    const under = await started({ pnp });
    under.server.serve(`http://pnp.example/${FILE}`, `${NAME} = 1001\n`);
    await under.time.advance(MINUTE);
    assert.deepEqual([asked.length, under.server.requests.length], [1, 0]);
    assert.equal((await under.agent.local.checkAutop()).kind, "applied");
    assert.equal(under.settings.get(NAME), "1001");
  });

  test("PNP.Enable 0 and mode 0 ask nobody, and without the setting of the program nobody is there to ask", async () => {
    for (const keys of [{ [`${AUTOP}PNP.Enable`]: "0" }, { [`${AUTOP}MODE.Mode`]: "0" }]) {
      const { pnp, asked } = network(names("http://pnp.example/"));
      const under = await started({ pnp, keys });
      await under.time.advance(10 * MINUTE);
      assert.deepEqual(asked, []);
      await under.agent.stop();
    }
    const off = await started({});
    assert.deepEqual(await off.agent.local.checkAutop(), { kind: "off", reason: "no AutoP server is set" });
  });

  test("the order is PnP, the custom option, 66, 43, the server of the settings: the first with a file for it counts", async () => {
    const { pnp } = network(names("http://pnp.example/"));
    const keys = { [MASK]: "7", [CUSTOM_ID]: "160", [`${AUTOP}GENERAL.Url`]: OWN };
    const under = await started({ pnp, keys, autop: { enabled: true, dhcp: DHCP } });
    const all = ["pnp", "custom", "sixty-six", "forty-three"].map((name) => `${name}.example`);
    assert.equal((await under.agent.local.checkAutop()).kind, "none");
    assert.deepEqual(hostsOf(under), [...all, "own.example"]);
    under.server.serve(`http://sixty-six.example/${FILE}`, `${NAME} = 66\n`);
    under.server.serve(`http://forty-three.example/${FILE}`, `${NAME} = 43\n`);
    const before = under.server.requests.length;
    assert.equal((await under.agent.local.checkAutop()).kind, "applied");
    assert.equal(under.settings.get(NAME), "66");
    assert.deepEqual(hostsOf(under, before), all.slice(0, 3));
  });

  test("an option counts where DHCP_OPTION.Enable has its bit, the custom one with a number besides", async () => {
    const rows: readonly (readonly [Readonly<Record<string, string>>, readonly string[]])[] = [
      [{}, []],
      [{ [CUSTOM_ID]: "160" }, ["custom.example"]],
      [{ [MASK]: "0", [CUSTOM_ID]: "160" }, []],
      [{ [MASK]: "2" }, ["forty-three.example"]],
      [{ [MASK]: "4" }, ["sixty-six.example"]],
      [{ [MASK]: "6", [CUSTOM_ID]: "160" }, ["sixty-six.example", "forty-three.example"]],
    ];
    for (const [keys, hosts] of rows) {
      const under = await started({ keys, autop: { enabled: true, dhcp: DHCP } });
      await under.agent.local.checkAutop();
      assert.deepEqual(hostsOf(under), hosts, JSON.stringify(keys));
      await under.agent.stop();
    }
  });

  test("a dead server that a neighbour names keeps no phone from its own, and counts again once it is there", async () => {
    const { pnp } = network(names("http://pnp.example/"));
    const under = await started({ pnp, keys: { [`${AUTOP}GENERAL.Url`]: OWN } });
    under.server.serve(OWN + FILE, `${NAME} = from its own server\n`);
    under.server.serve(`http://pnp.example/${FILE}`, new CwmpFault(9015, "connection refused"));
    assert.equal((await under.agent.local.checkAutop()).kind, "applied");
    assert.equal(under.settings.get(NAME), "from its own server");
    assert.match(under.log.text(), /could not be fetched, nothing was changed.*pnp\.example/);
    under.server.serve(`http://pnp.example/${FILE}`, `${NAME} = from the network\n`);
    assert.equal((await under.agent.local.checkAutop()).kind, "applied");
    assert.equal(under.settings.get(NAME), "from the network");
  });

  test("where one place cannot be reached and no other has a file the look has failed, and is tried again as often as the settings say", async () => {
    const { pnp, asked } = network(...Array.from({ length: 9 }, () => names("http://pnp.example/")));
    const keys = { [`${AUTOP}GENERAL.Url`]: OWN, [`${AUTOP}RETRY_TIMES.Times`]: "2" };
    const under = await started({ pnp, keys });
    under.server.serve(`http://pnp.example/${FILE}`, new CwmpFault(9015, "connection refused"));
    await under.time.advance(MINUTE);
    const before = asked.length;
    under.server.serve(`http://pnp.example/${FILE}`, `${NAME} = late\n`);
    await under.time.advance(2 * MINUTE);
    assert.deepEqual([before, asked.length, under.settings.get(NAME)], [1, 2, "late"]);
  });

  test("the password of the settings' own server goes to nobody else; a URL's own goes with it", async () => {
    const { pnp } = network(names("http://u:p@pnp.example/"));
    const login = { [`${AUTOP}GENERAL.UserName`]: "own", [`${AUTOP}GENERAL.Pwd`]: "secret" };
    const under = await started({ pnp, keys: { [`${AUTOP}GENERAL.Url`]: OWN, ...login } });
    await under.agent.local.checkAutop();
    const used = under.server.requests.map(({ server }) => [
      new URL(server.url).host,
      server.username,
      server.password,
    ]);
    assert.deepEqual(used, [
      ["pnp.example", "u", "p"],
      ["pnp.example", "u", "p"],
      ["own.example", "own", "secret"],
      ["own.example", "own", "secret"],
    ]);
    assert.ok(!under.log.text().includes("u:p@") && !under.log.text().includes("secret"));
  });

  test("a server for tftp, as option 66 commonly is, is warned about and passed over", async () => {
    const dhcp = { ...DHCP, option66: "192.0.2.4" };
    const keys = { [MASK]: "4", [`${AUTOP}GENERAL.Url`]: OWN };
    const under = await started({ keys, autop: { enabled: true, dhcp } });
    under.server.serve(OWN + FILE, `${NAME} = 1001\n`);
    assert.equal((await under.agent.local.checkAutop()).kind, "applied");
    assert.match(under.log.text(), /begins with tftp.*DHCP option 66/);
  });

  test("a phone that stops while the network is asked does not wait, and applies nothing", async () => {
    let isAborted = false;
    const pnp: Pnp = {
      ask: (_phone, signal) =>
        new Promise((resolve) =>
          signal.addEventListener("abort", () => {
            isAborted = true;
            resolve(names("http://pnp.example/"));
          }),
        ),
    };
    const under = await started({ pnp });
    await under.time.advance(MINUTE);
    await under.agent.stop();
    assert.equal(isAborted, true);
    assert.deepEqual(under.server.requests, []);
  });

  test("a person who turns PnP off meanwhile is obeyed: the look begins anew without it", async () => {
    const pnp: Pnp = {
      ask: (_phone, signal) =>
        new Promise((resolve) => signal.addEventListener("abort", () => resolve(names("http://pnp.example/")))),
    };
    const under = await started({ pnp, keys: { [`${AUTOP}GENERAL.Url`]: OWN } });
    under.server.serve(OWN + FILE, `${NAME} = 1001\n`);
    const check = under.agent.local.checkAutop();
    await under.settle();
    await under.agent.local.applySettings(new Map([[`${AUTOP}PNP.Enable`, "0"]]));
    assert.equal((await check).kind, "applied");
    assert.deepEqual(hostsOf(under), ["own.example"]);
  });
});
