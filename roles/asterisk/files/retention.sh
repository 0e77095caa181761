# shellcheck shell=sh
# Delete what is older than its days. Arguments: days of recordings, days of voicemail; 0 means that nothing is deleted.
set -eu
recordings=${3:-/var/spool/dialtone/recordings}
voicemail=${4:-/var/spool/asterisk/voicemail}

if [ "$1" -gt 0 ] && [ -d "$recordings" ]; then
  find "$recordings" -xdev -type f -mmin "+$(($1 * 1440))" -delete
  find "$recordings" -xdev -mindepth 1 -type d -empty -mmin +1440 -delete
fi

# A message is its text file and the sound files beside it; they go together. Asterisk closes the gap in the numbering.
if [ "$2" -gt 0 ] && [ -d "$voicemail" ]; then
  find "$voicemail" -xdev -type f -name 'msg[0-9][0-9][0-9][0-9].txt' -mmin "+$(($2 * 1440))" | while IFS= read -r message; do
    rm -f -- "${message%.txt}".*
  done
fi
