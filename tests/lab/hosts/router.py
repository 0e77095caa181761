# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The router before a PBX that does not own its public address: one to one, as clouds do with elastic addresses. Pure.

The PBX sees only private addresses. Everything sent to the public one arrives, and what the PBX sends has it as source.
The router looks into no SIP and no SDP: an address that the PBX writes there is the PBX's own affair.
"""

from __future__ import annotations

from lab.hosts.plan import PBX_NAT, ROUTER, Plan

_TABLE = "dialtone_nat"
_UNIT = "/etc/systemd/system/lab-route.service"


def commands(plan: Plan) -> str:
    """Return the shell commands that make the host `router` translate. They may be repeated."""
    router, pbx = plan.hosts[ROUTER], plan.hosts[PBX_NAT]
    return f"""
echo 1 > /proc/sys/net/ipv4/ip_forward
nft -f - <<'EOF'
table ip {_TABLE} {{}}
delete table ip {_TABLE}
table ip {_TABLE} {{
  chain prerouting {{
    type nat hook prerouting priority dstnat; policy accept;
    iifname "sip0" ip daddr {router.address} dnat to {pbx.inside}
  }}
  chain postrouting {{
    type nat hook postrouting priority srcnat; policy accept;
    oifname "sip0" ip saddr {pbx.inside} snat to {router.address}
  }}
}}
EOF
"""


def route(plan: Plan) -> str:
    """Return the shell commands that lead the PBX's traffic to the lab through the router, also after a reboot."""
    return f"""
cat > {_UNIT} <<'EOF'
[Unit]
Description=The way to the lab's network
Before=ssh.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/ip route replace {plan.subnet} via {plan.hosts[ROUTER].inside}

[Install]
WantedBy=multi-user.target
EOF
systemctl daemon-reload
systemctl enable --quiet --now lab-route.service
"""
