import type { LocalControl } from "../agent/local/local-control.ts";
import { ApiError } from "./problem.ts";

/** Throws ApiError TR069_OFF where an event would wait until somebody turns TR-069 on, and then surprise them. */
export async function requireAcs(local: Pick<LocalControl, "status">): Promise<void> {
  const { tr069Enabled, acsUrl } = await local.status();
  if (!tr069Enabled) throw new ApiError("TR069_OFF", "TR-069 is turned off: turn it on at the phone (tr069.enable)");
  if (acsUrl === "") throw new ApiError("TR069_OFF", "no ACS is set: set Device.ManagementServer.URL (tr069.acs.url)");
}
