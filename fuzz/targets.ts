import type { Target } from "./target.ts";
import { datagrams } from "./targets/datagrams.ts";
import { envelopes } from "./targets/envelopes.ts";
import { autop, yaml } from "./targets/files.ts";
import { http } from "./targets/http.ts";
import { sip } from "./targets/sip.ts";
import { xmpp } from "./targets/xmpp.ts";

/** In this process; the corpus of test/fixtures/fuzz is replayed on them by the tests. */
export const IN_PROCESS: readonly Target[] = [envelopes, datagrams, autop, yaml, xmpp, sip];
/** `http` needs the built product. */
export const TARGETS: readonly Target[] = [...IN_PROCESS, http];
