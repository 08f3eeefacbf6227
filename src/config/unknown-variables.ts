import type { Finding } from "../cwmp/findings.ts";
import { nearest } from "../system/nearest.ts";
import type { Environment } from "./environment.ts";
import type { OptionRow } from "./option-table.ts";
import { VARIABLE_PREFIX } from "./options.ts";
import { ENVIRONMENT } from "./settings-tree.ts";

/** Names with our prefix that are no settings: the settings file, and what the installed program and hooks are told by. */
const OTHERS: ReadonlySet<string> = new Set(["CONFIG", "NODE", "WRITE_CODE", "HOOK"]);

/** What Kubernetes and links of Docker make up for a service or container that is called like this program. */
const OF_A_SERVICE =
  /^(?:.+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_.+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_.+)?)?|NAME|ENV_.+)$/;

/** A mistyped variable would otherwise change nothing, in silence. Its value, which may be a secret, is not shown. */
export function unknownVariables(rows: readonly OptionRow[], env: Environment): Finding[] {
  const prefixed = (name: string): boolean => name.startsWith(VARIABLE_PREFIX);
  const plain = (name: string): string => name.slice(VARIABLE_PREFIX.length);
  const known = new Set(rows.flatMap(({ environment }) => (environment === null ? [] : plain(environment))));
  return Object.keys(env)
    .filter(prefixed)
    .map(plain)
    .filter((name) => !known.has(name) && !OTHERS.has(name) && !OF_A_SERVICE.test(name))
    .sort()
    .map((name) => {
      const near = nearest(name, known);
      const hint =
        near === null
          ? "check-config --variables lists those that there are"
          : `did you mean ${VARIABLE_PREFIX}${near}?`;
      const message = `there is no setting for the environment variable ${VARIABLE_PREFIX}${name}: ${hint}`;
      return { file: ENVIRONMENT, line: 0, column: 0, code: "UNKNOWN_VARIABLE", message };
    });
}
