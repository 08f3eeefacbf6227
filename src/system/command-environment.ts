/** The variables that programs started by the agent receive: the others may hold secrets. */
const PASSED_ON: readonly string[] = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"];
const PLAIN_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment of a program that the agent starts: what it needs to find its way, and what is added.
 *
 * @param env of the agent, as `process.env`
 */
export function commandEnvironment(
  env: Environment,
  added: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return { PATH: PLAIN_PATH, ...only(env, (name) => PASSED_ON.includes(name)), ...added };
}

/** The prefix of the variables that override a setting. */
const OWN_PREFIX = "AKUVOX_CPE_";

/** Of a plug-in, which may have variables of its own: all but the agent's settings, passwords among them. */
export function plugInEnvironment(env: Environment): Record<string, string> {
  return only(env, (name) => !name.startsWith(OWN_PREFIX));
}

function only(env: Environment, isMeant: (name: string) => boolean): Record<string, string> {
  const entries = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && isMeant(name) ? [[name, value] as const] : [],
  );
  return Object.fromEntries(entries);
}
