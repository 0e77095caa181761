# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proof by calls: what the demo and the Molecule scenario both check on a lab whose office has been deployed.

python -m lab.checks --name molecule     every check, a line each; exit code 1 if one fails
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from lab.control import Control
from lab.proof.bench import Bench, Lab
from lab.proof.pbx import Asterisk
from lab.proof.tones import CARRIER_TONE, OFFICE_TONE, heard
from lab.report import Outcome, Report
from lab.telephone import Options, header, subscriber

OUTSIDE_NUMBER = "+12025550143"  # the subscriber behind the carrier
DIALLED = "+12025550199"

# How people write the same destination, and what must reach the carrier.
FORMATS = {
    "national": ("2025550199", DIALLED),
    "with trunk prefix": ("12025550199", DIALLED),
    "E.164": (DIALLED, DIALLED),
    "international": ("011442079460123", "+442079460123"),
}

# Destinations that look harmless in North America and are not: Jamaica shares the country code, 900 is premium rate.
FORBIDDEN = {
    "Jamaica (+1 876)": "18765550123",
    "premium rate (1 900)": "19005550123",
    "France (not allowed)": "01133199001234",
}

SILENCE = 3.0  # seconds without an answer, a thousand times what one takes in the lab
_TRY_TCP = f"""
import socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), {SILENCE})
    print("open")
except TimeoutError:
    print("timeout")
except OSError as error:
    print(error.strerror)
"""


class Checks:
    """The checks of one lab. Each method makes its calls and returns what it found."""

    def __init__(
        self, lab: Lab, control: Control, *, pbx: str = "pbx1", domain: str = "acme-hq.pstn.twilio.com"
    ) -> None:
        self.lab = lab
        self.control = control
        self.pbx = lab.address(pbx)
        self.pbx_host = pbx
        self.domain = domain
        self.phone = lab.address("phone")
        self.outside = lab.address("pstn")
        self.switch = lab.address("carrier")
        self.bench = Bench(lab, control, Asterisk(lab, pbx), host=pbx)

    def inbound(self, did: str, extension: str) -> Outcome:
        """A subscriber behind the carrier dials a DID; the extension answers; both hear each other's tone."""
        with (
            self.bench.phone(extension) as office,
            self.bench.call_in(did, OUTSIDE_NUMBER, expect=OFFICE_TONE) as caller,
        ):
            called, answered = caller.result(), office.result()
        ok = bool(called["ok"] and answered["ok"])
        summary = f"audio both ways: caller heard {heard(called)}, office {heard(answered)}"
        if not ok:
            summary = f"call ended {called.get('code')} {called.get('reason')}; {summary}"
        return Outcome(ok, summary, {"did": did, "extension": extension, "caller": called, "office": answered})

    def outbound(self, dialled: str, expected: str, extension: str = "101") -> Outcome:
        """An extension dials as people do; exactly +E.164 reaches the trunk domain; both hear each other's tone."""
        since = self.bench.sequence()
        with self.bench.outside(calls=1, timeout=20) as arrivals:
            called = self._dial(extension, dialled, hear=True)
            heard_there = arrivals.result()
        arrived = self.bench.carried(since)
        uris = sorted({f"{call.get('request_user')}@{call.get('request_host')}" for call in arrived})
        exact = bool(uris) and all(
            uri.startswith(f"{expected}@") and self._of_trunk(uri.partition("@")[2].partition(":")[0]) for uri in uris
        )
        ok = bool(called["ok"] and heard_there["ok"] and exact)
        summary = f"{', '.join(uris) or 'nothing arrived'}; heard there {heard(heard_there)}, here {heard(called)}"
        if not called["ok"]:
            summary = f"call ended {called.get('code')} {called.get('reason')}; {summary}"
        return Outcome(
            ok,
            summary,
            {"dialled": dialled, "expected": expected, "request_uris": uris, "caller": called, "answerer": heard_there},
        )

    def refused_source(self) -> Outcome:
        """The same call from an address that is in no access list: 403 with X-Twilio-Error 32201."""
        return self._refused("rogue", f"{self.lab.address('rogue')}:5060", DIALLED, 403, "32201")

    def refused_format(self) -> Outcome:
        """From the PBX's own address, a number that is not E.164: 400."""
        return self._refused(self.pbx_host, f"{self.pbx}:5099", DIALLED[2:], 400, "32101")

    def refused_register(self) -> Outcome:
        """REGISTER is never accepted by an elastic trunk."""
        options: Options = {
            "listen": f"{self.pbx}:5099",
            "method": "REGISTER",
            "uri": f"sip:{self.domain}",
            "target": f"{self.lab.edge_address('ashburn')}:5060",
        }
        with subscriber(self.lab, self.pbx_host, "probe", options) as probe:
            result = probe.result()
        code = int(result.get("code") or 0)
        error = header(result, "X-Twilio-Error")
        return Outcome(400 <= code < 700 and error.startswith("32210"), f"{code}, {error}", result)

    def refused_destinations(self, extension: str = "101") -> Outcome:
        """Destinations outside the dial plan are refused by the PBX and never leave it."""
        since = self.bench.sequence()
        codes = {what: self._dial(extension, number, hear=False).get("code") for what, number in FORBIDDEN.items()}
        left = self.bench.carried(since)
        ok = all(code is not None and 400 <= int(code) < 700 for code in codes.values()) and not left
        answers = ", ".join(f"{what}: {code}" for what, code in codes.items())
        return Outcome(ok, f"{answers}; {len(left)} reached the carrier", {"codes": codes, "reached_carrier": left})

    def stranger(self) -> Outcome:
        """The firewall: nobody answers a stranger, neither by SIP nor by SSH; a telephone's network gets an answer."""
        answers = {host: self._knock(host) for host in ("rogue", "phone")}
        door = self.lab.exec("rogue", ["python3", "-c", _TRY_TCP, self.pbx, "22"]).stdout.strip()
        silent = answers["rogue"].get("code") is None and door == "timeout"
        ok = silent and answers["phone"].get("code") is not None
        summary = (
            f"SIP: a stranger hears {answers['rogue'].get('code') or 'nothing'}, "
            f"a telephone {answers['phone'].get('code') or 'nothing'}; SSH from the stranger: {door or 'error'}"
        )
        return Outcome(ok, summary, {"answers": answers, "ssh": door})

    def history(self) -> Outcome:
        """Every call that was answered is over in the account's own list, and on a trunk."""
        answered = [call["call_sid"] for call in self.control.calls() if call["call_sid"] and call["sip_code"] == 200]
        account = f"api/2010-04-01/Accounts/{self.control.account_sid}"
        listed = {
            call["sid"]: call for call in self.control.rest("GET", f"{account}/Calls.json?PageSize=1000")["calls"]
        }
        wrong = [
            sid
            for sid in answered
            if listed[sid]["status"] != "completed" or not listed[sid]["trunk_sid"].startswith("TK")
        ]
        seconds = sum(int(listed[sid]["duration"]) for sid in answered)
        ok = bool(answered) and not wrong
        summary = f"{len(answered)} answered, {len(answered) - len(wrong)} completed, {seconds} s in all"
        return Outcome(ok, summary, {"calls": [listed[sid] for sid in answered]})

    def all(self) -> Iterator[tuple[str, Callable[[], Outcome]]]:
        """Every check with the name it has in a table, in the order in which they are to be made."""
        for did, extension in (("+12025550101", "101"), ("+12025550102", "102")):
            yield f"inbound {did} to {extension}", partial(self.inbound, did, extension)
        for title, (dialled, expected) in FORMATS.items():
            yield f"outbound {dialled} ({title})", partial(self.outbound, dialled, expected)
        yield "refused: source not in the ACL", self.refused_source
        yield "refused: not E.164", self.refused_format
        yield "refused: REGISTER", self.refused_register
        yield "refused: not in the dial plan", self.refused_destinations
        yield "firewall: a stranger", self.stranger
        yield "the account's list of calls", self.history

    def _dial(self, extension: str, number: str, *, hear: bool) -> dict[str, Any]:
        with self.bench.dial(extension, number, **({"expect": CARRIER_TONE} if hear else {})) as caller:
            return caller.result()

    def _knock(self, host: str) -> dict[str, Any]:
        options: Options = {
            "listen": f"{self.lab.address(host)}:0",
            "method": "OPTIONS",
            "uri": f"sip:{self.pbx}",
            "target": f"{self.pbx}:5060",
        }
        with subscriber(self.lab, host, "probe", options, timeout=SILENCE) as probe:
            return probe.result()

    def _call(self, host: str, options: Options, password: str = "") -> dict[str, Any]:
        with subscriber(self.lab, host, "call", options, password=password) as caller:
            return caller.result()

    def _refused(self, host: str, listen: str, number: str, code: int, reason: str) -> Outcome:
        """Call the trunk straight from a host; the edge has to refuse with that SIP code and Twilio's error code."""
        result = self._call(
            host,
            {
                "listen": listen,
                "from": f"sip:+12025550101@{self.domain}",
                "to": f"sip:{number}@{self.domain}",
                "proxy": f"{self.lab.edge_address('ashburn')}:5060",
                "tone": OFFICE_TONE,
                "expect-code": code,
            },
        )
        error = header(result, "X-Twilio-Error")
        return Outcome(
            result.get("code") == code and error.startswith(reason), f"{result.get('code')}, {error}", result
        )

    def _of_trunk(self, host: str) -> bool:
        """Tell whether host is the trunk's domain, plain or localized to an edge."""
        name, rest = self.domain.split(".pstn.", 1)
        return host == self.domain or (host.startswith(f"{name}.pstn.") and host.endswith(rest))


def main() -> int:
    from lab.lab import Lab as RealLab

    parser = argparse.ArgumentParser(prog="python -m lab.checks", description="Prove a deployed lab office by calls.")
    parser.add_argument("--name", default="demo", help="the lab (default: demo)")
    arguments = parser.parse_args()
    lab = RealLab(arguments.name)
    report = Report()
    checks = Checks(lab, lab.control())
    for name, check in checks.all():
        report.step(name, check)
    failed = sum(not step.ok for step in report.steps)
    print(f"{len(report.steps) - failed} checks passed, {failed} failed")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
