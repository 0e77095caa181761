# shellcheck shell=sh
# Puts into force now what the files of the role say for the next start: arguments are KEY=VALUE of net.netfilter.
# Prints what it changed, and what it could not change as a warning.
LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH

[ -e /proc/sys/net/netfilter/nf_conntrack_max ] || modprobe nf_conntrack 2>/dev/null
# The one that uses the other goes first. What is in use stays until the host starts again.
for module in nf_nat_sip nf_conntrack_sip; do
  if grep -q "^$module [0-9]* 0 " /proc/modules; then
    if rmmod "$module" 2>/dev/null; then
      printf 'changed: unloaded %s\n' "$module"
    else
      printf 'warning: %s cannot be unloaded\n' "$module"
    fi
  fi
done
for pair in "$@"; do
  file=/proc/sys/net/netfilter/${pair%%=*}
  value=${pair#*=}
  [ -r "$file" ] || continue
  [ "$(cat "$file")" = "$value" ] && continue
  if printf '%s\n' "$value" 2>/dev/null >"$file"; then
    printf 'changed: %s is %s\n' "${pair%%=*}" "$value"
  else
    printf 'warning: %s cannot be set to %s\n' "${pair%%=*}" "$value"
  fi
done
exit 0
