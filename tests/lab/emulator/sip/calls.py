# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What arrived at the edges, and how it went on."""

from __future__ import annotations

from collections import deque
from typing import Any

from lab.emulator.wire import new_sid

LONGEST = 50_000  # calls kept; the oldest go first


class Calls:
    """Numbered records of requests at the edges, in order of arrival."""

    def __init__(self) -> None:
        self.seq = 0
        self.options = 0  # OPTIONS: counted, not recorded, for every PBX sends them all the time
        self.refers: deque[dict[str, Any]] = deque(maxlen=1000)  # transfers that PBXs asked for
        self._seen: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._calls: deque[dict[str, Any]] = deque(maxlen=LONGEST)
        self._by_sid: dict[str, dict[str, Any]] = {}
        self._sids: dict[str, str] = {}  # SIP Call-ID → the call's SID

    def add(self, direction: str, inputs: dict[str, Any], verdict: dict[str, Any]) -> None:
        """Record a request and the verdict on it; a digest hash in the verdict is left out."""
        self.seq += 1
        kept = {key: value for key, value in verdict.items() if key not in ("ha1", "targets")}
        action = kept.pop("action")
        call = {"seq": self.seq, "call_sid": "", "direction": direction, "verdict": action, **inputs, **kept,
                "status": "", "sip_code": 0}  # fmt: skip
        if "targets" in verdict:
            call["targets"] = [target["uri"] for target in verdict["targets"]]
        if len(self._calls) == LONGEST:
            self._by_sid.pop(self._calls[0]["call_sid"], None)
            self._sids.pop(self._calls[0].get("call_id", ""), None)
        self._calls.append(call)
        if call["call_sid"]:
            self._by_sid[call["call_sid"]] = call
            self._sids[call.get("call_id", "")] = call["call_sid"]

    def saw_options(self, source: str, edge: str, transport: str, now: float) -> None:
        """Count an OPTIONS from a PBX to an address of an edge; note the shortest time between two of them."""
        self.options += 1
        seen = self._seen.setdefault((source, edge, transport), {"count": 0, "last": None, "shortest": None})
        seen["count"] += 1
        if seen["last"] is not None:
            apart = now - seen["last"]
            seen["shortest"] = apart if seen["shortest"] is None else min(seen["shortest"], apart)
        seen["last"] = now

    def options_seen(self) -> list[dict[str, Any]]:
        """For each PBX, address of an edge and transport: how many OPTIONS, and the shortest time between two."""
        return [
            {
                "source": source,
                "edge": edge,
                "transport": transport,
                "count": seen["count"],
                "shortest_seconds": None if seen["shortest"] is None else round(seen["shortest"], 2),
            }
            for (source, edge, transport), seen in self._seen.items()
        ]

    def sid(self, call_id: str) -> str:
        """Return the SID of the call with a SIP Call-ID, empty if there is none."""
        return self._sids.get(call_id, "") if call_id else ""

    def result(self, call_sid: str, result: dict[str, Any]) -> bool:
        """Record how a call went on; False when there is no such call."""
        call = self._by_sid.get(call_sid)
        if call is None:
            return False
        call.update(result)
        return True

    def since(self, seq: int) -> list[dict[str, Any]]:
        missing = self.seq - seq
        return [dict(call) for call in list(self._calls)[-missing:]] if missing > 0 else []


def new_call_sid() -> str:
    return new_sid("CA")


def reject(code: int, reason: str, error: str = "", call_sid: str = "") -> dict[str, Any]:
    """A refusal: SIP status and reason, and the text of the X-Twilio-Error header (empty: none)."""
    return {"action": "reject", "code": code, "reason": reason, "error": error, "call_sid": call_sid}
