#!/bin/sh
# Installs or upgrades akuvox-cpe. Needs no network; run as root. Settings and state that are there stay as they are.
set -eu
# Created files are readable by everyone unless stated otherwise.
umask 022

usage() {
  cat <<'TEXT'
usage: ./install.sh [options]
  --prefix DIR   where the program goes (default /usr/local: DIR/lib/akuvox-cpe, DIR/bin/akuvox-cpe)
  --root DIR     install below DIR, for an image of another machine: nothing is started, stopped or tried out
  --etc DIR      settings (default /etc/akuvox-cpe)
  --state DIR    state (default /var/lib/akuvox-cpe)
  --node FILE    the node to use, 20.18.1 or later (default: the first in the PATH)
  --init KIND    systemd, busybox, procd or none (default: what is found)
An upgrade takes --etc, --state and --init from what is installed, unless they are given.
TEXT
}

fail() {
  echo "install.sh: $1" >&2
  exit 1
}
# Like the program's own: 2 means a wrong command line.
misused() {
  echo "install.sh: $1" >&2
  exit 2
}

prefix=/usr/local root='' etc='' state='' node='' init=''
while [ $# -gt 0 ]; do
  case $1 in
    --help) usage; exit 0 ;;
    --prefix | --root | --etc | --state | --node | --init)
      [ $# -ge 2 ] || misused "$1 needs a value"
      case $1 in
        --prefix) prefix=$2 ;;
        --root) root=${2%/} ;;
        --etc) etc=$2 ;;
        --state) state=$2 ;;
        --node) node=$2 ;;
        --init) init=$2 ;;
      esac
      shift 2
      ;;
    *) usage >&2; misused "unknown option $1" ;;
  esac
done
here=$(cd "$(dirname "$0")" && pwd)
app=$prefix/lib/akuvox-cpe
version=$(cat "$here/VERSION")

if [ -r "$root$app/installed" ]; then
  for setting in $(cat "$root$app/installed"); do
    case $setting in
      etc=*) [ -n "$etc" ] || etc=${setting#*=} ;;
      state=*) [ -n "$state" ] || state=${setting#*=} ;;
      init=*) [ -n "$init" ] || init=${setting#*=} ;;
    esac
  done
fi
[ -n "$etc" ] || etc=/etc/akuvox-cpe
[ -n "$state" ] || state=/var/lib/akuvox-cpe
for folder in "$prefix" "$etc" "$state"; do
  case $folder in
    /*[!A-Za-z0-9._/-]* | [!/]* | '') misused "$folder: an absolute path of letters, digits, . _ - and / is needed" ;;
    */../* | */..) misused "$folder: a path without .. is needed" ;;
  esac
done
# They are removed as a whole by uninstall.sh --purge.
for folder in "$etc" "$state"; do
  case ${folder%/} in
    */*/?*) ;;
    *) misused "$folder: a folder of its own is needed, such as /var/lib/akuvox-cpe" ;;
  esac
done

# The node of an image for another machine cannot be asked.
if [ -z "$root" ]; then
  [ -n "$node" ] || node=$(command -v node) || fail "there is no node: install Node.js 20.18.1 or later, or say --node FILE"
  wanted=$node
  node=$(command -v "$wanted") || fail "there is no $wanted"
  case $node in
    /*) ;;
    *) node=$(cd "$(dirname "$node")" && pwd)/$(basename "$node") ;;
  esac
  found=$("$node" --version 2>/dev/null) || fail "$node cannot be run on this machine"
  "$node" -e 'const [a, b, c] = process.versions.node.split(".").map(Number);
    process.exit(a > 20 || (a === 20 && (b > 18 || (b === 18 && c >= 1))) ? 0 : 1)' ||
    fail "$node is $found: 20.18.1 or later is needed"
fi

guessed=''
if [ -z "$init" ]; then
  guessed=1
  if [ -e "$root/sbin/procd" ]; then init=procd
  elif [ -d "$root/run/systemd/system" ] || [ -x "$root/lib/systemd/systemd" ] || [ -x "$root/usr/lib/systemd/systemd" ]; then init=systemd
  elif [ -d "$root/etc/init.d" ]; then init=busybox
  else init=none
  fi
fi
case $init in systemd | busybox | procd | none) ;; *) misused "--init is systemd, busybox, procd or none, not $init" ;; esac

if [ "$init" = systemd ] && [ -z "$root" ]; then
  case $(readlink -f "$node") in
    /home/* | /root/* | /run/user/*) fail "$node: the service does not see into home folders: put node elsewhere, or say --init none" ;;
  esac
fi

filled() {
  sed -e "s|@BIN@|$prefix/bin|g" -e "s|@APP@|$app|g" -e "s|@ETC@|$etc|g" -e "s|@STATE@|$state|g" "$here/$1"
}

# service running|stop|start: of the version that is installed already.
service() {
  [ -z "$root" ] || return 1
  if [ "$init" = systemd ]; then
    [ -d /run/systemd/system ] || return 1
    case $1 in
      running) systemctl is-active --quiet akuvox-cpe ;;
      *) systemctl "$1" akuvox-cpe ;;
    esac
  else
    [ -x /etc/init.d/akuvox-cpe ] || return 1
    case $1 in
      running) /etc/init.d/akuvox-cpe status >/dev/null 2>&1 ;;
      *) /etc/init.d/akuvox-cpe "$1" >/dev/null ;;
    esac
  fi
}

was_running=
# A failed upgrade leaves what was there, running as before.
finish() {
  status=$?
  rm -rf "$root$app.new"
  if [ ! -e "$root$app" ] && [ -d "$root$app.old" ]; then mv "$root$app.old" "$root$app"; fi
  if [ "$status" -ne 0 ] && [ -n "$was_running" ] && ! service running; then service start || true; fi
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

# The new program is complete before it takes the place of the old one.
mkdir -p "$root$prefix/lib" "$root$prefix/bin"
if [ -d "$root$app" ]; then rm -rf "$root$app.old"; fi
rm -rf "$root$app.new"
cp -R "$here/app" "$root$app.new"
cp "$here/VERSION" "$here/README.md" "$here/LICENSE" "$here/THIRD-PARTY.txt" "$here/uninstall.sh" "$root$app.new/"
cp "$here/config.example.yaml" "$here/config.schema.json" "$root$app.new/"
cp -R "$here/docs" "$here/examples" "$here/deploy" "$root$app.new/"
printf 'prefix=%s etc=%s state=%s init=%s\n' "$prefix" "$etc" "$state" "$init" >"$root$app.new/installed"
if [ -z "$root" ]; then
  echo "$node" >"$root$app.new/node-path"
  # Not every node knows every flag: unsupported ones are left out.
  good=''
  while read -r flag; do
    if "$node" "$flag" -e 0 >/dev/null 2>&1; then good="$good $flag"; fi
  done <"$here/node-flags"
  echo "${good# }" >"$root$app.new/node-flags"
  # The phone may lose its power at any moment.
  sync
else
  [ -z "$node" ] || echo "$node" >"$root$app.new/node-path"
fi
if service running; then
  was_running=1
  service stop
fi
if [ -d "$root$app" ]; then mv "$root$app" "$root$app.old"; fi
mv "$root$app.new" "$root$app"
rm -rf "$root$app.old"
ln -sf "../lib/akuvox-cpe/bin/akuvox-cpe" "$root$prefix/bin/akuvox-cpe"

if [ -z "$root" ]; then
  # shellcheck disable=SC2046
  if ! env MALLOC_ARENA_MAX=1 "$node" $(cat "$app/node-flags") "$app/dist/cli/compile.cjs"; then
    echo "install.sh: a simulated phone could not hold a session with an ACS on 127.0.0.1: is loopback up, is /tmp writable?" >&2
    echo "install.sh: the program is installed, but starts slower without its compiled code" >&2
  fi
fi

mkdir -p "$root$etc" "$root$state"
chmod 700 "$root$state"
cp "$here/config.example.yaml" "$here/config.schema.json" "$root$etc/"
if [ ! -e "$root$etc/config.yaml" ]; then
  filled config.yaml >"$root$etc/config.yaml"
  chmod 600 "$root$etc/config.yaml"
fi

case $init in
  systemd)
    mkdir -p "$root/etc/systemd/system"
    unit=$root/etc/systemd/system/akuvox-cpe.service
    # An earlier unit had these: they are kept for existing installations, until this file is removed.
    if [ -e "$unit" ] && grep -q "^CapabilityBoundingSet=.*CAP_DAC_OVERRIDE" "$unit" && [ ! -e "$unit.d/phone-file.conf" ]; then
      mkdir -p "$unit.d"
      printf '[Service]\n# For a phone file of another user. Remove this file where it belongs to root.\n%s\n' \
        'CapabilityBoundingSet=CAP_DAC_OVERRIDE CAP_FOWNER CAP_CHOWN' >"$unit.d/phone-file.conf"
      echo "the rights for a phone file of another user are in $unit.d/phone-file.conf: remove it where that file belongs to root"
    fi
    filled akuvox-cpe.service >"$root/etc/systemd/system/akuvox-cpe.service"
    if [ -z "$root" ] && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
    begin='systemctl enable --now akuvox-cpe'
    ;;
  procd | busybox)
    mkdir -p "$root/etc/init.d"
    if [ "$init" = procd ]; then filled akuvox-cpe.procd; else filled akuvox-cpe.init; fi >"$root/etc/init.d/akuvox-cpe"
    chmod 755 "$root/etc/init.d/akuvox-cpe"
    begin='/etc/init.d/akuvox-cpe start'
    # Started with the machine: what procd and the init scripts of Debian want for that.
    if [ "$init" = procd ]; then begin="/etc/init.d/akuvox-cpe enable && $begin"
    elif [ -z "$root" ] && command -v update-rc.d >/dev/null 2>&1; then begin="update-rc.d akuvox-cpe defaults && $begin"
    fi
    # BusyBox's rcS starts what is called S…; update-rc.d and procd have their own ways.
    if [ "$init" = busybox ] && [ -e "$root/etc/init.d/rcS" ] && [ ! -e "$root/etc/init.d/rc" ]; then
      ln -sf akuvox-cpe "$root/etc/init.d/S95akuvox-cpe"
    fi
    ;;
  none) begin="akuvox-cpe run --config $etc/config.yaml" ;;
esac

echo "akuvox-cpe $version is installed in $root$app: program $root$prefix/bin/akuvox-cpe, settings $root$etc/config.yaml, state $root$state"
case $init in
  systemd) echo "service: $root/etc/systemd/system/akuvox-cpe.service" ;;
  procd | busybox) echo "service: $root/etc/init.d/akuvox-cpe" ;;
  none) [ -z "$guessed" ] || echo "service: none, as no procd, systemd or /etc/init.d was found${root:+ below $root} (--init says which there will be)" ;;
esac
if [ -n "$root" ]; then
  echo "nothing was started: on the machine itself, edit $etc/config.yaml, then: $begin"
  exit 0
fi
if [ -n "$was_running" ]; then
  service start
  echo "it was running and has been started again"
else
  echo "now edit $etc/config.yaml, then: $begin"
fi
