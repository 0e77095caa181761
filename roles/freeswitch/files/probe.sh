# shellcheck shell=sh
# State of the host in one round trip. Arguments: the prefix or `auto`, the folder of the helpers, that of the site's own files,
# then the files and folders that this role writes outside of the configuration. Prints lines of KEY VALUE…; says nothing about what does not exist.
LC_ALL=C
export LC_ALL
prefix=$1
library=$2
site=$3
shift 3

for package in freeswitch logrotate; do
  dpkg-query -W -f '${db:Status-Status} ${Version}\n' "$package" 2>/dev/null | sed -n "s/^installed /package $package /p"
done
[ "$prefix" = auto ] && prefix='/usr /usr/local/freeswitch /usr/local /opt/freeswitch'
for place in $prefix; do
  if [ -x "$place/bin/freeswitch" ]; then
    printf 'prefix %s\n' "$place"
    # Prints and ends; nothing is started.
    printf 'program %s\n' "$("$place/bin/freeswitch" -version 2>&1 | tail -n 1)"
    for folder in "$place/lib/freeswitch/mod" "$place/mod"; do
      [ -d "$folder" ] || continue
      for module in "$folder"/mod_*.so; do
        [ -f "$module" ] && module=${module##*/} && printf 'module %s\n' "${module%.so}"
      done
      break
    done
    [ -d "$place/share/freeswitch/sounds" ] && printf 'sounds %s\n' "$place/share/freeswitch/sounds"
    break
  fi
done
id freeswitch >/dev/null 2>&1 && printf 'user freeswitch\n'
if command -v systemctl >/dev/null 2>&1; then
  printf 'active %s\n' "$(systemctl is-active freeswitch.service 2>/dev/null)"
  printf 'enabled %s\n' "$(systemctl is-enabled freeswitch.service 2>/dev/null)"
  printf 'timer %s\n' "$(systemctl is-enabled dialtone-freeswitch-retention.timer 2>/dev/null)"
  printf 'reread %s\n' "$(systemctl show --property NeedDaemonReload --value freeswitch.service 2>/dev/null)"
fi
[ -s /etc/freeswitch/dialtone-secrets/event_socket.xml ] && [ -s /etc/fs_cli.conf ] && printf 'secret yes\n'
unshare --mount --net --pid --fork true 2>/dev/null && echo 'namespaces yes'
[ -d "$library" ] && printf 'helpers yes\n'
for file in "$@"; do
  if [ -L "$file" ]; then
    printf 'link %s %s\n' "$file" "$(readlink "$file")"
  elif [ -d "$file" ]; then
    printf 'dir %s %s\n' "$file" "$(stat -c '%U:%G:%a' "$file")"
  elif [ -f "$file" ]; then
    printf 'file %s %s %s\n' "$file" "$(stat -c '%U:%G:%a' "$file")" "$(sha256sum <"$file" | cut -d ' ' -f 1)"
  fi
done
# What the site has written for itself; the configuration in force is judged together with it.
printf 'site %s\n' "$(find "$site" -type f ! -exec grep -q 'Nothing of the site yet' {} \; -exec sha256sum {} + 2>/dev/null |
  sort -k 2 | sha256sum | cut -d ' ' -f 1)"
exit 0
