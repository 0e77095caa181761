# shellcheck shell=sh
# State of the host in one round trip. Arguments: the configuration directory, the main configuration file, then the files
# that this role writes outside of it. Prints lines of KEY VALUE…; says nothing about what does not exist.
LC_ALL=C
export LC_ALL
dir=$1
main=$2
shift 2

for package in asterisk logrotate; do
  dpkg-query -W -f '${db:Status-Status} ${Version}\n' "$package" 2>/dev/null | sed -n "s/^installed /package $package /p"
done
[ -x /usr/sbin/asterisk ] && printf 'program %s\n' "$(/usr/sbin/asterisk -V 2>/dev/null)"
[ -f /var/lib/dialtone/asterisk-source ] && sed 's/^/source /' /var/lib/dialtone/asterisk-source
if command -v systemctl >/dev/null 2>&1; then
  printf 'active %s\n' "$(systemctl is-active asterisk.service 2>/dev/null)"
  printf 'timer %s\n' "$(systemctl is-enabled dialtone-asterisk-retention.timer 2>/dev/null)"
  printf 'reread %s\n' "$(systemctl show --property NeedDaemonReload --value asterisk.service 2>/dev/null)"
fi
unshare --mount --net --pid --fork true 2>/dev/null && echo 'namespaces yes'
# What has changed since Asterisk started and takes a restart: lines of either list that are not in the other.
if [ -f /run/asterisk/started ] && [ -f /usr/local/lib/dialtone/asterisk-started ]; then
  { sh /usr/local/lib/dialtone/asterisk-started "$dir" now; cat /run/asterisk/started; } | sort | uniq -u | sed 's/ .*//; s/^/due /' | uniq
fi
[ -L "$main" ] && printf 'main %s\n' "$(readlink "$main")"
for file in "$@"; do
  if [ -d "$file" ]; then
    printf 'dir %s %s\n' "$file" "$(stat -c '%U:%G:%a' "$file")"
  elif [ -f "$file" ]; then
    printf 'file %s %s %s\n' "$file" "$(stat -c '%U:%G:%a' "$file")" "$(sha256sum <"$file" | cut -d ' ' -f 1)"
  fi
done
exit 0
