/** CWMP versions and their namespaces (TR-069 A.6): 1.2, 1.3 and 1.4 share one namespace. */
export const CWMP_VERSIONS = ["1.0", "1.1", "1.2", "1.3", "1.4"] as const;
export type CwmpVersion = (typeof CWMP_VERSIONS)[number];

export const CWMP_NAMESPACES: Readonly<Record<CwmpVersion, string>> = {
  "1.0": "urn:dslforum-org:cwmp-1-0",
  "1.1": "urn:dslforum-org:cwmp-1-1",
  "1.2": "urn:dslforum-org:cwmp-1-2",
  "1.3": "urn:dslforum-org:cwmp-1-2",
  "1.4": "urn:dslforum-org:cwmp-1-2",
};

/** Of the namespaces that stand for a version and of those that ACSs take to do so: the standard has no `cwmp-1-3` and `cwmp-1-4`. */
const NAMESPACE = /^urn:dslforum-org:cwmp-1-([0-4])$/i;

/** The version that a namespace speaks when no UseCWMPVersion names one (3.7.4), or null for a foreign namespace. */
export function versionOfNamespace(namespace: string): CwmpVersion | null {
  const minor = NAMESPACE.exec(namespace)?.[1];
  return minor === undefined ? null : (CWMP_VERSIONS.find((version) => version === `1.${minor}`) ?? null);
}

/** Whether `version` has what came with `since`. */
export function isAtLeast(version: CwmpVersion, since: CwmpVersion): boolean {
  return CWMP_VERSIONS.indexOf(version) >= CWMP_VERSIONS.indexOf(since);
}

/** The version and all older ones, oldest first: what SupportedCWMPVersions lists (C-047). */
export function versionsUpTo(newest: CwmpVersion): readonly CwmpVersion[] {
  return CWMP_VERSIONS.filter((version) => isAtLeast(newest, version));
}
