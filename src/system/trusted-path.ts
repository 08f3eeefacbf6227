/**
 * Checks who else may change the target of a path, as OpenSSH does before it trusts a file (docs/decisions/0031): owner
 * and mode of every folder on the way, of every link, and of what stands at its end.
 */
import { lstatSync, readFileSync, readlinkSync, type Stats, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve, sep } from "node:path";

/**
 * What stands at the end of the path.
 * folder: we write into it. file: we do what it says. secret: a file that others must not read either. phone: the phone's own
 * file, which the firmware's user may own along with its folder.
 */
export type PathRole = "folder" | "file" | "secret" | "phone";

export interface PathRisk {
  readonly path: string;
  /** Such as `every user may write to the folder /srv/phone: chmod o-w /srv/phone`. */
  readonly message: string;
  /** refuse: others could control the agent. warn: the operator should know. */
  readonly severity: "refuse" | "warn";
}

export function isRefused({ severity }: PathRisk): boolean {
  return severity === "refuse";
}

/** Our user, and the trusted users: root and ourselves. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** A user that has no number where we run: outside of our user namespace, as for the root folder of some containers. */
  isOutside(uid: number): boolean;
}

/** A link on the way to a file that we trust belongs to somebody who is neither root nor us. */
export class UntrustedLink extends Error {
  override readonly name = "UntrustedLink";
}

/** Null: a system without owners of files. */
export function ownIdentity(): Identity | null {
  if (process.geteuid === undefined || process.getegid === undefined) return null;
  return { uid: process.geteuid(), gid: process.getegid(), isOutside };
}

/**
 * What is wrong along the way, from the root folder on; what is not there yet is no risk. Never throws: unreadable
 * parts are reported when the path is opened.
 */
export function pathRisks(path: string, role: PathRole, identity = ownIdentity()): readonly PathRisk[] {
  if (identity === null) return [];
  const judge = createJudge(identity, role);
  const risks: PathRisk[] = [];
  try {
    walk(path, ({ at, status, parent, isLast }) => {
      if (status.isSymbolicLink()) risks.push(...judge.link(at, status, parent));
      else if (status.isDirectory()) risks.push(...judge.folder(at, status));
      else if (isLast) risks.push(...judge.file(at, status));
    });
  } catch {
    // As said above.
  }
  return risks;
}

/** Whether a file, folder or socket is of root or of ourselves; false where there is none. */
export function isOfOurs(path: string, identity = ownIdentity()): boolean {
  const status = statSync(path, { throwIfNoEntry: false });
  return identity === null || (status !== undefined && isTrusted(identity, status.uid));
}

/**
 * Where a path leads, through links, whether or not something is there.
 *
 * @throws UntrustedLink, or the error of the file system
 */
export function resolveTrusted(path: string, identity = ownIdentity()): string {
  return walk(path, ({ at, status, parent }) => {
    const problem = identity === null || !status.isSymbolicLink() ? null : linkProblem(identity, at, status, parent);
    if (problem !== null) throw new UntrustedLink(problem);
  });
}

interface Step {
  readonly at: string;
  readonly status: Stats;
  /** Of the folder that it stands in. */
  readonly parent: Stats;
  readonly isLast: boolean;
}

const MAX_LINKS = 40;

function walk(path: string, visit: (step: Step) => void): string {
  const rest = partsOf(resolve(path));
  let at: string = sep;
  let links = 0;
  let parent = lstatSync(at);
  visit({ at, status: parent, parent, isLast: false });
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === "..") {
      at = dirname(at);
      parent = lstatSync(at);
      continue;
    }
    const next = join(at, name);
    const status = lstatSync(next, { throwIfNoEntry: false });
    if (status === undefined) return join(next, ...rest);
    visit({ at: next, status, parent, isLast: rest.length === 0 });
    if (!status.isSymbolicLink()) {
      at = next;
      parent = status;
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) throw Object.assign(new Error("too many links"), { code: "ELOOP" });
    const target = readlinkSync(next);
    if (isAbsolute(target)) {
      at = sep;
      parent = lstatSync(at);
    }
    rest.unshift(...partsOf(target));
  }
  return at;
}

function partsOf(path: string): string[] {
  return path.split(sep).filter((part) => part !== "" && part !== ".");
}

const STICKY = 0o1000;
const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
const GROUP_READS = 0o040;
const OTHERS_READ = 0o004;

/** What root does for others is worse than what they could do themselves: then it is refused, else told. */
function createJudge(identity: Identity, role: PathRole) {
  const usual: PathRisk["severity"] = identity.uid === 0 ? "refuse" : "warn";
  const byOwner = role === "phone" ? "warn" : usual;
  const isOwnGroup = (gid: number) => gid === 0 || gid === identity.gid || identity.isOutside(gid);
  const owned = (path: string, what: string, { uid }: Stats, severity: PathRisk["severity"]): readonly PathRisk[] =>
    isTrusted(identity, uid)
      ? []
      : [{ path, severity, message: `the ${what} ${path} belongs to user ${uid}: chown ${identity.uid} ${path}` }];
  const writable = (path: string, what: string, { mode, gid }: Stats, severity: PathRisk["severity"]) => {
    if ((mode & OTHERS_WRITE) !== 0)
      return [{ path, severity, message: `every user may write to the ${what} ${path}: chmod go-w ${path}` }];
    if ((mode & GROUP_WRITES) === 0 || isOwnGroup(gid)) return [];
    return [{ path, severity, message: `group ${gid} may write to the ${what} ${path}: chmod g-w ${path}` }];
  };
  return {
    folder: (path: string, status: Stats): readonly PathRisk[] => [
      ...owned(path, "folder", status, byOwner),
      ...((status.mode & STICKY) === 0 ? writable(path, "folder", status, usual) : []),
    ],
    link(path: string, status: Stats, parent: Stats): readonly PathRisk[] {
      const message = linkProblem(identity, path, status, parent);
      return message === null ? [] : [{ path, severity: "refuse", message }];
    },
    file(path: string, status: Stats): readonly PathRisk[] {
      // The firmware writes it as it likes; whether it is one, and has one name, is seen when it is opened.
      if (role === "phone" || role === "folder") return [];
      const readers = role !== "secret" ? 0 : OTHERS_READ | (isOwnGroup(status.gid) ? 0 : GROUP_READS);
      const severity = (status.mode & OTHERS_WRITE) === 0 ? usual : "refuse";
      return [
        ...owned(path, "file", status, usual),
        ...writable(path, "file", status, severity),
        ...((status.mode & readers) === 0
          ? []
          : [
              {
                path,
                severity: "warn" as const,
                message: `others may read the secret file ${path}: chmod go-rwx ${path}`,
              },
            ]),
      ];
    },
  };
}

function isTrusted({ uid, isOutside: outside }: Identity, owner: number): boolean {
  return owner === 0 || owner === uid || outside(owner);
}

/** Null: only root and we could have created it. */
function linkProblem(identity: Identity, path: string, { uid }: Stats, parent: Stats): string | null {
  const isOpen = (parent.mode & OTHERS_WRITE) !== 0 && (parent.mode & STICKY) === 0;
  const others = [uid, parent.uid].find((owner) => !isTrusted(identity, owner));
  if (others === undefined && !isOpen) return null;
  const who = others === undefined ? "every user" : `user ${others}`;
  return `${who} may change the link ${path}: use the path that it leads to instead`;
}

/** Such owners are shown as one number, which is nobody's in here unless all numbers are. */
function isOutside(id: number): boolean {
  try {
    const shown = Number(readFileSync("/proc/sys/kernel/overflowuid", "utf8"));
    const [line = ""] = readFileSync("/proc/self/uid_map", "utf8").trim().split("\n");
    const [, , count = "0"] = line.trim().split(/\s+/);
    return id === shown && Number(count) < 4_294_967_295;
  } catch {
    return false;
  }
}
