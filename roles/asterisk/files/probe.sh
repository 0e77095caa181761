# shellcheck shell=sh
# State of the host in one round trip. Arguments: the configuration directory, then the main configuration file.
# Prints lines of KEY VALUE…; says nothing about what does not exist.
LC_ALL=C
export LC_ALL
dir=$1
main=$2
pid=/run/asterisk/asterisk.pid

dpkg-query -W -f '${db:Status-Status} ${Version}\n' asterisk 2>/dev/null | sed -n 's/^installed /package /p'
if command -v systemctl >/dev/null 2>&1; then
  printf 'active %s\n' "$(systemctl is-active asterisk.service 2>/dev/null)"
fi
[ -d "$dir" ] && stat -c 'dir %U:%G:%a' "$dir"
for file in "$main" "$dir"/*.conf; do
  [ -f "$file" ] || continue
  printf 'file %s %s %s\n' "${file##*/}" "$(stat -c '%U:%G:%a' "$file")" "$(sha256sum <"$file" | cut -d ' ' -f 1)"
  # The process read these when it started, and only then.
  case ${file##*/} in
    asterisk.conf | modules.conf | pjsip_transports.conf)
      [ -f "$pid" ] && [ -n "$(find "$file" -newer "$pid")" ] && printf 'restart %s\n' "${file##*/}"
      ;;
  esac
done
exit 0
