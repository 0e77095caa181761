# shellcheck shell=sh
# Say what a start of Asterisk reads and a reload does not: the files of the configuration, the unit, the program. Runs before
# each start and keeps the answer for later: asterisk-started DIRECTORY. With `now` it prints the answer instead.
set -u
directory=$1
answer() {
  for file in "$directory/asterisk.conf" "$directory/modules.conf" "$directory/pjsip_transports.conf" \
    /etc/systemd/system/asterisk.service.d/dialtone.conf /etc/systemd/system/asterisk.service; do
    [ -f "$file" ] && printf '%s %s\n' "${file##*/}" "$(sha256sum <"$file" | cut -d ' ' -f 1)"
  done
  printf 'program %s\n' "$(stat -L -c '%i:%Y:%s' /usr/sbin/asterisk)"
}
if [ "${2-}" = now ]; then
  answer
else
  answer >/run/asterisk/started
fi
exit 0
