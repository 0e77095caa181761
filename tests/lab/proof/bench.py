# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The telephones of a proof: at the office, outside, and what the carrier has seen."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol

from lab.control import Control
from lab.proof.deploy import Deployed
from lab.proof.pbx import Inside, Pbx
from lab.proof.tones import CARRIER_TONE, OFFICE_TONE
from lab.telephone import Host, Options, Telephone, Value, subscriber

HEAR_SECONDS = 1.0
PATIENCE = 40.0  # seconds for one telephone; only what is wrong takes that long
SOON = 12.0  # seconds for something that is about to be there
LONG = 900.0  # seconds that the telephone outside stays

# How an extension reaches the PBX, where it is not UDP. As tests/lab/office_full describes them.
AUTHORITY = "/etc/lab-authority.pem"  # on the telephones' host
TRANSPORTS = {"117": "tls", "118": "tcp"}


class Lab(Host, Inside, Deployed, Protocol):
    """What a proof needs of a lab."""

    def address(self, host: str) -> str: ...
    def edge_address(self, edge: str) -> str: ...
    def extension_secret(self, extension: str) -> str: ...
    def reboot(self, host: str) -> None: ...
    def secret(self, name: str) -> str: ...


class Arrivals:
    """Calls that reached the telephone outside, told apart by the number dialled."""

    def __init__(self, telephone: Telephone) -> None:
        self._telephone = telephone

    def call(self, number: str, caller: str = "", within: float = SOON) -> dict[str, Any]:
        """Return the event `incoming` of the call to a number (from a caller, if given)."""

        def fits(event: dict[str, Any]) -> bool:
            return str(event["request_uri"]).startswith(f"sip:{number}@") and caller in str(event["from"])

        return self._telephone.wait_for("incoming", fits, within)

    def end(self, call_id: str, within: float = PATIENCE) -> dict[str, Any]:
        """Return the result of a call, once it is over."""
        return self._telephone.wait_for("ended", lambda event: event["call_id"] == call_id, within)

    def result(self) -> dict[str, Any]:
        """Return the result of them all, if it is known how many there are."""
        return self._telephone.result()


class Bench:
    """One lab with a deployed office."""

    def __init__(self, lab: Lab, control: Control, pbx: Pbx, *, host: str = "pbx1") -> None:
        self.lab = lab
        self.control = control
        self.pbx = pbx
        self.host = host
        self.address = lab.address(host)
        self.phone_address = lab.address("phone")
        self.outside_address = lab.address("pstn")
        self.switch = lab.address("carrier")
        self.arrivals: Arrivals | None = None
        self.in_force: dict[str, Any] = {}  # changes to the description that a proof has left on the host
        self.site_extension = ""  # what the site's own dial plan has, once a proof has written it
        # Callers of an earlier run are in the PBX's records.
        self._callers = itertools.count(int(time.time()) % 90_000)
        self._lock = threading.Lock()
        self._begun: tuple[float, dict[tuple[str, str], int]] = time.monotonic(), {}

    # -- telephones ----------------------------------------------------------------------------------------------

    @contextmanager
    def outside(self, *, timeout: float = LONG, **more: Any) -> Iterator[Arrivals]:
        """One telephone for all that reaches the outside; there is one place where it can be."""
        options = _options(
            {
                "listen": f"{self.outside_address}:5060",
                "calls": 0,
                "srtp": "offer",
                "tone": CARRIER_TONE,
                "expect": OFFICE_TONE,
                "hear-seconds": HEAR_SECONDS,
            },
            more,
        )
        with subscriber(self.lab, "pstn", "answer", options, timeout=timeout) as telephone:
            telephone.wait_for("listening")
            self.arrivals = Arrivals(telephone)
            try:
                yield self.arrivals
            finally:
                self.arrivals = None

    @contextmanager
    def phone(self, extension: str, *, timeout: float = PATIENCE, **more: Any) -> Iterator[Telephone]:
        """A telephone of the office: registers, and answers one call unless told otherwise."""
        options = _options(
            {
                "listen": f"{self.phone_address}:0",
                "register": f"sip:{extension}@{self.address}",
                "registrar": self._registrar(extension),
                "username": extension,
                "tone": OFFICE_TONE,
                "expect": CARRIER_TONE,
                "hear-seconds": HEAR_SECONDS,
                **self._way(extension),
            },
            more,
        )
        password = self.lab.extension_secret(extension)
        with subscriber(self.lab, "phone", "answer", options, password=password, timeout=timeout) as telephone:
            telephone.wait_for("registered")
            yield telephone

    @contextmanager
    def phones(self, *extensions: str, **more: Any) -> Iterator[list[Telephone]]:
        """Several telephones, alike."""
        with ExitStack() as stack:
            yield [stack.enter_context(self.phone(extension, **more)) for extension in extensions]

    @contextmanager
    def dial(self, extension: str, number: str, *, timeout: float = PATIENCE, **more: Any) -> Iterator[Telephone]:
        """A telephone of the office calls a number. Without `expect` it hangs up as soon as it is answered."""
        options = _options(
            {
                "listen": f"{self.phone_address}:0",
                "from": f"sip:{extension}@{self.address}",
                "to": f"sip:{number}@{self.address}",
                "proxy": self._registrar(extension),
                "username": extension,
                "tone": OFFICE_TONE,
                "hear-seconds": HEAR_SECONDS,
                **self._way(extension),
            },
            more,
        )
        password = self.lab.extension_secret(extension)
        with subscriber(self.lab, "phone", "call", options, password=password, timeout=timeout) as telephone:
            yield telephone

    @contextmanager
    def call_in(self, did: str, caller: str, *, timeout: float = PATIENCE, **more: Any) -> Iterator[Telephone]:
        """Somebody outside calls a number of the office, through the carrier."""
        options = _options(
            {
                "listen": f"{self.outside_address}:0",
                "from": f"sip:{caller}@{self.outside_address}",
                "to": f"sip:{did}@{self.switch}",
                "proxy": f"{self.switch}:5060",
                "tone": CARRIER_TONE,
                "hear-seconds": HEAR_SECONDS,
            },
            more,
        )
        with subscriber(self.lab, "pstn", "call", options, timeout=timeout) as telephone:
            yield telephone

    @contextmanager
    def straight(
        self, host: str, listen: str, number: str, *, sender: str = "+14155550199", password: str = "", **more: Any
    ) -> Iterator[Telephone]:
        """A call straight to the PBX, from any host of the lab, by somebody who may be nobody."""
        options = _options(
            {
                "listen": listen,
                "from": f"sip:{sender}@{self.address}",
                "to": f"sip:{number}@{self.address}",
                "proxy": f"{self.address}:5060",
                "tone": CARRIER_TONE,
            },
            more,
        )
        if password:
            options["username"] = sender
        with subscriber(self.lab, host, "call", options, password=password, timeout=PATIENCE) as telephone:
            yield telephone

    def _registrar(self, extension: str) -> str:
        return f"{self.address}:{5061 if TRANSPORTS.get(extension) == 'tls' else 5060}"

    def _way(self, extension: str) -> Options:
        transport = TRANSPORTS.get(extension, "udp")
        way: Options = {} if transport == "udp" else {"transport": transport.upper()}
        if transport == "tls":
            way |= {"srtp": "require", **self._trust()}
        return way

    def _trust(self) -> Options:
        """Have the office's telephones trust the authority of the PBX's certificate, and no other."""
        authority = next(iter(sorted((self.lab.state / "certificates").glob("**/*ca*.pem"))), None)
        if authority is None:
            raise RuntimeError("there is no certification authority in .lab: has the office been deployed?")
        with self._lock:
            script = f"cat > {AUTHORITY}.new && mv {AUTHORITY}.new {AUTHORITY}"
            self.lab.exec("phone", ["sh", "-c", script], input=authority.read_text(encoding="ascii"))
        return {"ca": AUTHORITY}

    # -- who and what --------------------------------------------------------------------------------------------

    def caller(self) -> str:
        """Return the number of somebody outside who has not called before."""
        with self._lock:
            return f"+141555{next(self._callers):05}"

    def sequence(self) -> int:
        """Return the number of the last call that the carrier has seen."""
        return int(self.control.get("calls")["seq"])

    def carried(self, since: int, number: str = "", **facts: str) -> list[dict[str, Any]]:
        """Return the calls from the PBX that the carrier has seen since: to a number, with these facts."""
        found = self.control.get(f"calls?since={since}")["calls"]
        return [
            call
            for call in found
            if call["direction"] == "termination"
            and call.get("method", "INVITE") == "INVITE"
            and (not number or call["request_user"] == number)
            and all(str(call.get(name)) == value for name, value in facts.items())
        ]

    def options(self) -> dict[tuple[str, str], int]:
        """Return how many OPTIONS of ours each address of an edge has seen, by transport."""
        seen = self.control.get("calls")["options_seen"]
        return {(one["edge"], one["transport"]): one["count"] for one in seen if one["source"] == self.address}

    def begin(self) -> None:
        """The proofs begin now."""
        self._begun = time.monotonic(), self.options()

    def since(self) -> tuple[float, dict[tuple[str, str], int]]:
        """Return how many seconds ago the proofs began, and how many OPTIONS there were then."""
        begun, seen = self._begun
        return time.monotonic() - begun, seen

    def record(self, within: float = SOON, **facts: str) -> dict[str, str] | None:
        """Return the call detail record with these facts, as soon as there is one; None if there is none in time."""

        def look() -> dict[str, str] | None:
            rows = self.pbx.records()
            return next((row for row in rows if all(row.get(name) == value for name, value in facts.items())), None)

        found: dict[str, str] | None = soon(look, within)
        return found

    def wait_idle(self, within: float = 30.0) -> int:
        """Wait until no call is up; return how many are."""
        soon(lambda: self.pbx.calls() == 0, within)
        return self.pbx.calls()


def soon(look: Callable[[], Any], within: float = SOON, pause: float = 0.3) -> Any:
    """Ask until the answer is something, or until time is over; return the last answer."""
    deadline = time.monotonic() + within
    while True:
        answer = look()
        if answer or time.monotonic() >= deadline:
            return answer
        time.sleep(pause)


def _options(given: Mapping[str, Value], more: Mapping[str, Value]) -> Options:
    """Put options together: hear_seconds=2 in `more` is --hear-seconds 2."""
    return {**given, **{name.replace("_", "-"): value for name, value in more.items()}}
