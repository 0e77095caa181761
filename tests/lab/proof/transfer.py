# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Transfers by telephones: to colleagues yes, of strangers to the outside no."""

from __future__ import annotations

from typing import Any

from lab.proof.bench import Bench
from lab.proof.findings import Findings
from lab.proof.inbound import DID
from lab.proof.registry import proof
from lab.proof.tones import CARRIER_TONE, OFFICE_TONE
from lab.report import Outcome

TARGET_TONE = 570  # of the telephone that is transferred to


def _to_colleague(bench: Bench, **how: Any) -> Outcome:
    """A caller from outside hears first the one who transfers, then the one transferred to."""
    found = Findings()
    with (
        bench.phone("129", tone=TARGET_TONE, expect=how.pop("target_expects", CARRIER_TONE)) as target,
        # It hears longer than the others have to: whom it leaves has heard enough by then.
        bench.phone("128", refer_to=f"sip:129@{bench.address}", refer_after="heard", hear_seconds=1.6, **how) as office,
        bench.call_in(DID(28), bench.caller(), expect=f"{OFFICE_TONE},{TARGET_TONE}") as outside,
    ):
        there, here, last = outside.result(), office.result(), target.result()
    found.good("caller", there)
    found.good("transferred to", last)
    found.expect(not bench.control.get("calls")["refers"], "the PBX asked the carrier for the transfer")
    calls = here.get("calls") or [{}]
    found.evidence["office"] = here
    found.expect(calls[0].get("connected"), f"the telephone that transfers: {here.get('why')}")
    found.note(f"the caller heard {OFFICE_TONE} Hz, then {TARGET_TONE} Hz")
    return found.outcome()


@proof("transfer: blind, to a colleague", "128", "129", weight=6)
def blind(bench: Bench) -> Outcome:
    """REFER while talking. Fails when the PBX refuses it, or the caller hears nobody afterwards."""
    return _to_colleague(bench)


@proof("transfer: attended, to a colleague", "128", "129", weight=8)
def attended(bench: Bench) -> Outcome:
    """The colleague is asked first, then the two calls are joined (REFER with Replaces)."""
    return _to_colleague(
        bench, attended=True, consult_expect=TARGET_TONE, target_expects=f"{OFFICE_TONE},{CARRIER_TONE}"
    )


@proof("transfer: a stranger to the outside", "128", weight=6)
def outside(bench: Bench) -> Outcome:
    """Whoever calls in cannot be sent out again: the transfer fails, and the carrier sees nothing of it."""
    found = Findings()
    since = bench.sequence()
    with (
        bench.phone("128", refer_to=f"sip:+12025550184@{bench.address}", refer_after="heard") as office,
        bench.call_in(DID(28), bench.caller(), expect=OFFICE_TONE, talk_seconds=3) as caller,
    ):
        caller.result()
        transfer = ((office.result().get("calls") or [{}])[0]).get("transfer") or {}
    found.expect(transfer, "no transfer was tried")
    found.expect(not 200 <= int(transfer.get("outcome") or 0) < 300, f"the transfer went well: {transfer}")
    found.expect(not bench.carried(since, "+12025550184"), "+12025550184 was called")
    found.note(f"the transfer ended with {transfer.get('outcome')}, nothing reached the carrier")
    return found.outcome()


@proof("transfer: a colleague to the outside", "128", weight=6)
def colleague(bench: Bench) -> Outcome:
    """A call between colleagues may be transferred out, under the policy of the one who transfers."""
    found = Findings()
    since = bench.sequence()
    with (
        bench.phone(
            "128", refer_to=f"sip:2025550185@{bench.address}", refer_after="heard", expect=TARGET_TONE
        ) as office,
        bench.dial("115", "128", tone=TARGET_TONE, expect=f"{OFFICE_TONE},{CARRIER_TONE}") as caller,
    ):
        found.evidence["caller"] = caller.result()
        office.result()
    calls = bench.carried(since, "+12025550185")
    found.expect(calls, "+12025550185 did not reach the carrier")
    found.expect(calls and calls[0]["from_user"] == "+12025550101", "with another caller ID")
    found.note("+12025550185 called with the caller ID of the one who transferred")
    return found.outcome()


@proof("transfer: attended, a stranger to the outside", "128", weight=8)
def joined(bench: Bench) -> Outcome:
    """A telephone calls out and joins that call with a caller's (REFER with Replaces): they never hear each other."""
    found = Findings()
    with (
        bench.phone(
            "128",
            refer_to=f"sip:+12025550186@{bench.address}",
            refer_after="heard",
            attended=True,
            consult_expect=CARRIER_TONE,
        ) as office,
        bench.call_in(DID(28), bench.caller(), expect=OFFICE_TONE, talk_seconds=8) as caller,
    ):
        there = caller.result()
        transfer = ((office.result().get("calls") or [{}])[0]).get("transfer") or {}
    found.evidence["transfer"] = transfer
    found.expect(transfer, "no transfer was tried")
    tones = [tone["frequency"] for tone in (there.get("heard") or {}).get("tones") or []]
    found.expect(tones, "the caller heard nothing at all")
    found.expect(CARRIER_TONE not in tones, "the caller heard the one outside")
    found.note(f"the caller heard {tones} and then nobody")
    return found.outcome()


@proof("transfer: asked for by the carrier", "128", weight=5)
def by_carrier(bench: Bench) -> Outcome:
    """REFER from outside, to a colleague and to a number outside: refused, and the call goes on where it is. Where the
    trunk may transfer, the colleague's is accepted."""
    found = Findings()
    for target in ("129", "+12025550187"):
        since = bench.sequence()
        with (
            bench.phone("128") as office,
            bench.call_in(
                DID(28),
                bench.caller(),
                refer_to=f"sip:{target}@{bench.address}",
                refer_after="heard",
                expect=OFFICE_TONE,
                talk_seconds=2,
            ) as caller,
        ):
            result = caller.result()
            found.good(f"office, {target}", office.result())
        transfer = result.get("transfer") or {}
        found.evidence[target] = result
        found.expect(int(transfer.get("outcome") or 0) >= 300, f"the transfer to {target} ended with {transfer}")
        found.expect(not bench.carried(since, target), f"{target} was called")
        found.note(f"to {target}: {transfer.get('outcome')}")
    return found.outcome()


@proof("transfer: a stranger to an emergency number", "128", weight=6)
def emergency(bench: Bench) -> Outcome:
    """Whoever needs help gets it, also who calls in: the two from outside hear each other, and nobody cuts them off."""
    found = Findings()
    since = bench.sequence()
    with (
        bench.phone("128", refer_to=f"sip:933@{bench.address}", refer_after="heard", expect=TARGET_TONE) as office,
        bench.call_in(DID(28), bench.caller(), tone=TARGET_TONE, expect=f"{OFFICE_TONE},{CARRIER_TONE}") as caller,
    ):
        found.good("caller", caller.result())
        office.result()
    calls = bench.carried(since, "933")
    found.expect(calls, "933 did not reach the carrier")
    found.expect(calls and calls[0]["from_user"] == "+12025550101", "with another caller ID")
    found.note("the caller heard the telephone, then the emergency number")
    return found.outcome()
