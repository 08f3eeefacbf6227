import { createTestCa } from "../../test/helpers/certificates.ts";
import { type CampaignAcs, startAcs } from "./acs.ts";

/**
 * ACSs that trials take one after the other. Their ports stay, so that a phone which was prepared under one of them can be
 * used again under the same.
 */
export interface AcsPool {
  take(secured: boolean): Promise<CampaignAcs>;
  giveBack(acs: CampaignAcs): void;
  close(): Promise<void>;
}

export async function openAcsPool(): Promise<AcsPool> {
  const authority = await createTestCa();
  const certificate = { ...(await authority.issue(["127.0.0.1"])), ca: authority.ca };
  const all: CampaignAcs[] = [];
  const free: CampaignAcs[] = [];
  return {
    async take(secured) {
      const at = free.findIndex(({ ca }) => (ca !== null) === secured);
      const [known] = at < 0 ? [] : free.splice(at, 1);
      if (known !== undefined) return known;
      const acs = await startAcs(secured ? certificate : null);
      all.push(acs);
      return acs;
    },
    giveBack: (acs) => void free.push(acs),
    async close() {
      await Promise.all(all.map((acs) => acs.close()));
    },
  };
}
