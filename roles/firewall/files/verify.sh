# shellcheck shell=sh
# Whether the table is in force, its counters can be read, and it will be there after a start. Argument: the unit. Prints what is not so.
LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH

nft list counters table inet dialtone_firewall 2>/dev/null | grep -q 'packets [0-9]' || echo 'the counters of its table cannot be read'
[ "$(systemctl is-enabled "$1" 2>/dev/null)" = enabled ] || printf '%s is not enabled, so the rules would be gone after a start\n' "$1"
exit 0
