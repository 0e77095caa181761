# shellcheck shell=sh
# What the role has to know of the host, in one round trip. Prints lines of KEY VALUE…; says nothing about what is not there.
LC_ALL=C PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL PATH

# Where this run comes from: of the login's own process, since sudo and its kind take the variable away.
pid=$$
while [ "${pid:-0}" -gt 1 ]; do
  connection=$(tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | sed -n 's/^SSH_CONNECTION=//p' | head -n 1)
  if [ -n "$connection" ]; then
    printf 'connection %s\n' "$connection"
    break
  fi
  pid=$(sed 's/.*) [^ ]* //; s/ .*//' "/proc/$pid/stat" 2>/dev/null)
done

for manager in apt-get dnf; do
  command -v "$manager" >/dev/null 2>&1 && printf 'packages %s\n' "$manager"
done
[ -d /run/systemd/system ] && echo 'systemd running'
container=$(systemd-detect-virt --container 2>/dev/null) && printf 'container %s\n' "$container"
sed -n 's/^\(nf_conntrack_sip\|nf_nat_sip\) [0-9]* \([0-9]*\) .*/module \1 \2/p' /proc/modules 2>/dev/null
for key in nf_conntrack_max nf_conntrack_buckets nf_conntrack_helper; do
  [ -r "/proc/sys/net/netfilter/$key" ] && printf 'sysctl %s %s\n' "$key" "$(cat "/proc/sys/net/netfilter/$key")"
done

# Who else may drop what this role lets in: a packet has to pass all of them.
if command -v systemctl >/dev/null 2>&1; then
  systemctl --quiet is-active firewalld.service 2>/dev/null && echo 'closed firewalld'
fi
command -v ufw >/dev/null 2>&1 && grep -Eqsi '^ENABLED=.?yes' /etc/ufw/ufw.conf && echo 'closed ufw'
for kind in ip ip6; do
  if grep -qs '^filter$' "/proc/net/${kind}_tables_names"; then
    [ "$kind" = ip ] && legacy=iptables-legacy || legacy=ip6tables-legacy
    if "$legacy" -S INPUT 2>/dev/null | grep -Eq '^-P INPUT DROP|^-A INPUT -j (DROP|REJECT)'; then
      printf 'closed %s\n' "$legacy"
    fi
  fi
done
if command -v nft >/dev/null 2>&1; then
  printf 'nft %s\n' "$(nft --version)"
  # An input chain that drops what none of its rules has accepted, by its policy or by a rule without a condition.
  nft -t list ruleset 2>/dev/null | awk '
    $1 == "table" { table = $2 " " $3; name = "" }
    $1 == "chain" { chain = $2; input = 0 }
    $1 == "type" {
      input = ($2 == "filter" && / hook input /) && table ~ /^(ip|ip6|inet) / && table != "inet dialtone_firewall"
      if (input && / policy drop;/) name = chain
    }
    input && $1 != "type" {
      gsub(/counter packets [0-9]+ bytes [0-9]+|counter name [^ ]+|counter|log prefix "[^"]*"|log|comment "[^"]*"/, "")
      if ($0 ~ /^[ \t]*(drop|reject)([ \t]|$)/) name = chain
    }
    $1 == "}" {
      if (name != "") print "closed chain " name " of the table " table
      name = ""; input = 0
    }
  '
fi
exit 0
