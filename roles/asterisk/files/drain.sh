# shellcheck shell=sh
# Restart Asterisk when its calls are over. The dial plan refuses new calls with 503 meanwhile, so that the carrier tries the
# next PBX and a telephone its second server; only emergency calls still go out. Arguments: seconds to wait for calls; what
# then: restart or give_up. Exit code 3: given up, and calls are taken again. The last line of the output says what happened.
seconds=$1
then=$2
ask() { asterisk -rx "$1" 2>/dev/null; }
main_pid() { systemctl show --property MainPID --value asterisk.service; }
calls() { ask 'core show channels count' | sed -n 's/^\([0-9]*\) active channel.*/\1/p'; }

pid=$(main_pid)
if [ "${pid:-0}" -eq 0 ] || [ -z "$(calls)" ]; then
  # Nobody to ask: it does not run, or does not answer.
  systemctl restart asterisk.service && echo 'It was not answering and was restarted.' && exit 0
  exit 1
fi

begun=$(calls)
if [ "$seconds" -eq 0 ] && [ "$begun" -gt 0 ]; then
  echo "$begun channels are up: it is not restarted now."
  exit 3
fi
# With nothing to wait for, the few seconds that the end of the process takes.
[ "$seconds" -ge 10 ] || seconds=10
drained() { [ "$(main_pid)" != "$pid" ] || ! kill -0 "$pid" 2>/dev/null; }
abort() {
  ask 'core abort shutdown' >/dev/null
  ask 'dialplan set global DIALTONE_DRAINING no' >/dev/null
  trap - HUP INT TERM
  [ -n "${1-}" ] || exit 130
}
trap abort HUP INT TERM
# The command returns when Asterisk has ended, which it does by itself: nobody waits for the command. Not `gracefully`: that
# would refuse emergency calls too.
ask 'dialplan set global DIALTONE_DRAINING yes' >/dev/null
asterisk -rx 'core stop when convenient' >/dev/null 2>&1 &
end=$(($(date +%s) + seconds))
while ! drained && [ "$(date +%s)" -lt "$end" ]; do
  sleep 0.5
done

if drained; then
  said="It had $begun channels; they ended, and it was restarted."
elif [ "$then" = give_up ]; then
  abort quietly
  echo "After $seconds seconds $(calls) channels are still up: the restart was given up, and calls are taken again."
  exit 3
else
  # How many, it does not tell while it is shutting down.
  said="After $seconds seconds not all of the $begun channels had ended; it was restarted all the same."
  systemctl stop asterisk.service
fi
trap - HUP INT TERM
# The unit restarts by itself; this only waits, or helps if systemd has lost patience with it.
systemctl reset-failed asterisk.service 2>/dev/null
systemctl start asterisk.service || { echo "$said But it does not start again."; exit 1; }
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  ask 'core waitfullybooted' | grep -q 'fully booted' && echo "$said" && exit 0
  sleep 0.5
done
echo "$said But it does not become ready."
exit 1
