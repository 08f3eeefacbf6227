/**
 * A template for a phone of your own: the short form, in which akuvox-cpe keeps the settings. Copy it, and put your firmware
 * where the object `firmware` is. Try it:
 *
 *   akuvox-cpe check-backend ./my-phone.mjs
 *
 * docs/backends.md explains it step by step.
 */

/** @import { CreateBackend, PlugInContext, PlugInHardware } from "akuvox-cpe/backend" */

/** The version of the contract that this module is made for. */
export const contract = 1;

/** @type {CreateBackend} */
export function createBackend(context) {
  const { log } = context;
  const firmware = connectToFirmware(context);

  /** @type {PlugInHardware} */
  const hardware = {
    async start(settings) {
      firmware.configure(settings);
      log.info(`the phone is up with ${context.accounts} accounts`);
    },

    async stop() {
      firmware.disconnect();
    },

    check(changes) {
      const name = changes.get("Config.Account1.GENERAL.Label") ?? "";
      if (name.length > 63) throw context.refuse("Config.Account1.GENERAL.Label: the display shows 63 characters");
    },

    async apply(changes) {
      firmware.configure(changes);
    },

    async status() {
      return firmware.lineStates();
    },

    async act(key) {
      firmware.registerAgain(Number(/^Action\.Account(\d+)\.Line\.Reset$/.exec(key)?.[1] ?? 0));
    },

    async reboot() {
      await firmware.restart();
    },
  };
  return { hardware };
}

/**
 * Stands for the way to your firmware: a socket, a bus, a library. This one knows its settings and says that a line which is
 * on is up.
 *
 * @param {PlugInContext} context
 */
function connectToFirmware({ accounts, log }) {
  /** @type {Map<string, string>} */
  const settings = new Map();
  const numbers = Array.from({ length: accounts }, (_, index) => index + 1);
  /** @param {number} account */
  const isOn = (account) => !["", "0"].includes(settings.get(`Config.Account${account}.GENERAL.Enable`) ?? "0");

  return {
    /** @param {ReadonlyMap<string, string>} changes */
    configure(changes) {
      for (const [key, value] of changes) settings.set(key, value);
    },
    lineStates() {
      return new Map(
        numbers.map((account) => [`Status.Account${account}.Line.State`, isOn(account) ? "Up" : "Disabled"]),
      );
    },
    /** @param {number} account */
    registerAgain(account) {
      log.info(`account ${account} registers again`);
    },
    async restart() {
      log.info("the phone restarts");
    },
    disconnect() {
      settings.clear();
    },
  };
}
