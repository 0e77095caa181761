# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls to the outside: what leaves, and what must not."""

from __future__ import annotations

from lab.proof.bench import Bench
from lab.proof.findings import Findings
from lab.proof.registry import proof
from lab.proof.tones import CARRIER_TONE, OFFICE_TONE, heard
from lab.report import Outcome

MAIN = "+12025550101"

# How people write the same destination, and what must reach the carrier. The numbers are nobody else's here.
FORMATS = {
    "national": ("2025550151", "+12025550151"),
    "with trunk prefix": ("12025550152", "+12025550152"),
    "E.164": ("+12025550153", "+12025550153"),
    "international": ("011442079460154", "+442079460154"),
    "with hyphens": ("202-555-0155", "+12025550155"),
    "toll-free": ("18005550156", "+18005550156"),
}

# Destinations that look harmless in North America and are not: Jamaica shares the country code, 900 is premium rate.
FORBIDDEN = {
    "Jamaica (+1 876)": ("18765550123", 403),
    "premium rate (1 900)": ("19005550123", 403),
    "France, not allowed": ("01133199001234", 403),
    "too short": ("5550123", 484),
    "no number": ("+12", 403),
}


def goes_out(
    bench: Bench, found: Findings, extension: str, dialled: str, expected: str, *, trunk: str, shown: str, **facts: str
) -> None:
    """A call reaches the outside as exactly this number over this trunk's domain, with audio both ways."""
    assert bench.arrivals
    since = bench.sequence()
    with bench.dial(extension, dialled, expect=CARRIER_TONE) as office:
        here = office.result()
    if not found.good(f"office, {dialled}", here):
        return
    calls = bench.carried(since, expected, from_user=shown, **facts)
    if not found.expect(calls, f"{dialled} did not reach the carrier as {expected} from {shown} {facts or ''}"):
        found.evidence["carried"] = bench.carried(since)
        return
    host = str(calls[-1]["request_host"]).partition(":")[0]
    name = trunk.partition(".pstn.")[0]
    found.expect(host.startswith(f"{name}.pstn.") and host.endswith("twilio.com"), f"it went to {host}, not to {trunk}")
    there = bench.arrivals.end(bench.arrivals.call(expected)["call_id"])
    found.good(f"outside, {dialled}", there)
    found.note(f"{dialled}: {expected}@{host}, heard there {heard(there)}, here {heard(here)}")


def refused(bench: Bench, found: Findings, extension: str, numbers: dict[str, tuple[str, int]]) -> None:
    """Calls end with these codes, and the carrier sees nothing of them."""
    since = bench.sequence()
    for what, (number, code) in numbers.items():
        with bench.dial(extension, number, expect_code=code) as office:
            result = office.result()
        found.expect(result.get("code") == code, f"{what}: {result.get('code')} instead of {code}")
        found.note(f"{what}: {result.get('code')}")
    # Whatever is made of it, its last digits would be those dialled. Others' calls are going out meanwhile.
    dialled = tuple(number[-7:] for number, __ in numbers.values() if len(number) >= 7)
    left = [call for call in bench.carried(since) if call["request_user"].endswith(dialled)]
    found.expect(not left, f"reached the carrier: {[call['request_user'] for call in left]}")


@proof("outbound: each format of a number", "115", weight=15)
def formats(bench: Bench) -> Outcome:
    """Whatever is dialled, exactly +E.164 reaches the trunk's domain."""
    found = Findings()
    for dialled, expected in FORMATS.values():
        goes_out(bench, found, "115", dialled, expected, trunk="acme-hq.pstn.twilio.com", shown=MAIN)
    record = bench.record(direction="outbound", extension="115", called="+442079460154")
    if found.expect(record, "no call detail record of +442079460154") and record:
        found.expect(record["caller"] == "115", f"the record says caller {record['caller']}")
        found.expect(record["trunk"] == "acme-hq-production", f"the record says trunk {record['trunk']}")
    return found.outcome()


@proof("outbound: refused destinations", "113", weight=6)
def destinations(bench: Bench) -> Outcome:
    """Destinations outside the dial plan end at the PBX. A call plan without the rule lets them out."""
    found = Findings()
    refused(bench, found, "113", FORBIDDEN)
    return found.outcome()


@proof("outbound: a policy of its own", "121", weight=4)
def policy(bench: Bench) -> Outcome:
    """The lobby may dial toll-free numbers and colleagues, and nothing else."""
    found = Findings()
    refused(bench, found, "121", {"national": ("2025550157", 403), "Great Britain": ("011442079460157", 403)})
    goes_out(bench, found, "121", "18005550158", "+18005550158", trunk="acme-hq.pstn.twilio.com", shown=MAIN)
    return found.outcome()


@proof("outbound: anonymous", "120")
def anonymous(bench: Bench) -> Outcome:
    """The called party sees no number, the carrier does."""
    found = Findings()
    goes_out(
        bench, found, "120", "2025550159", "+12025550159",
        trunk="acme-hq.pstn.twilio.com", shown="anonymous", asserted_user="+12025550120",
    )  # fmt: skip
    if bench.arrivals and not found.wrong:
        headers = bench.arrivals.call("+12025550159")["headers"]
        found.expect("id" in headers.get("Privacy", ""), f"Privacy is {headers.get('Privacy')}")
    return found.outcome()


@proof("outbound: a caller ID that is not ours", "115", weight=4)
def pretended(bench: Bench) -> Outcome:
    """What a telephone says of itself never reaches the carrier."""
    found = Findings()
    since = bench.sequence()
    lines = [
        f"P-Asserted-Identity: <sip:+19005550100@{bench.address}>",
        f"Remote-Party-ID: <sip:+19005550100@{bench.address}>",
        f"Diversion: <sip:+19005550100@{bench.address}>;reason=unconditional",
    ]
    with bench.dial("115", "2025550160", expect=CARRIER_TONE, header=lines) as office:
        found.good("office", office.result())
    calls = bench.carried(since, "+12025550160")
    if found.expect(calls, "the call did not reach the carrier") and bench.arrivals:
        found.expect(calls[0]["from_user"] == MAIN, f"From is {calls[0]['from_user']}")
        found.expect(calls[0]["asserted_user"] == MAIN, f"P-Asserted-Identity is {calls[0]['asserted_user']}")
        told = {name: text for name, text in bench.arrivals.call("+12025550160")["headers"].items() if "900555" in text}
        found.expect(not told, f"told to the carrier: {told}")
        found.note(f"the carrier saw {calls[0]['from_user']}")
    return found.outcome()


@proof("outbound: calls at a time", "122", weight=8)
def concurrent(bench: Bench) -> Outcome:
    """Whose limit is one call gets 503 for a second one, but not for an emergency call."""
    found = Findings()
    since = bench.sequence()
    with bench.dial("122", "2025550161", expect=CARRIER_TONE, hear_seconds=4) as first:
        first.wait_for("answered")
        with bench.dial("122", "2025550162", expect_code=503) as second:
            found.good("second call", second.result())
        with bench.dial("122", "933", expect=CARRIER_TONE) as emergency:
            found.good("emergency call meanwhile", emergency.result())
        first.result()
    found.expect(not bench.carried(since, "+12025550162"), "the second call reached the carrier")
    with bench.dial("122", "2025550163") as again:
        found.good("a call afterwards", again.result())
    found.note("second call 503, emergency call meanwhile connected, next call connected")
    return found.outcome()


@proof("outbound: calls in a minute", "123", weight=4)
def per_minute(bench: Bench) -> Outcome:
    """Of calls in a row at most two in a minute get out; a new minute in between allows two more."""
    found = Findings()
    codes = []
    for last in range(64, 69):
        with bench.dial("123", f"20255501{last}") as office:
            codes.append(office.result().get("code"))
    passed = codes.count(200)
    found.expect(2 <= passed <= 4 and codes[:2] == [200, 200] and 503 in codes, f"answers: {codes}")
    found.note(f"answers to calls in a row: {', '.join(map(str, codes))}")
    return found.outcome()


@proof("internal: extension to extension", "129")
def internal(bench: Bench) -> Outcome:
    """Colleagues call each other by extension; the carrier sees nothing."""
    found = Findings()
    since = bench.sequence()
    with bench.phone("129", tone=CARRIER_TONE, expect=OFFICE_TONE) as called:
        with bench.dial("115", "129", expect=CARRIER_TONE) as caller:
            here, there = caller.result(), called.result()
        shown = str(called.wait_for("incoming")["from"])
    found.good("caller", here)
    found.good("called", there)
    found.expect("115" in shown, f"the colleague saw {shown}")
    found.expect(not bench.carried(since, "129"), "it reached the carrier")
    found.expect(bench.record(direction="internal", extension="115", called="129"), "no call detail record")
    found.note(f"audio both ways: {heard(here)}, {heard(there)}")
    return found.outcome()


@proof("internal: a ring group by its extension", "103", "104")
def group(bench: Bench) -> Outcome:
    """Destinations with an extension can be dialled by telephones."""
    found = Findings()
    with bench.phone("104", tone=CARRIER_TONE, expect=OFFICE_TONE) as called:
        with bench.dial("115", "603", expect=CARRIER_TONE) as caller:
            found.good("caller", caller.result())
        found.good("called", called.result())
    found.note("603 rings its members")
    return found.outcome()


@proof("refused: somebody who is not the carrier", "101")
def rogue(bench: Bench) -> Outcome:
    """A call for one of our numbers from a foreign address is turned away; no telephone rings."""
    found = Findings()
    with bench.phone("101") as office:
        with bench.straight("rogue", f"{bench.lab.address('rogue')}:0", MAIN) as caller:
            result = caller.result()
        rang = [event for event in office.events if event["event"] == "incoming"]
    code = result.get("code")
    found.expect(code is None or 400 <= int(code) < 700, f"it was answered with {code}")
    found.expect(not rang, "the telephone rang")
    found.note(f"{code or 'no answer'} {result.get('reason') or ''}".strip())
    return found.outcome()


@proof("refused: a wrong password", "113")
def password(bench: Bench) -> Outcome:
    """Neither a call nor a registration with a wrong password."""
    found = Findings()
    before = bench.sequence()
    for extension in ("113", "999"):
        with bench.straight(
            "phone", f"{bench.phone_address}:0", "2025550169", sender=extension, password="Wrong-Pass-1"
        ) as caller:
            code = caller.result().get("code")
        found.expect(code in (401, 403), f"extension {extension}: {code}")
        found.note(f"extension {extension}: {code}")
    found.expect(not bench.carried(before, "+12025550169"), "the call reached the carrier")
    return found.outcome()
