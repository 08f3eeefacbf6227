/** The environment of a simulated phone: its network cable and its mains plug. */
export interface SimulatedEnvironment {
  /** Whether the phone has network: cable and power. */
  isConnected(): boolean;
  setCable(plugged: boolean): void;
  /** Sets the listener for changes of the network. */
  onLink(listener: () => void): void;
  /**
   * Pulls the plug and puts it in again after that time: all activity of the phone ends at once, its settings and
   * events are kept. Does nothing if the agent cannot be restarted.
   */
  cutPower(offMs: number): void;
  /**
   * Sets the function that restarts the agent when the plug is pulled. It rejects if the phone is restarting already.
   */
  onPowerCut(restart: () => Promise<void>): void;
  /** A server requests that the phone look for new configuration files, or restart for them. */
  checkSync(reboot: boolean): void;
  /** Sets the function that does that. */
  onCheckSync(listener: (reboot: boolean) => void): void;
  /** The phone starts: it has power. */
  powerOn(): void;
  /** How long the plug stays out; 0 while it is in. */
  offMs(): number;
}

/** An environment that never changes: thousands of phones share it. */
export const STATIC_ENVIRONMENT: SimulatedEnvironment = {
  isConnected: () => true,
  setCable: () => {},
  onLink: () => {},
  cutPower: () => {},
  onPowerCut: () => {},
  checkSync: () => {},
  onCheckSync: () => {},
  powerOn: () => {},
  offMs: () => 0,
};

/** With a network and with power. */
export function createSimulatedEnvironment(): SimulatedEnvironment {
  return new Room();
}

class Room implements SimulatedEnvironment {
  #cable = true;
  #offMs = 0;
  #linkChanged = (): void => {};
  #checkSync = (_reboot: boolean): void => {};
  #restart: (() => Promise<void>) | null = null;

  isConnected(): boolean {
    return this.#cable && this.#offMs === 0;
  }

  setCable(plugged: boolean): void {
    if (plugged === this.#cable) return;
    this.#cable = plugged;
    this.#linkChanged();
  }

  onLink(listener: () => void): void {
    this.#linkChanged = listener;
  }

  cutPower(offMs: number): void {
    if (this.#restart === null || this.#offMs > 0) return;
    this.#offMs = offMs;
    this.#restart().catch(() => this.powerOn());
  }

  onPowerCut(restart: () => Promise<void>): void {
    this.#restart = restart;
  }

  checkSync(reboot: boolean): void {
    this.#checkSync(reboot);
  }

  onCheckSync(listener: (reboot: boolean) => void): void {
    this.#checkSync = listener;
  }

  powerOn(): void {
    this.#offMs = 0;
  }

  offMs(): number {
    return this.#offMs;
  }
}
