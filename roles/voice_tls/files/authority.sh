#!/bin/sh
# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# The private certification authority, on the controller.
#
#   authority DIR [--check] show          prints its certificate; makes the authority if there is none
#   authority DIR sign NAME...            reads a certificate request, prints a certificate for these names (DNS:…, IP:…)
#
# DIR holds ca.pem and ca.key, for its owner alone. Several may run at once: what is there is never written again.
set -eu
umask 077
LC_ALL=C
export LC_ALL

days=3650 leaf_days=397
work=''

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

trap '[ -z "$work" ] || rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

directory=$1 check=''
shift
if [ "$1" = --check ]; then
    check=yes
    shift
fi
verb=$1
shift

if [ -n "$check" ]; then
    [ ! -e "$directory/ca.pem" ] || cat "$directory/ca.pem"
    exit 0
fi

command -v openssl >/dev/null || fail "openssl is not on the controller: install it."
mkdir -p "$directory" 2>/dev/null || true
[ -w "$directory" ] ||
    fail "voice_tls.directory: $directory cannot be written to on the controller: give another directory."
work=$(mktemp -d "$directory/.work.XXXXXX")
cat >"$work/config" <<'CONFIG'
[req]
distinguished_name = name
prompt = no
[name]
CN = dialtone voice authority
[authority]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
CONFIG

if [ ! -e "$directory/ca.key" ]; then
    chmod 0700 "$directory"
    [ ! -e "$directory/ca.pem" ] ||
        fail "voice_tls.directory: $directory has ca.pem, but not its ca.key: bring the key back from a backup, or move ca.pem away for another authority."
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$work/ca.key" 2>/dev/null
    ln "$work/ca.key" "$directory/ca.key" 2>/dev/null || [ -e "$directory/ca.key" ]
    echo '*' >"$directory/.gitignore" # so that the key is not committed by oversight
fi
case $(ls -l "$directory/ca.key") in
    -r?-------*) ;;
    *) fail "voice_tls.directory: others can read $directory/ca.key: run chmod 600 on it, and think of who has read it." ;;
esac
if [ ! -e "$directory/ca.pem" ]; then
    openssl req -x509 -new -key "$directory/ca.key" -config "$work/config" -extensions authority -sha256 -days "$days" \
        -out "$work/ca.pem"
    ln "$work/ca.pem" "$directory/ca.pem" 2>/dev/null || [ -e "$directory/ca.pem" ]
fi
openssl x509 -in "$directory/ca.pem" -noout -checkend 2592000 >/dev/null ||
    fail "voice_tls.directory: the authority in $directory ends on $(openssl x509 -in "$directory/ca.pem" -noout -enddate | cut -d= -f2): move ca.pem and ca.key away, run again, and give the telephones the new ca.pem."

case $verb in
    show) cat "$directory/ca.pem" ;;
    sign)
        names=$(printf '%s,' "$@")
        cat >"$work/extensions" <<EXTENSIONS
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth, clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = ${names%,}
EXTENSIONS
        openssl x509 -req -CA "$directory/ca.pem" -CAkey "$directory/ca.key" -set_serial "0x$(openssl rand -hex 15)" \
            -sha256 -days "$leaf_days" -extfile "$work/extensions" -out "$work/leaf" 2>"$work/complaints" ||
            fail "the certificate request was not signed: $(cat "$work/complaints")"
        cat "$work/leaf"
        ;;
    *) fail "authority: '$verb' is neither show nor sign." ;;
esac
