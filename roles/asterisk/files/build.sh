# shellcheck shell=sh
# Build Asterisk and put it into place, as an unprivileged user and without any download. Arguments: the archive of Asterisk,
# its SHA-256; the archive of pjproject, its SHA-256; the version that has to result; the stamp of all this; then the
# modules. Until everything is built and looked at, nothing outside of the build folder changes. Messages are sentences.
set -u
archive=$1 archive_sum=$2 pjproject=$3 pjproject_sum=$4 version=$5 stamp=$6
shift 6
home=/var/cache/dialtone/build
user=dialtone-build
log=$home/build.log

fail() {
  echo "$1 Nothing of the Asterisk on this host was changed; the folder $home has the details."
  exit 1
}
as_user() { runuser -u "$user" -- env HOME="$home" LC_ALL=C PATH="$home/bin:/usr/bin:/bin" "$@"; }
check() {
  found=$(sha256sum <"$1" | cut -d ' ' -f 1)
  [ "$found" = "$2" ] || fail "The SHA-256 of $1 is $found, not $2 as asked for: it is another file, or a damaged one."
}

check "$archive" "$archive_sum"
check "$pjproject" "$pjproject_sum"
[ "$(df --output=avail -m /var/cache | tail -n 1)" -gt 1500 ] || fail 'Less than 1500 MB are free in /var/cache.'
getent passwd "$user" >/dev/null || useradd --system --home-dir "$home" --no-create-home --shell /usr/sbin/nologin "$user" || exit 1
rm -rf "$home"
install -d -m 0755 /var/cache/dialtone
install -d -o "$user" -g "$user" -m 0700 "$home" "$home/bin" "$home/source" "$home/externals" "$home/stage"

# The build of Asterisk fetches what it misses. It is to miss nothing.
printf '#!/bin/sh\necho "no downloads during the build: $*" >&2\nexit 1\n' >"$home/bin/fetch"
for name in wget curl; do cp "$home/bin/fetch" "$home/bin/$name"; done
chmod 0755 "$home/bin"/*

as_user tar -xf - -C "$home/source" --strip-components=1 <"$archive" 2>"$log.tar" ||
  as_user tar -xJf - -C "$home/source" --strip-components=1 <"$archive" 2>>"$log.tar" ||
  as_user tar -xzf - -C "$home/source" --strip-components=1 <"$archive" 2>>"$log.tar" || fail "$archive cannot be unpacked."
[ "$(cat "$home/source/.version")" = "$version" ] || fail "$archive holds Asterisk $(cat "$home/source/.version"), not $version."
wanted=$(sed -n 's/^PJPROJECT_VERSION=//p' "$home/source/third-party/versions.mak")
install -o "$user" -g "$user" -m 0600 "$pjproject" "$home/externals/pjproject-$wanted.tar.bz2"
# The archive has just been checked by SHA-256; the check of the build itself is by MD5 and knows one spelling of it.
printf '%s  pjproject-%s.tar.bz2\n' "$(md5sum <"$pjproject" | cut -d ' ' -f 1)" "$wanted" \
  >"$home/source/third-party/pjproject/pjproject-$wanted.tar.bz2.md5"

cat >"$home/steps" <<'STEPS'
set -e
cd "$HOME/source"
./configure --prefix=/usr --sysconfdir=/etc --localstatedir=/var --disable-xmldoc --with-externals-cache="$HOME/externals" \
  --with-pjproject-bundled --with-jansson --with-libedit --with-ssl --with-srtp --with-unbound --with-sqlite3 --with-systemd
make menuselect.makeopts
menuselect/menuselect --disable-all menuselect.makeopts
for module in "$@"; do
  grep -q "name=\"$module\"" menuselect-tree || { echo "error: this Asterisk has no module $module." && exit 1; }
  ! grep -q "^MENUSELECT_DEPSFAILED=.*=$module\$" menuselect.makeopts || { echo "error: $module lacks a library." && exit 1; }
  menuselect/menuselect --enable "$module" menuselect.makeopts
done
# Without the optional interface a module is not loaded unless all that it might use is there too.
menuselect/menuselect --enable OPTIONAL_API --disable BUILD_NATIVE menuselect.makeopts
make -j"$(nproc)" ASTDATADIR=/usr/share/asterisk ASTVARRUNDIR=/run/asterisk
make install DESTDIR="$HOME/stage" ASTDATADIR=/usr/share/asterisk ASTVARRUNDIR=/run/asterisk
STEPS
as_user nice -n 10 sh "$home/steps" "$@" >"$log" 2>&1 ||
  fail "Asterisk $version could not be built: $( (grep -E '(^|[ :])[Ee]rror:|no downloads' "$log" || cat "$log") | tail -n 3 | tr '\n' ' ')"

modules=$home/stage/usr/lib/asterisk/modules
missing=
for module in "$@"; do
  [ -f "$modules/$module.so" ] || missing="$missing $module"
done
[ -z "$missing" ] || fail "This Asterisk has no module$missing."
built=$(as_user LD_LIBRARY_PATH="$home/stage/usr/lib" "$home/stage/usr/sbin/asterisk" -V 2>&1)
case $built in
  "Asterisk $version") ;;
  *) fail "What was built says '$built', not 'Asterisk $version'." ;;
esac

getent group asterisk >/dev/null || groupadd --system asterisk
getent passwd asterisk >/dev/null ||
  useradd --system --gid asterisk --home-dir /var/lib/asterisk --no-create-home --shell /usr/sbin/nologin asterisk || exit 1
# New files in place of the old ones, never into them: a running Asterisk keeps what it has opened.
(cd "$home/stage" && tar --owner=0 --group=0 -cf - usr) | tar -C / --no-overwrite-dir -xf - || exit 1
for old in /usr/lib/asterisk/modules/*.so; do
  [ -f "$modules/${old##*/}" ] || rm -f -- "$old"
done
ldconfig
for folder in /var/lib/asterisk /var/spool/asterisk /var/spool/asterisk/voicemail /var/spool/asterisk/tmp /var/log/asterisk; do
  install -d -o asterisk -g asterisk -m 0750 "$folder"
done
install -d -o root -g asterisk -m 0750 /etc/asterisk
install -d -m 0755 /var/lib/dialtone
printf '%s\n' "$stamp" >/var/lib/dialtone/asterisk-source
rm -rf "$home"
