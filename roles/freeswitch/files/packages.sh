# shellcheck shell=sh
# Install FreeSWITCH's packages from a repository with a login. The token comes on the standard input and goes into one file of
# apt's that root alone can read. Arguments: repository (ending in /), suite, the oldest version that will do, where the file
# system begins ('' but for tests), then the packages. The last line on the standard error is a sentence.
set -eu
umask 022
LC_ALL=C
export LC_ALL DEBIAN_FRONTEND=noninteractive
repository=$1
suite=$2
oldest=$3
root=$4
shift 4
auth=$root/etc/apt/auth.conf.d/dialtone-freeswitch.conf
source=$root/etc/apt/sources.list.d/dialtone-freeswitch.sources
key=$root/etc/apt/keyrings/dialtone-freeswitch.gpg
policy=$root/usr/sbin/policy-rc.d

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}
work=$(mktemp -d)
held=''
tidy() {
  rm -rf "$work"
  [ -z "$held" ] || rm -f "$policy"
}
trap tidy EXIT
trap 'exit 1' HUP INT TERM

IFS= read -r token || [ -n "$token" ] || fail 'freeswitch_token: nothing was given.'
mkdir -p "${auth%/*}" "${source%/*}" "${key%/*}" "${policy%/*}" "$root/etc/freeswitch"

# Without https:// apt sends a login only where the file says so.
machine=${repository#https://}
(
  umask 077
  printf 'machine %s\nlogin signalwire\npassword %s\n' "$machine" "$token" >"$auth.new"
)
mv -f "$auth.new" "$auth"
unset token

refused() { # SAID: whether the login was refused
  printf '%s' "$1" | grep -Eq '(^|[^0-9])40[13]([^0-9]|$)'
}
if ! said=$(/usr/lib/apt/apt-helper -o Acquire::Retries=0 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 \
  download-file "${repository}signalwire-freeswitch-repo.gpg" "$work/key" 2>&1); then
  refused "$said" && fail "freeswitch_token: $repository refuses it. Make a personal access token in the SignalWire space, and give that."
  fail "freeswitch_repository: its key could not be fetched: $(printf '%s\n' "$said" | grep '^E:' | head -n 1). Check that the host reaches $repository."
fi
install -m 0644 "$work/key" "$key"

printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' "$repository" "$suite" "$key" >"$source.new"
mv -f "$source.new" "$source"

if ! said=$(apt-get -q -o DPkg::Lock::Timeout=120 -o Acquire::Retries=1 update --error-on=any 2>&1); then
  refused "$said" && fail "freeswitch_token: $repository refuses it. Make a personal access token in the SignalWire space, and give that."
  case $said in
    *"does not have a Release file"*) fail "freeswitch_repository: $repository has nothing for '$suite': use a release of Debian that it has." ;;
  esac
  fail "The package lists could not be read: $(printf '%s\n' "$said" | grep '^E:' | head -n 1) Run apt-get update on the host to see more."
fi

candidate=$(apt-cache policy freeswitch | sed -n 's/^ *Candidate: *//p')
case $candidate in
  '' | '(none)') fail "freeswitch_repository: $repository has no package freeswitch for '$suite'." ;;
esac
# 1.11.2~release~9~… is what 1.11.2 is called there, though it sorts before it.
version=$(printf '%s\n' "$candidate" | sed 's/^[0-9]*://; s/[~+-].*//')
dpkg --compare-versions "$version" ge "$oldest" ||
  fail "freeswitch_repository: $repository offers FreeSWITCH $version, and the role needs $oldest or newer."

# What is there is not taken for a first installation, which would bring the sample configuration.
[ -e "$root/etc/freeswitch/README.dialtone" ] ||
  echo 'FreeSWITCH reads the directory dialtone alone.' >"$root/etc/freeswitch/README.dialtone"
# The packages start their service; not before it is configured.
if ! [ -e "$policy" ]; then
  held=yes
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 0755 "$policy"
fi
if ! said=$(apt-get -qq -o DPkg::Lock::Timeout=120 -y --no-install-recommends install "$@" </dev/null 2>&1); then
  fail "FreeSWITCH's packages could not be installed: $(printf '%s\n' "$said" | grep '^E:' | head -n 1)"
fi
echo "installed $version"
