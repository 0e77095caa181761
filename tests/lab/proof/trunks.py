# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trunks of each kind, and what the PBX does on them besides calls."""

from __future__ import annotations

from functools import partial

from lab.proof.bench import Bench, soon
from lab.proof.findings import Findings
from lab.proof.inbound import DID, answered_by
from lab.proof.outbound import goes_out
from lab.proof.prepare import NOTIFIER_TAG
from lab.proof.registry import proof
from lab.proof.tones import CARRIER_TONE, heard
from lab.report import Outcome

HQ = "hq"


@proof("secure trunk: in", "117")
def secure_in(bench: Bench) -> Outcome:
    """TLS and SRTP from the carrier to the telephone. The carrier sends neither in the clear to a secure trunk."""
    return answered_by(bench, DID(17), "117", srtp="require")


@proof("secure trunk: out", "117")
def secure_out(bench: Bench) -> Outcome:
    """TLS and SRTP from the telephone to the carrier, which refuses everything else (32208, 32209)."""
    found = Findings()
    goes_out(
        bench, found, "117", "2025550171", "+12025550171",
        trunk="acme-hq-secure.pstn.twilio.com", shown=DID(17), transport="tls", srtp="True",
    )  # fmt: skip
    return found.outcome()


@proof("secure trunk: an ordinary telephone", "126", weight=5)
def secure_mixed(bench: Bench) -> Outcome:
    """A telephone without encryption talks over the secure trunk: the PBX encrypts."""
    found = Findings()
    goes_out(
        bench, found, "126", "2025550172", "+12025550172",
        trunk="acme-hq-secure.pstn.twilio.com", shown=DID(26), transport="tls", srtp="True",
    )  # fmt: skip
    one = answered_by(bench, DID(26), "126", srtp="require")
    found.expect(one.ok, one.summary)
    return found.outcome()


@proof("secure trunk: no call in the clear", "117")
def secure_only(bench: Bench) -> Outcome:
    """The carrier, as if it were broken, lets a call without SRTP pass: the PBX refuses it with 488."""
    found = Findings()
    bench.control.post("settings", {"pass_unencrypted": True})
    try:
        with bench.phone("117") as office:
            with bench.call_in(DID(17), bench.caller(), expect_code=488) as outside:
                result = outside.result()
            rang = [event for event in office.events if event["event"] == "incoming"]
    finally:
        bench.control.post("settings", {"pass_unencrypted": False})
    found.good("caller", result)
    found.expect(not rang, "the telephone rang")
    found.note(f"{result.get('code')} {result.get('reason')}")
    return found.outcome()


@proof("trunk by password: out", "118")
def digest_out(bench: Bench) -> Outcome:
    """The carrier knows this trunk's PBX by user and password alone; without them it answers 407 for ever."""
    found = Findings()
    goes_out(
        bench, found, "118", "2025550173", "+12025550173",
        trunk="acme-hq-digest.pstn.twilio.com", shown=DID(18), transport="tcp", auth_user="acme-hq",
    )  # fmt: skip
    return found.outcome()


@proof("trunk by password: in", "118")
def digest_in(bench: Bench) -> Outcome:
    """Over TCP."""
    return answered_by(bench, DID(18), "118")


@proof("emergency: 911 and 933", "114", weight=6)
def emergency(bench: Bench) -> Outcome:
    """They leave as dialled, with the number whose address is registered; the notifier is told."""
    found = Findings()
    for number in ("933", "911"):
        since = bench.sequence()
        with bench.dial("114", number, expect=CARRIER_TONE) as office:
            result = office.result()
        found.good(number, result)
        calls = bench.carried(since, number, from_user="+12025550101")
        found.expect(calls, f"{number} did not reach the carrier from +12025550101")
        found.note(f"{number}: {result.get('code')}, heard {heard(result)}")
        wanted = f"114|Emergency|{number}|+12025550101|{HQ}|"
        told = soon(partial(_told, bench, wanted))
        found.expect(told, f"the notifier was not told {wanted}")
    found.expect(bench.record(direction="emergency", extension="114", called="911"), "no call detail record of 911")
    return found.outcome()


@proof("emergency: past every rule", "121", "120", weight=6)
def emergency_rules(bench: Bench) -> Outcome:
    """From a telephone that may call nobody outside, and from one that shows no number otherwise."""
    found = Findings()
    for extension in ("121", "120"):
        since = bench.sequence()
        with bench.dial(extension, "911", expect=CARRIER_TONE) as office:
            found.good(extension, office.result())
        calls = bench.carried(since, "911", from_user="+12025550101")
        found.expect(calls, f"extension {extension}: 911 did not reach the carrier from +12025550101")
        found.note(f"extension {extension}: 911 connected")
    return found.outcome()


def _told(bench: Bench, wanted: str) -> bool:
    return wanted in bench.pbx.journal(NOTIFIER_TAG)
