import type { ApiParts } from "../../control/api.ts";
import type { Served } from "../../control/fleet/fleet-control.ts";
import type { PhoneKind } from "../../daemon/phones/phone-kind.ts";
import type { ProcessPorts } from "../../daemon/phones/shared-parts.ts";

export interface PhonePagesOptions extends Pick<ProcessPorts, "clock" | "scheduler" | "log"> {
  readonly name: string;
  readonly kind: PhoneKind;
  readonly api: ApiParts;
}

/** The pages of a single phone, for one of a fleet. What they are made of is loaded once somebody may look at them. */
export async function loadPhonePages(): Promise<(options: PhonePagesOptions) => Served> {
  const { createApi } = await import("../../control/api.ts");
  const { inPhone } = await import("../../control/fleet/fleet-api.ts");
  const { createPagesBelow } = await import("../../web/app.ts");
  const { abovePhone } = await import("../../web/fleet/frame.ts");
  return ({ name, kind: { model }, api, clock, scheduler, log }) => {
    const { agent, sessions, version } = api;
    const { local, history } = agent;
    const parts = { ...{ local, history, sessions, model, version, clock, scheduler, log }, api: createApi(api) };
    return createPagesBelow(parts, { base: `/phones/${name}`, title: name, above: abovePhone(name), getPath: inPhone });
  };
}
