# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many connections a host has to track. Private to the collection."""

from __future__ import annotations

from ..calls.host_checks import PORTS_PER_CALL
from .values import Values

#: What Linux takes by itself on a machine with more than 4 GB. Less is never asked for.
USUAL = 262144
#: A call between a telephone and a trunk: RTP and RTCP on either side, each a flow. What has ended is remembered for
#: two minutes (nf_conntrack_udp_timeout_stream), so with short calls as many again.
FLOWS_PER_CALL = 2 * PORTS_PER_CALL
#: A telephone: its SIP, one that it had before (an address or a connection that changed), and the time.
FLOWS_PER_TELEPHONE = 4
#: Management, DNS, monitoring, the carrier's SIP.
FLOWS_OF_HOST = 16384
#: Room for what nobody thought of, such as packets of strangers until they are dropped.
RESERVE = 2


def size(values: Values) -> dict[str, int]:
    """Return how many connections the host is to track, and in how many buckets they are looked up."""
    if values["firewall_conntrack_max"] != "auto":
        most = int(values["firewall_conntrack_max"])
    else:
        media = 0 if values["firewall_untracked_media"] else FLOWS_PER_CALL * calls(values)
        telephones = FLOWS_PER_TELEPHONE * values["voice_contacts_per_extension"] * len(values.extensions)
        most = max(USUAL, RESERVE * (media + telephones + FLOWS_OF_HOST))
    # As Linux does it: a bucket for each, 8 bytes.
    return {"max": most, "buckets": most}


def calls(values: Values) -> int:
    """Return how many calls there can be: as many inbound as the limit of outbound ones, as far as there are ports."""
    if not values.media_ports:
        return 0
    possible = int(values["voice_rtp_end"] - values["voice_rtp_start"] + 1) // PORTS_PER_CALL
    limit = int(values["voice_dialplan"]["limits"]["calls"])
    return min(possible, 2 * limit) if limit else possible
