#!/bin/sh
# A phone in POSIX shell, to begin your own with. `phone.sh read`, `phone.sh apply` and so on are its hooks: docs/hooks.md says
# what each reads, prints and answers with its exit code. Needs sed, awk, grep, sync and nothing else; runs in dash and BusyBox ash.
#
# What is yours to change: pairs_of_phone (what the phone knows), store_pairs and refused (what becomes of settings), and the
# commands at the end. The first part, which turns JSON lines into `key<tab>value` and back, can stay as it is.

set -eu
# Values are UTF-8; taken as bytes they pass unchanged, whatever they hold.
LC_ALL=C
export LC_ALL

TAB=$(printf '\t')
MARK=$(printf '\001')

# --- JSON lines -----------------------------------------------------------------------------------------------------------

# {"key":"K"} on each line → K
keys() {
  sed -n 's/^{"key":"\([^"]*\)"}$/\1/p'
}

# {"key":"K","value":"V"} on each line → K<tab>V. The agent writes them in exactly this form, and escapes `"`, `\` and control
# characters, of which a value can hold none but tabs. `\\` goes first and comes back last, so that `\\t` is no tab.
pairs() {
  sed -n "s/^{\"key\":\"\([^\"]*\)\",\"value\":\"\(.*\)\"}\$/\1$TAB\2/p" |
    sed -e "s/\\\\\\\\/$MARK/g" -e 's/\\"/"/g' -e "s/\\\\t/$TAB/g" -e "s/$MARK/\\\\/g"
}

# K<tab>V on each line → {"key":"K","value":"V"}
json() {
  sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e "s/$TAB/\",\"value\":\"/" -e "s/$TAB/\\\\t/g" -e 's/^/{"key":"/' -e 's/$/"}/'
}

# One text out of the single line that reboot, install and produce read: text_of path
text_of() {
  sed -n "s/^{.*\"$1\":\"\(\([^\"\\\\]\|\\\\.\)*\)\".*}\$/\1/p" | sed -e "s/\\\\\\\\/$MARK/g" -e 's/\\"/"/g' -e "s/$MARK/\\\\/g"
}

# Reads keys, a blank line and pairs; prints the pairs that have one of the keys.
select_pairs() {
  awk -F'\t' '!isPairs && $0 == "" { isPairs = 1; next } !isPairs { wanted[$0] = 1; next } $1 in wanted'
}

# --- the phone ------------------------------------------------------------------------------------------------------------

PHONE=${PHONE_FOLDER:-phone-store}
SETTINGS=$PHONE/settings
mkdir -p "$PHONE"
[ -e "$SETTINGS" ] || : >"$SETTINGS"
[ -e "$PHONE/version" ] || echo 1.0.0 >"$PHONE/version"
[ -e "$PHONE/started" ] || date +%s >"$PHONE/started"

setting() {
  sed -n "s/^$1$TAB//p" "$SETTINGS"
}

line_state() {
  case $(setting "Config.Account$1.GENERAL.Enable") in
    '' | 0) echo Disabled ;;
    *) if [ -n "$(setting "Config.Account$1.SIP.Server")" ]; then echo Up; else echo Initializing; fi ;;
  esac
}

# Everything that the phone knows, but for its up time, which changes all the time. What it leaves out, such as addresses,
# the agent answers for this host.
pairs_of_phone() {
  cat "$SETTINGS"
  printf 'Status.Phone.General.SoftwareVersion\t%s\n' "$(cat "$PHONE/version")"
  for account in 1 2 3; do
    printf 'Status.Account%s.Line.State\t%s\n' "$account" "$(line_state "$account")"
  done
}

up_time() {
  printf 'Status.Phone.General.UpTime\t%s\n' "$(($(date +%s) - $(cat "$PHONE/started")))"
}

# Not every sync takes files and folders; one that does not writes everything.
durable() {
  sync "$1" 2>/dev/null || sync
}

# Reads pairs; makes them the phone's, all or none: readers find the old file or the new one. When it ends, a power cut takes
# nothing back any more.
store_pairs() {
  { cat; echo; cat "$SETTINGS"; } |
    awk -F'\t' '!isOld && $0 == "" { isOld = 1; next } !isOld { changed[$1] = 1; print; next } !($1 in changed)' >"$SETTINGS.new"
  durable "$SETTINGS.new"
  mv "$SETTINGS.new" "$SETTINGS"
  durable "$PHONE"
}

# Of the pairs in $1, the keys that this phone does not take: user names with a blank.
refused() {
  printf '%s\n' "$1" | sed -n "s/^\(Config\.Account[0-9]*\.GENERAL\.UserName\)$TAB.* .*/{\"key\":\"\1\"}/p"
}

apply() {
  input=$(cat)
  changes=$(printf '%s\n' "$input" | pairs)
  # Every line must have been understood: half of a change is none.
  [ "$(printf '%s\n' "$input" | wc -l)" -eq "$(printf '%s\n' "$changes" | wc -l)" ] || {
    echo 'a line is not in the form that is expected' >&2
    exit 3
  }
  refusal=$(refused "$changes")
  if [ -n "$refusal" ]; then
    # Which keys, and why; never the value, which may be a secret.
    printf '%s\n' "$refusal"
    echo 'a user name must not hold a blank' >&2
    exit 7
  fi
  settings=$(printf '%s\n' "$changes" | sed -n '/^Config\./p')
  [ -z "$settings" ] || printf '%s\n' "$settings" | store_pairs
  printf '%s\n' "$changes" | sed -n "s/^Action\.Account\([0-9]*\)\.Line\.Reset$TAB.*/\1/p" | while read -r account; do
    echo "line $account registers again" >&2
  done
  # The network of this phone changes when it starts.
  case $settings in *Config.Network.LAN.*) exit 100 ;; esac
}

watch() {
  before=$(pairs_of_phone)
  while sleep 1; do
    now=$(pairs_of_phone)
    [ "$now" != "$before" ] || continue
    # The pairs that were not there before.
    { printf '%s\n\n%s\n' "$before" "$now"; } |
      awk '!isNow && $0 == "" { isNow = 1; next } !isNow { old[$0] = 1; next } !($0 in old)' | json
    before=$now
  done
}

install() {
  path=$(text_of path)
  case $(head -n 1 "$path") in
    'example firmware '*) head -n 1 "$path" | sed 's/^example firmware //' >"$PHONE/version.next" ;;
    *)
      echo 'the file does not begin with "example firmware" and a version' >&2
      exit 18
      ;;
  esac
  exit 100
}

reboot() {
  [ ! -e "$PHONE/version.next" ] || mv "$PHONE/version.next" "$PHONE/version"
  date +%s >"$PHONE/started"
}

case ${1:-} in
  read)
    { keys; echo; pairs_of_phone; up_time; } | select_pairs | json
    ;;
  apply) apply ;;
  watch) watch ;;
  install) install ;;
  reboot) reboot ;;
  factoryReset) : >"$SETTINGS" ;;
  produce) sed "s/$TAB/ = /" "$SETTINGS" ;;
  set)
    # For you, not for the agent: what a person does at the phone's keys.
    printf '%s\t%s\n' "$2" "$3" | store_pairs
    ;;
  *)
    echo "usage: $0 read|apply|watch|install|reboot|factoryReset|produce, or $0 set KEY VALUE" >&2
    exit 2
    ;;
esac
