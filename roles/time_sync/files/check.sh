# shellcheck shell=sh
# Has chronyd judge a file, and prints what is wrong with it. Argument: the file.
# AppArmor lets chronyd read its own folder alone, and check mode judges a copy elsewhere; a pipe it may always write to.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
free=
if [ -d /sys/kernel/security/apparmor ] && command -v aa-exec >/dev/null 2>&1; then
  free='aa-exec -p unconfined --'
fi
# shellcheck disable=SC2086 # these are several words, or none
if ! said=$($free chronyd -p -f "$1" 2>&1 >/dev/null); then
  echo "$said"
  exit 1
fi
