# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The firewall changes under a call, with a real PBX behind it. docs/ground.md says what becomes of connections."""

from __future__ import annotations

import time
from typing import Any

from lab.proof.bench import Arrivals, Bench, soon
from lab.proof.changes import call_up, deploy, heard_all_along, settled, took
from lab.proof.findings import Findings
from lab.proof.registry import proof
from lab.proof.tones import CARRIER_TONE, OFFICE_TONE
from lab.report import Outcome
from lab.telephone import Options, Telephone, subscriber

CALLED = "+12025550180"  # by `call_up`
FIREWALL = ("firewall",)  # what of the ground is the subject here
MOVED = {"voice_rtp_start": 20000, "voice_rtp_end": 20999}
TABLE = "inet dialtone_firewall"
ASKING_PORT = 5099  # of the telephones' host: the same one each time, so that a connection of before exists
ASKING_SECONDS = 4.0
# How long the call goes on under what was changed: much more than what `heard_all_along` lets pass.
AFTERWARDS = 8.0
LONGEST_GAP = 1500.0  # ms without a packet; the firewall is not to cause any


def heard_both_ways(
    found: Findings, office: Telephone, arrivals: Arrivals, call_id: str, since: float
) -> dict[str, Any]:
    """End the call; expect that both ends have heard each other to its end. Return what the outside says."""
    expected = time.monotonic() - since
    heard_all_along(found, office, since)
    outside = arrivals.end(call_id)
    found.evidence["outside"] = outside
    heard = outside.get("heard") or {}
    seconds = float(heard.get("seconds") or 0)
    found.expect(heard.get("frequency") and abs(heard["frequency"] - OFFICE_TONE) < 10, f"outside heard {heard}")
    found.expect(seconds >= expected * 0.95 - 1, f"of {expected:.0f} s only {seconds:.0f} s were heard outside")
    for end, what in (("office", found.evidence["call"].get("heard") or {}), ("outside", heard)):
        gap = float(what.get("max_gap_ms") or 0)
        found.expect(gap <= LONGEST_GAP, f"{end}: nothing was heard for {gap:.0f} ms")
    found.note(f"outside {seconds:.0f} s heard")
    return outside


def port(result: dict[str, Any]) -> int:
    """Return the port of the PBX that a telephone sent its audio to."""
    return int(str(result.get("remote_media") or ":0").rpartition(":")[2])


def opened(bench: Bench) -> str:
    """Return the rules in force."""
    return bench.pbx.shell(f"nft -s list table {TABLE}")


def new_call(bench: Bench, found: Findings, ports: range) -> None:
    """Expect that a new call has audio both ways, over these ports of the PBX."""
    assert bench.arrivals
    number = "+12025550184"
    with bench.dial("130", "2025550184", expect=CARRIER_TONE) as office:
        here = office.result()
    if not found.good("new call", here):
        return
    there = bench.arrivals.end(bench.arrivals.call(number)["call_id"])
    heard = there.get("heard") or {}
    found.expect(float(heard.get("seconds") or 0) > 0, f"outside heard nothing of the new call: {heard}")
    used = [port(here), port(there)]
    found.expect(all(one in ports for one in used), f"the new call uses the ports {used}, not of {ports}")
    found.note(f"a new call uses the ports {used}")


@proof("ground: the media range moves during a call", phase="changes", weight=60)
def range_moves(bench: Bench) -> Outcome:
    """The call keeps its audio both ways to its end, new calls use the new range. With firewall_untracked_media, which
    looks at every packet, the call is cut off."""
    found = Findings()
    same = settled(bench, found)
    changes = {**same, **MOVED}
    ports = range(MOVED["voice_rtp_start"], MOVED["voice_rtp_end"] + 1)
    # A PBX that has to restart for it waits for the end of the call, and takes no new one meanwhile.
    restarts = bench.pbx.restarts_for_media
    with call_up(bench) as office:
        assert bench.arrivals
        begun = time.monotonic()
        call_id = str(bench.arrivals.call(CALLED)["call_id"])
        wanted = f"{ports[0]}-{ports[-1]}"
        found.expect(wanted not in opened(bench), f"{wanted} was open before")
        running = deploy(bench, "range-moves", FIREWALL, **changes)
        moved = soon(lambda: wanted in opened(bench) or not running.is_alive(), 120)
        found.expect(moved and wanted in opened(bench), f"the firewall does not open {wanted}")
        if not restarts:
            took(bench, found, running, **changes)
            new_call(bench, found, ports)
        time.sleep(AFTERWARDS)  # there is no event of a call that just goes on
        outside = heard_both_ways(found, office, bench.arrivals, call_id, begun)
        used = [port(found.evidence["call"]), port(outside)]
        found.expect(not any(one in ports for one in used), f"the call had the new range's ports {used} already")
        if restarts:
            took(bench, found, running, **changes)
            new_call(bench, found, ports)
    took(bench, found, deploy(bench, "range-moves-back", FIREWALL, **same), **same)
    return found.outcome()


def asks(bench: Bench) -> int | None:
    """Send a request from the telephones' host; return the code of the PBX's answer, None if there is none."""
    options: Options = {
        "listen": f"{bench.phone_address}:{ASKING_PORT}",
        "method": "REGISTER",
        "uri": f"sip:{bench.address}",
        "from": f"sip:130@{bench.address}",
        "target": f"{bench.address}:5060",
        "expect-code": 401,
    }
    with subscriber(bench.lab, "phone", "probe", options, timeout=ASKING_SECONDS) as telephone:
        code = telephone.result().get("code")
    return int(code) if code else None


@proof("ground: a network of telephones is removed during a call", phase="changes", weight=60)
def network_removed(bench: Bench) -> Outcome:
    """The call's audio goes on both ways, its telephone's SIP is dropped at once, and works again when the network
    is put back: then the telephone ends its call. Without the firewall the PBX answers all the time."""
    found = Findings()
    same = settled(bench, found)
    elsewhere = {**same, "voice_phone_networks": [bench.lab.address("rogue")]}
    with call_up(bench) as office:
        assert bench.arrivals
        begun = time.monotonic()
        call_id = str(bench.arrivals.call(CALLED)["call_id"])
        found.expect(asks(bench) == 401, "the PBX does not answer before")
        took(bench, found, deploy(bench, "network-removed", FIREWALL, **elsewhere), **elsewhere)
        code = asks(bench)
        found.expect(code is None, f"the PBX still answers with {code}")
        dropped = bench.pbx.shell(f"nft list counter {TABLE} dropped_sip")
        found.expect("packets 0 " not in dropped, f"the firewall has dropped no SIP: {dropped}")
        time.sleep(AFTERWARDS)
        took(bench, found, deploy(bench, "network-back", FIREWALL, **same), **same)
        found.expect(asks(bench) == 401, "the PBX does not answer afterwards")
        heard_both_ways(found, office, bench.arrivals, call_id, begun)
        found.expect(found.evidence["call"].get("bye_answered"), "the end of the call was not answered")
    found.note("SIP was silent in between")
    return found.outcome()
