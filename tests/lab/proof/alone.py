# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proofs that nothing may run beside: they break something for all, or need the whole machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from lab.proof.bench import Bench, soon
from lab.proof.findings import Findings
from lab.proof.inbound import DID
from lab.proof.outbound import MAIN, goes_out
from lab.proof.registry import proof
from lab.proof.tones import CARRIER_TONE, OFFICE_TONE
from lab.report import Outcome

KEEP_ALIVE = 15.0  # seconds, the fastest OPTIONS that Twilio bears from one address


@contextmanager
def edge_is(bench: Bench, edge: str, state: str) -> Iterator[None]:
    """An edge is `silent` (nothing gets in or out, and nothing says so) or answers every call with `503`."""
    bench.control.post("settings", {"edges": {edge: state}})
    try:
        yield
    finally:
        bench.control.post("settings", {"edges": {edge: "up"}})


def _over_the_second(bench: Bench, state: str, calls: tuple[tuple[str, float], ...]) -> Outcome:
    """With the first edge in that state these calls go out over the second, each within its seconds."""
    found = Findings()
    with bench.outside(), edge_is(bench, "ashburn", state):
        for number, limit in calls:
            start = time.monotonic()
            goes_out(
                bench, found, "130", number, number,
                trunk="acme-hq.pstn.twilio.com", shown="+12025550101", edge="umatilla",
            )  # fmt: skip
            seconds = time.monotonic() - start
            found.expect(seconds <= limit, f"{number} took {seconds:.0f} s, more than {limit:.0f} s")
            found.note(f"connected and over after {seconds:.1f} s")
    return found.outcome()


@proof("failover: not when the called party is busy", phase="alone", weight=3)
def busy(bench: Bench) -> Outcome:
    """Busy is the answer of the other side, not of an edge: there is one attempt, and the telephone is told 486. A PBX
    that takes 486 for a failure of the edge tries the second one, and tells 503."""
    found = Findings()
    since = bench.sequence()
    with bench.outside(reject=486), bench.dial("130", "2025550188", expect_code=486) as office:
        found.good("office", office.result())
    calls = bench.carried(since, "+12025550188")
    edges = [call["edge"] for call in calls]
    found.expect(len(edges) == 1, f"it was tried at {edges}")
    found.note(f"486 from outside, tried at {', '.join(edges)} alone")
    return found.outcome()


@proof("failover: the first edge answers 503", phase="alone", weight=6)
def unavailable(bench: Bench) -> Outcome:
    """A call goes out over the second edge at once. With one edge described there would be no call."""
    return _over_the_second(bench, "503", (("+12025550183", 6.0),))


@proof("failover: the first edge is silent", phase="alone", weight=40)
def silence(bench: Bench) -> Outcome:
    """The first call waits until the edge counts as dead, and goes over the second; the next one does at once."""
    return _over_the_second(bench, "silent", (("+12025550181", 45.0), ("+12025550182", 6.0)))


@proof("load: 50 calls at a time", phase="alone", weight=30)
def load(bench: Bench) -> Outcome:
    """Fifty callers talk to one extension at the same time; loss and jitter are measured at both ends of each call."""
    found = Findings()
    talk = 8.0
    with (
        bench.phone("124", calls=CALLS, talk_seconds=talk, timeout=90) as office,
        bench.call_in(
            DID(24), bench.caller(), calls=CALLS, cps=10, talk_seconds=talk, expect=OFFICE_TONE, timeout=90
        ) as outside,
    ):
        outside.wait_for("calling")
        most = soon(lambda: bench.pbx.calls() >= CALLS, 30) and bench.pbx.calls()
        there, here = outside.result(), office.result()
    found.good("callers", there)
    found.good("office", here)
    total = there.get("total") or {}
    found.expect(most and int(most) >= CALLS, f"the PBX never had {CALLS} calls up at a time")
    found.expect(float(total.get("loss_percent", 100)) <= MOST_LOSS, f"{total.get('loss_percent')} % of packets lost")
    jitter = (total.get("jitter_ms") or {}).get("p95")
    setup = (total.get("setup_seconds") or {}).get("p95")
    found.note(
        f"{there.get('good')} calls, {there.get('most_at_once')} at a time; {total.get('packets')} packets,"
        f" {total.get('loss_percent')} % lost, jitter p95 {jitter} ms, setup p95 {setup} s"
    )
    return found.outcome()


CALLS = 50
MOST_LOSS = 0.5  # percent; telephones, carrier and PBX share one machine


@proof("emergency: while strangers knock", phase="alone", weight=8)
def knocking(bench: Bench) -> Outcome:
    """Two hundred calls of a stranger, as fast as it can: all are turned away, and an emergency call goes out."""
    found = Findings()
    listen = f"{bench.lab.address('rogue')}:0"
    with (
        bench.outside(),
        bench.straight("rogue", listen, MAIN, calls=200, cps=100) as stranger,
        bench.dial("114", "933", expect=CARRIER_TONE) as emergency,
    ):
        found.good("emergency call", emergency.result())
        tried = stranger.result().get("calls") or []
    codes = {call.get("code") for call in tried}
    found.expect(tried and all(code is None or 400 <= int(code) < 700 for code in codes), f"strangers heard {codes}")
    found.note(f"{len(tried)} calls of a stranger ended with {sorted(str(code) for code in codes)}")
    return found.outcome()


@proof("keep-alive: OPTIONS not too often", phase="alone", weight=1)
def options(bench: Bench) -> Outcome:
    """Since the proofs began no address of an edge has got more than one OPTIONS in 15 s; each transport is used."""
    found = Findings()
    seconds, before = bench.since()
    now = bench.options()
    found.expect({transport for __, transport in now} == {"udp", "tcp", "tls"}, f"OPTIONS came to {sorted(now)}")
    most = seconds / KEEP_ALIVE + 1
    counts = {where: count - before.get(where, 0) for where, count in now.items()}
    for where, count in counts.items():
        found.expect(count <= most, f"{where} got {count} in {seconds:.0f} s, at most {most:.0f} are borne")
    found.note(f"{sum(counts.values())} OPTIONS in {seconds:.0f} s to {len(counts)} addresses")
    return found.outcome()


ON_CALL = "+12025550170"  # where a call from outside is led out again: one call, whose record is that of the call in


@proof("records: the account's list of calls", phase="alone", weight=1)
def history(bench: Bench) -> Outcome:
    """Every call that the carrier has carried from us is in the PBX's own records, with its trunk."""
    found = Findings()
    bench.wait_idle()
    rows = bench.pbx.records()
    calls = [call for call in bench.carried(0, source_ip=bench.address) if call["sip_code"] == 200]
    kept = {(row["called"], row["direction"]) for row in rows}
    missing = []
    for call in calls:
        # It shows the number that was called, which is what the record says as well.
        number = call["from_user" if call["request_user"] == ON_CALL else "request_user"]
        if not {(number, kind) for kind in ("outbound", "emergency", "inbound")} & kept:
            missing.append(call["request_user"])
    found.expect(calls, "the carrier has carried no call")
    found.expect(not missing, f"carried but not in the records: {', '.join(sorted(set(missing)))}")
    identities = [row["id"] for row in rows]
    twice = sorted({one for one in identities if identities.count(one) > 1})
    found.expect(not twice, f"two records have the same id: {', '.join(twice)}")
    found.note(f"{len(calls)} calls carried, {len(rows)} records")
    return found.outcome()
