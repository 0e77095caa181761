# shellcheck shell=sh
# Restart FreeSWITCH when its calls are over. New calls are refused with 503 meanwhile, so that the carrier tries the next PBX
# and a telephone its second server. Arguments: seconds to wait for calls; what then: restart or give_up; then the options of
# switch.py, before them perhaps `--if-due DIRECTORY`. Exit code 3: given up, and calls are taken again. The last line of the output says what happened.
seconds=$1
then=$2
shift 2
library=$(dirname "$0")
if [ "${1-}" = --if-due ]; then
  [ -n "$(sh "$library/started.sh" "$2" due)" ] || { echo 'Nothing is due.'; exit 0; }
  shift 2
fi
tell() { python3 "$library/switch.py" "$@"; }

if ! begun=$(tell "$@" --seconds 0 calls); then
  # Nobody to ask: it does not run, or does not answer.
  systemctl reset-failed freeswitch.service 2>/dev/null
  systemctl restart freeswitch.service && echo 'It was not answering and was restarted.' && exit 0
  exit 1
fi
left=$(tell "$@" --seconds 0 drain "$seconds") || { echo "$left"; exit 1; }
if [ "$left" -gt 0 ] && [ "$then" = give_up ]; then
  tell "$@" --seconds 0 resume
  echo "After $seconds seconds $left channels are still up: the restart was given up, and calls are taken again."
  exit 3
fi
said="It had $begun channels; they ended, and it was restarted."
[ "$left" -gt 0 ] && said="After $seconds seconds $left channels were still up; it was restarted all the same."
# A start returns when FreeSWITCH is ready.
systemctl restart freeswitch.service || { echo "$said But it does not start again."; exit 1; }
echo "$said"
