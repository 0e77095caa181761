# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls from outside, to a destination of each kind."""

from __future__ import annotations

from typing import Any

from lab.proof.bench import Bench
from lab.proof.findings import Findings
from lab.proof.registry import proof
from lab.proof.tones import CARRIER_TONE, OFFICE_TONE, PROMPTS, heard
from lab.report import Outcome

DID = "+120255501{:02}".format
MAIN, NESTED = PROMPTS["main"][0], PROMPTS["nested"][0]


def after(prompt: str, digits: str) -> dict[str, Any]:
    """Options of a telephone that presses keys once it has heard a prompt, and then expects an extension."""
    return {"dtmf": digits, "dtmf_after": "heard", "expect": f"{PROMPTS[prompt][0]},{OFFICE_TONE}"}


def answered_by(bench: Bench, did: str, extension: str, **call: Any) -> Outcome:
    """A call to a number is answered by an extension, both hear each other, and there is a record of it."""
    found = Findings()
    caller = bench.caller()
    call = {"expect": OFFICE_TONE, **call}
    with bench.phone(extension) as office, bench.call_in(did, caller, **call) as outside:
        there = outside.result()
        if not found.good("caller", there):
            office.stop()
            return found.outcome()
        here = office.result()
        shown = office.wait_for("incoming")["from"]
    found.good("office", here)
    found.note(f"audio both ways: caller heard {heard(there)}, office {heard(here)}")
    found.expect(caller in str(shown), f"the office saw {shown}, not {caller}")
    record = bench.record(direction="inbound", caller=caller)
    if found.expect(record, f"no call detail record of {caller}") and record:
        found.expect(record["called"] == did, f"the record says called {record['called']}")
        found.expect(record["answer"], "the record says that it was not answered")
    return found.outcome()


def hears(bench: Bench, did: str, prompt: str, **call: Any) -> Outcome:
    """A call to a number is answered by the PBX, which plays a prompt; nobody's telephone rings."""
    found = Findings()
    with bench.call_in(did, bench.caller(), expect=PROMPTS[prompt][0], **call) as outside:
        there = outside.result()
    found.good("caller", there)
    found.note(f"the caller heard {heard(there)}, the prompt '{prompt}'")
    return found.outcome()


def ends_with(bench: Bench, did: str, code: int) -> Outcome:
    """A call to a number ends with a SIP code, and is never answered."""
    found = Findings()
    with bench.call_in(did, bench.caller(), expect_code=code) as outside:
        there = outside.result()
    found.good("caller", there)
    found.note(f"{there.get('code')} {there.get('reason')}")
    return found.outcome()


@proof("inbound: extension", "101")
def extension(bench: Bench) -> Outcome:
    """Fails when the number leads to another extension, or audio is missing in one direction."""
    return answered_by(bench, DID(1), "101")


@proof("inbound: ring group, all at once", "103", "104")
def ring_all(bench: Bench) -> Outcome:
    """Both telephones ring at once; the first to answer has the call, the other is cancelled."""
    found = Findings()
    with (
        bench.phone("103", ring_seconds=20) as slow,
        bench.phone("104") as quick,
        bench.call_in(DID(3), bench.caller(), expect=OFFICE_TONE) as outside,
    ):
        there, here = outside.result(), quick.result()
        rang = slow.wait_for("ringing")
        left = slow.wait_for("ended")
    found.good("caller", there)
    found.good("office", here)
    found.expect(left["why"] == "the caller cancelled the call", f"the other telephone: {left['why']}")
    found.note(f"the second telephone answered, heard {heard(here)}; the first had rung {bool(rang)} and was cancelled")
    return found.outcome()


@proof("inbound: ring group, in order", "105", "106", weight=9)
def in_order(bench: Bench) -> Outcome:
    """The first member rings alone for its five seconds, then the second, which answers."""
    found = Findings()
    with (
        bench.phone("105", ring_seconds=20) as first,
        bench.phone("106") as second,
        bench.call_in(DID(4), bench.caller(), expect=OFFICE_TONE) as outside,
    ):
        first.wait_for("ringing")
        there, here = outside.result(), second.result()
    found.good("caller", there)
    found.good("office", here)
    seconds = float(there.get("setup_seconds") or 0)
    found.expect(4 <= seconds <= 9, f"answered after {seconds:.1f} s, not after the first member's 5 s")
    found.note(f"the second member answered after {seconds:.1f} s")
    return found.outcome()


@proof("inbound: queue, a member answers", "107")
def queue(bench: Bench) -> Outcome:
    """Fails when the queue does not ring its member."""
    return answered_by(bench, DID(5), "107")


@proof("inbound: queue, music while waiting", "107")
def queue_music(bench: Bench) -> Outcome:
    """With no member there the caller hears the queue's music."""
    return hears(bench, DID(5), "music")


@proof("inbound: queue, waited too long", "107", weight=16)
def queue_timeout(bench: Bench) -> Outcome:
    """After wait_seconds the call goes on to the queue's `otherwise`."""
    return hears(bench, DID(5), "closed", hear_seconds=2.5)


@proof("inbound: menu, its prompt")
def menu_prompt(bench: Bench) -> Outcome:
    """The caller hears the choices."""
    return hears(bench, DID(6), "main")


@proof("inbound: menu, no key", weight=12)
def menu_no_key(bench: Bench) -> Outcome:
    """Without a key the call goes on to the menu's `otherwise` after one attempt."""
    return hears(bench, DID(6), "closed", hear_seconds=3)


@proof("inbound: menu, a key", "109")
def menu_key(bench: Bench) -> Outcome:
    """Key 2 leads to its extension. Fails when the PBX does not hear RFC 4733 events."""
    return answered_by(bench, DID(6), "109", **after("main", "2"))


@proof("inbound: menu, a menu below", "110", weight=10)
def menu_nested(bench: Bench) -> Outcome:
    """Key 3 leads to another menu, whose key 1 leads to an extension."""
    return answered_by(bench, DID(6), "110", dtmf="3,,1", dtmf_after="heard", expect=f"{MAIN},{NESTED},{OFFICE_TONE}")


@proof("inbound: menu, an extension dialled", "111", weight=6)
def menu_extension(bench: Bench) -> Outcome:
    """In the menu the caller dials the extension itself."""
    return answered_by(bench, DID(6), "111", **after("main", "111"))


@proof("inbound: schedule, open", "108")
def schedule_open(bench: Bench) -> Outcome:
    """A schedule that is always open."""
    return answered_by(bench, DID(7), "108")


@proof("inbound: schedule, closed")
def schedule_closed(bench: Bench) -> Outcome:
    """A schedule that is open on another day of the week."""
    return hears(bench, DID(8), "closed")


@proof("inbound: schedule, holiday")
def schedule_holiday(bench: Bench) -> Outcome:
    """A schedule that is always open, but for a holiday today; `otherwise` would be busy."""
    return hears(bench, DID(9), "holiday")


@proof("inbound: announcement")
def announcement(bench: Bench) -> Outcome:
    """The prompt is played once, then the PBX hangs up."""
    found = Findings()
    with bench.call_in(DID(10), bench.caller(), expect=PROMPTS["closed"][0], hear_seconds=2, who="callee") as outside:
        there = outside.result()
    found.good("caller", there)
    found.expect(there.get("ended_by") == "them", "the PBX did not hang up")
    seconds = (there.get("heard") or {}).get("seconds", 0)
    found.expect(3 <= seconds <= 4.5, f"the prompt of 4 s was heard for {seconds} s")
    found.note(f"the caller heard {heard(there)} for {seconds} s, then the PBX hung up")
    return found.outcome()


@proof("inbound: external")
def external(bench: Bench) -> Outcome:
    """The call goes out again, to the number on call, with the number that was called as caller ID."""
    found = Findings()
    assert bench.arrivals
    since = bench.sequence()
    with bench.call_in(DID(12), bench.caller(), tone=OFFICE_TONE, expect=CARRIER_TONE) as outside:
        there = outside.result()
    calls = bench.carried(since, "+12025550170")
    found.good("caller", there)
    if found.expect(calls, "nothing for +12025550170 reached the carrier"):
        ended = bench.arrivals.end(bench.arrivals.call("+12025550170", DID(12))["call_id"])
        found.good("on call", ended)
        found.expect(calls[0]["from_user"] == DID(12), f"it shows {calls[0]['from_user']}")
        found.note(f"+12025550170 from {calls[0]['from_user']}, heard there {heard(ended)}, here {heard(there)}")
    return found.outcome()


@proof("inbound: hangup")
def hangup(bench: Bench) -> Outcome:
    """Busy, declined and unavailable are three SIP codes, and none of them is an answered call."""
    found = Findings()
    for did, code in ((DID(13), 486), (DID(14), 603), (DID(15), 480), (DID(16), 404)):
        one = ends_with(bench, did, code)
        found.expect(one.ok, f"{did}: {one.summary}")
        found.note(f"{did} {one.summary.partition(' ')[0]}")
    return found.outcome()


@proof("inbound: nobody's telephone", "101")
def not_registered(bench: Bench) -> Outcome:
    """An extension without a telephone and without `otherwise`: 480."""
    return ends_with(bench, DID(1), 480)


@proof("inbound: a number that is not described")
def unknown_number(bench: Bench) -> Outcome:
    """From the carrier's own address, a number that is not in the description: 404, and no telephone rings."""
    found = Findings()
    address = bench.lab.edge_address("ashburn")
    with bench.straight("carrier", f"{address}:0", "+12025550199", expect_code=404) as caller:
        result = caller.result()
    found.good("caller", result)
    found.note(f"{result.get('code')} {result.get('reason')}")
    return found.outcome()


@proof("inbound: anonymous, and a number without +", "101")
def anonymous(bench: Bench) -> Outcome:
    """A caller without a number is let in as anonymous; one without + is shown with it."""
    found = Findings()
    for caller, shown in (("anonymous", "nonymous"), (bench.caller().lstrip("+"), "+1415")):
        with bench.phone("101") as office, bench.call_in(DID(1), caller, expect=OFFICE_TONE) as outside:
            found.good(f"caller {caller}", outside.result())
            sender = str(office.wait_for("incoming")["from"])
            found.expect(shown in sender, f"{caller} is shown as {sender}")
            found.note(f"{caller}: {sender.partition(';')[0]}")
            office.result()
    return found.outcome()
