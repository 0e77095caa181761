# shellcheck shell=sh
# Say what a start of FreeSWITCH reads and a reload does not: some files of the configuration, the unit, the program, the
# certificate. Runs before each start and keeps the answer for later: started.sh DIRECTORY. With `now` it prints the answer,
# with `due` what is different from the start: a restart is due for it.
set -u
directory=$1
answer() {
  for file in "$directory/autoload_configs/modules.conf.xml" "$directory/autoload_configs/switch.conf.xml" \
    "$directory/autoload_configs/sofia.conf.xml" "$directory/autoload_configs/event_socket.conf.xml" \
    /etc/systemd/system/freeswitch.service /etc/dialtone/tls/freeswitch/agent.pem /etc/dialtone/tls/freeswitch/cafile.pem; do
    [ -f "$file" ] && printf '%s %s\n' "${file##*/}" "$(sha256sum <"$file" | cut -d ' ' -f 1)"
  done
  program=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' /etc/systemd/system/freeswitch.service)
  printf 'program %s\n' "$(stat -L -c '%i:%Y:%s' "$program")"
}
case ${2-} in
  now) answer ;;
  due)
    [ "$(systemctl is-active freeswitch.service)" = active ] || exit 0
    now=$(mktemp) || exit 1
    answer >"$now"
    # Lines of either that are not in the other.
    { cat "$now"; cat /run/freeswitch/started 2>/dev/null; } | sort | uniq -u
    rm -f "$now"
    ;;
  *) answer >/run/freeswitch/started ;;
esac
exit 0
