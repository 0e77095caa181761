#!/bin/sh
# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Puts the certificate and key of a telephony service into a directory that its group may read. The role voice_tls runs it,
# and so does the host itself when an ACME client has renewed a certificate.
#
#   dialtone-tls OPTIONS install          takes certificate, chain and key (PEM) from its standard input
#   dialtone-tls OPTIONS adopt            takes from there a certificate for the key made by "request" (or nothing, if the
#                                         present one stays), and after it that of the private authority
#   dialtone-tls OPTIONS follow LIVE      takes LIVE/fullchain.pem and LIVE/privkey.pem
#   dialtone-tls OPTIONS request NAME...  reads the private authority's certificate; if another certificate is needed for
#                                         these names (DNS:…, IP:…), makes a key and prints a certificate request
#
#   --directory DIR, --group GROUP, --carrier-ca FILE    where to, who may read it, whom the carrier's certificates are of
#   --check      changes nothing, only says what would change
#   --hooks      after a change runs what is in DIR/renewed.d
#
# Prints "changed NAME" for each file, and "warning …". What cannot be used is told on the standard error, before anything
# is changed. Keys appear in no argument, and nobody but the group can read them at any moment.
set -eu
umask 077
LC_ALL=C
export LC_ALL

directory='' group='' carrier_ca='' check='' hooks='' work=''
renew_seconds=2592000 # 30 days
warn_seconds=1209600 # 14 days

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

tidy() {
    [ -z "$work" ] || rm -rf "$work"
}
trap tidy EXIT
trap 'exit 1' HUP INT TERM

# Where files are prepared: in the directory itself, so that a rename puts them into their place.
prepare() {
    command -v openssl >/dev/null || {
        [ -z "$check" ] || { echo "changed certificate.pem"; exit 0; }
        fail "openssl is not on the host: install the package openssl."
    }
    if [ -n "$check" ]; then
        work=$(mktemp -d)
        return
    fi
    (umask 022 && mkdir -p "$(dirname "$directory")") # the group has to get through
    [ -d "$directory" ] || mkdir "$directory"
    rm -rf "$directory"/.work.*
    work=$(mktemp -d "$directory/.work.XXXXXX")
}

# Splits the standard input into certificates (cert.1, cert.2, …) and a key.
split() {
    awk -v work="$work" '
        /-----BEGIN CERTIFICATE-----/ { count++; file = work "/cert." count }
        /-----BEGIN .*PRIVATE KEY-----/ { file = work "/key" }
        file { print > file }
        /-----END / { file = "" }
    '
    count=0
    while [ -e "$work/cert.$((count + 1))" ]; do count=$((count + 1)); done
}

ends_on() {
    openssl x509 -in "$1" -noout -enddate | cut -d= -f2
}

# Whether a certificate and a key belong together.
match() {
    [ "$(openssl x509 -in "$1" -noout -pubkey 2>/dev/null)" = "$(openssl pkey -in "$2" -passin pass: -pubout 2>/dev/null)" ]
}

# check_pair CERTIFICATES KEY NAME-OF-THE-FIRST NAME-OF-THE-SECOND
check_pair() {
    openssl x509 -in "$1" -noout 2>/dev/null ||
        fail "$3: there is no certificate in it: give a PEM file that begins with -----BEGIN CERTIFICATE-----."
    [ -s "$2" ] ||
        fail "$4: there is no private key in it: give a PEM file that begins with -----BEGIN PRIVATE KEY-----."
    if grep -q ENCRYPTED "$2"; then
        fail "$4: the key has a passphrase, which nobody could enter: take it off with openssl pkey -in FILE -out NEW-FILE."
    fi
    openssl pkey -in "$2" -passin pass: -noout 2>/dev/null || fail "$4: the private key cannot be read: it is damaged."
    match "$1" "$2" ||
        fail "$4: the key does not belong to the first certificate in $3: give the key that the certificate was made for, and put the chain after the host's own certificate."
    openssl x509 -in "$1" -noout -checkend 0 >/dev/null ||
        fail "$3: the certificate ended on $(ends_on "$1"): renew it."
    if openssl verify -partial_chain -trusted "$1" "$1" 2>&1 | grep -q 'not yet valid'; then
        fail "$3: the certificate is not valid yet: see whether the clocks are right."
    fi
    openssl x509 -in "$1" -noout -checkend "$warn_seconds" >/dev/null ||
        echo "warning $3: the certificate ends on $(ends_on "$1"), in less than 14 days: renew it."
}

# Whether a prepared file is what is in its place.
same() {
    cmp -s "$work/$1" "$directory/$1" &&
        [ "$(stat -c %u:%g:%a "$work/$1")" = "$(stat -c %u:%g:%a "$directory/$1")" ]
}

give() {
    chgrp "$group" "$1" 2>/dev/null || [ -n "$check" ] ||
        fail "voice_tls_group: the group $group is not on the host: create it first, or install the package that does."
    chmod "$2" "$1"
}

# place CERTIFICATES KEY [AUTHORITY]
place() {
    [ -r "$carrier_ca" ] || [ -n "$check" ] ||
        fail "voice_tls.carrier_ca: $carrier_ca is not on the host: install ca-certificates, or give a file that is there."
    cat "$1" >"$work/certificate.pem"
    cat "$2" >"$work/key.pem"
    cat "$1" "$2" >"$work/agent.pem"
    cat "$carrier_ca" ${3:+"$3"} >"$work/carrier-ca.pem" 2>/dev/null || true
    names='key.pem certificate.pem agent.pem carrier-ca.pem'
    if [ -n "${3:-}" ]; then
        cat "$3" >"$work/ca.pem"
        names="$names ca.pem"
    fi
    for name in $names; do give "$work/$name" 0640; done
    [ -n "$check" ] || give_directory
    differing=''
    for name in $names; do same "$name" || differing="$differing $name"; done
    # The note stays until the hooks were run, even if we are killed before.
    [ -z "$hooks" ] || [ -z "$differing" ] || touch "$directory/.renewed"
    for name in $differing; do
        [ -n "$check" ] || mv -f "$work/$name" "$directory/$name"
        echo "changed $name"
    done
    if [ -z "${3:-}" ] && [ -e "$directory/ca.pem" ]; then
        [ -n "$check" ] || rm -f "$directory/ca.pem"
        echo "changed ca.pem"
    fi
    [ -n "$check" ] || rm -f "$directory/.key.pem"
    if [ -n "$hooks" ] && [ -e "$directory/.renewed" ]; then
        [ ! -d "$directory/renewed.d" ] || (umask 022 && run-parts --report "$directory/renewed.d")
        rm -f "$directory/.renewed"
    fi
}

give_directory() {
    before=$(stat -c %g:%a "$directory")
    give "$directory" 0750
    [ "$(stat -c %g:%a "$directory")" = "$before" ] || echo "changed ."
}

# take NAME-OF-THE-CERTIFICATES NAME-OF-THE-KEY
take() {
    split
    touch "$work/key"
    cat "$work"/cert.* >"$work/all" 2>/dev/null || :
    check_pair "$work/all" "$work/key" "$1" "$2"
    place "$work/all" "$work/key"
}

follow() {
    for file in "$1/fullchain.pem" "$1/privkey.pem"; do
        [ -r "$file" ] ||
            fail "voice_tls.live_directory: $file is not on the host: let the ACME client get a certificate first, or correct the path."
    done
    cat "$1/fullchain.pem" "$1/privkey.pem" | take "$1/fullchain.pem" "$1/privkey.pem"
}

adopt() {
    split
    [ "$count" -gt 0 ] || fail "dialtone-tls: adopt needs the certificate of the authority."
    authority="$work/cert.$count" certificate="$directory/certificate.pem" key="$directory/key.pem"
    if [ "$count" -gt 1 ]; then
        certificate="$work/cert.1" key="$directory/.key.pem"
    fi
    check_pair "$certificate" "$key" "$certificate" "$key"
    place "$certificate" "$key" "$authority"
}

# Whether what is there will do for those names.
will_do() {
    match "$directory/certificate.pem" "$directory/key.pem" || return 1
    openssl verify -CAfile "$work/cert.1" "$directory/certificate.pem" >/dev/null 2>&1 || return 1
    openssl x509 -in "$directory/certificate.pem" -noout -checkend "$renew_seconds" >/dev/null || return 1
    present=$(openssl x509 -in "$directory/certificate.pem" -noout -ext subjectAltName | tail -n +2 |
        tr -d ' ' | tr ',' '\n' | sed 's/^IPAddress:/IP:/' | sort)
    [ "$present" = "$(printf '%s\n' "$@" | sort)" ]
}

request() {
    split
    if [ -e "$directory/key.pem" ] && [ -e "$directory/certificate.pem" ] && [ "$count" -gt 0 ] && will_do "$@"; then
        return
    fi
    if [ -n "$check" ]; then
        echo needed
        return
    fi
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$work/.key.pem" 2>/dev/null
    # The authority takes the names from the controller, not from here.
    openssl req -new -key "$work/.key.pem" -subj "/CN=${1#*:}" -sha256 -out "$work/csr"
    mv -f "$work/.key.pem" "$directory/.key.pem"
    cat "$work/csr"
}

while [ $# -gt 0 ]; do
    case $1 in
        --directory) directory=$2; shift 2 ;;
        --group) group=$2; shift 2 ;;
        --carrier-ca) carrier_ca=$2; shift 2 ;;
        --check) check=yes; shift ;;
        --hooks) hooks=yes; shift ;;
        *) break ;;
    esac
done
verb=${1:-}
[ $# -eq 0 ] || shift
[ -z "$check" ] || hooks=''
[ -n "$directory" ] || fail "dialtone-tls: --directory is missing."
case $verb in
    install) prepare; take voice_tls.certificate voice_tls.key ;;
    adopt) prepare; adopt ;;
    follow) prepare; follow "$1" ;;
    request) prepare; request "$@" ;;
    *) fail "dialtone-tls: '$verb' is none of install, adopt, follow and request." ;;
esac
