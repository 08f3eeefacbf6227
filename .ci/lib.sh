# Shared functions of the scripts in this folder; read with `.`, in the repository's root, with `name` set for messages.
# shellcheck shell=bash
# shellcheck disable=SC2154

say() { echo "$name: $1 (${SECONDS} s)"; }
fail() { echo "$name: $1" >&2; exit 1; }

# need PROGRAM PACKAGE ...: installs the packages of those programs that are not there.
need() {
  local missing=()
  while (($# > 0)); do
    command -v "$1" >/dev/null || missing+=("$2")
    shift 2
  done
  if ((${#missing[@]} == 0)); then return 0; fi
  (($(id -u) == 0)) || fail "${missing[*]} cannot be installed: this needs root"
  echo "$name: installing ${missing[*]} ..."
  # Packages start servers where they can: none may run beside the tests.
  local -x DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  # Scripts that run at the same time install one after the other.
  (
    flock 9
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  ) 9>"/run/lock/akuvox-cpe-ci"
}

# forbidden: prints what the scripts with namespaces need and this machine does not permit; nothing where all is permitted.
forbidden() {
  if (($(id -u) != 0)); then echo "it needs root"
  elif ! unshare --mount --pid --uts --ipc --net --fork true 2>/dev/null; then echo "this machine does not permit namespaces"
  elif ! unshare --mount mount -t tmpfs tmpfs /mnt 2>/dev/null; then echo "this machine does not permit mounts"
  elif ! chroot / true 2>/dev/null; then echo "this machine does not permit chroot"
  fi
}

# not_run REASON: ends the script. In CI (CI set) that is a failure.
not_run() {
  echo "$name: NOT RUN: $1" >&2
  if [[ -n ${CI:-} ]]; then exit 1; else exit 0; fi
}

needs_permission() {
  local reason
  reason=$(forbidden)
  if [[ -n $reason ]]; then not_run "$reason"; fi
}

# debian_root FOLDER: a Debian with nothing but the essential packages; a copy of BASE_ROOT where there is one.
debian_root() {
  if [[ -n ${BASE_ROOT:-} ]]; then
    cp -a "$BASE_ROOT" "$1"
    return
  fi
  need debootstrap debootstrap
  local log=$1.log
  # Twice: a mirror may fail for a moment.
  debootstrap --variant=minbase bookworm "$1" >"$log" 2>&1 || debootstrap --variant=minbase bookworm "$1" >"$log" 2>&1 ||
    fail "debootstrap: $(tail -n 3 "$log")"
}
