import type { ActiveThrottle } from "./active-throttle.ts";
import type { ConnectionEndpoint } from "./connection-endpoint.ts";
import type { Feature } from "./feature.ts";
import type { Features } from "./features.ts";
import type { FileTransfers } from "./file-transfers.ts";
import type { Phone } from "./phone.ts";
import type { SettingsFollower } from "./settings-follower.ts";
import type { VersionChoice } from "./version-choice.ts";
import type { XmppFeature } from "./xmpp.ts";

/** The parts of a phone that has come up. */
export interface OpenedLife {
  readonly phone: Phone;
  readonly versions: VersionChoice;
  readonly features: readonly Feature[];
  readonly fileTransfers: FileTransfers;
  /** Those of `features` that others ask as well. */
  readonly own: Features;
  readonly throttle: ActiveThrottle;
  readonly endpoint: ConnectionEndpoint;
  readonly xmpp: XmppFeature;
  readonly follower: SettingsFollower;
}
