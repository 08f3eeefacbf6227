#!/bin/sh
# Removes akuvox-cpe: found as lib/akuvox-cpe/uninstall.sh below the prefix. Settings and state stay, unless --purge.
set -eu

purge='' root=''
while [ $# -gt 0 ]; do
  case $1 in
    --purge) purge=1; shift ;;
    --root)
      [ $# -ge 2 ] || { echo "uninstall.sh: --root needs a value" >&2; exit 2; }
      root=${2%/}
      shift 2
      ;;
    *) echo "usage: uninstall.sh [--purge] [--root DIR]   --purge: remove settings and state too" >&2; exit 2 ;;
  esac
done

here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
if [ ! -r "$here/installed" ]; then
  echo "uninstall.sh: nothing is installed here: run the one in PREFIX/lib/akuvox-cpe" >&2
  exit 1
fi
prefix='' etc='' state='' init=''
for setting in $(cat "$here/installed"); do
  case $setting in
    prefix=*) prefix=${setting#*=} ;;
    etc=*) etc=${setting#*=} ;;
    state=*) state=${setting#*=} ;;
    init=*) init=${setting#*=} ;;
  esac
done

case $init in
  systemd)
    if [ -z "$root" ] && [ -d /run/systemd/system ]; then systemctl disable --now akuvox-cpe || true; fi
    rm -f "$root/etc/systemd/system/akuvox-cpe.service" "$root/etc/systemd/system/akuvox-cpe.service.d/phone-file.conf"
    rmdir "$root/etc/systemd/system/akuvox-cpe.service.d" 2>/dev/null || true
    if [ -z "$root" ] && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
    ;;
  procd | busybox)
    if [ -z "$root" ] && [ -x /etc/init.d/akuvox-cpe ]; then /etc/init.d/akuvox-cpe stop || true; fi
    rm -f "$root/etc/init.d/akuvox-cpe" "$root/etc/init.d/S95akuvox-cpe"
    ;;
esac
rm -f "$root$prefix/bin/akuvox-cpe"
rm -rf "$root$prefix/lib/akuvox-cpe"
if [ -n "$purge" ]; then
  rm -rf "$root$etc" "$root$state"
  echo "akuvox-cpe is removed, with its settings and state"
else
  echo "akuvox-cpe is removed; $etc and $state are still there"
fi
