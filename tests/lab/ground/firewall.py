# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to pass passes: calls, also while somebody floods."""

from __future__ import annotations

from typing import Any

from lab.ground.bench import SIP, Site
from lab.ground.registry import proof
from lab.proof.findings import Findings
from lab.report import Outcome

RATE, SECONDS = 2000.0, 10.0
ALLOWED, BURST = 100, 500  # firewall_sip_rate and firewall_sip_burst, as the role has them
TALK = 6.0
MOST_LOSS = 0.5  # percent
FLOODED = 'nft list counter inet dialtone_firewall dropped_sip_rate | grep -q "packets [1-9]"'


def _loss(result: dict[str, Any]) -> float:
    heard = result.get("heard") or {}
    packets, lost = int(heard.get("packets", 0)), int(heard.get("lost", 0))
    return 100.0 * lost / (packets + lost) if packets else 100.0


@proof("firewall: calls pass", weight=6, each=True)
def calls(site: Site) -> Outcome:
    """A call over the carrier's edges and one of a telephone have audio both ways."""
    found = Findings()
    with site.call_in() as outside, site.call_from("phone", site.bench.phone) as telephone:
        found.good("a call from outside", outside.result())
        found.good("a telephone", telephone.result())
    counters = site.counters()
    for name in ("accepted_sip_carrier", "accepted_sip_phones", "accepted_media"):
        found.expect(counters[name] > 0, f"the counter {name} has seen nothing")
    found.note("audio both ways, from outside and from a telephone")
    return found.outcome()


@proof("firewall: a flood from one telephone", weight=13, each=True)
def flood(site: Site) -> Outcome:
    """2,000 SIP packets a second from one telephone: calls from outside and of other telephones lose nothing."""
    found = Findings()
    bench = site.bench
    before = site.counters()
    more = ["--source", bench.second_phone, "--rate", str(RATE), "--seconds", str(SECONDS)]
    with bench.endpoint("phone", "flood", [f"udp/{site.address}/{SIP}"], more) as flooder:
        found.expect(site.soon(FLOODED), "the meter has seen no flood")
        with (
            site.call_in("+12025550198", **{"talk-seconds": TALK}) as outside,
            site.call_from("phone", bench.phone, **{"talk-seconds": TALK}) as telephone,
        ):
            results = {"a call from outside": outside.result(), "another telephone": telephone.result()}
        flooded = flooder.wait_for("flooded", within=SECONDS + 20)
    after = site.counters()
    for who, result in results.items():
        if found.good(who, result):
            found.expect(_loss(result) <= MOST_LOSS, f"{who} lost {_loss(result):.1f} % of the audio")
    dropped = after["dropped_sip_rate"] - before["dropped_sip_rate"]
    passed = after["accepted_sip_phones"] - before["accepted_sip_phones"]
    most = BURST + ALLOWED * (float(flooded["seconds"]) + 2) + 100  # and those of the telephone that calls
    found.expect(dropped >= int(flooded["sent"]) / 2, f"only {dropped} of {flooded['sent']} packets were dropped")
    found.expect(passed <= most, f"{passed} packets of telephones passed, more than {most:.0f}")
    losses = ", ".join(f"{_loss(result):.2f} %" for result in results.values())
    found.note(
        f"{flooded['sent']} sent in {flooded['seconds']} s, {dropped} dropped, {passed} passed; audio lost: {losses}"
    )
    return found.outcome()
