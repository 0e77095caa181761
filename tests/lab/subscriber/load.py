# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many calls at a time from one telephone, and what they say together."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Sequence
from typing import Any

from lab.subscriber.agent import Agent
from lab.subscriber.call import CallOptions
from lab.subscriber.events import Stop, StoppedError
from lab.subscriber.outgoing import OutgoingCall, Target


class Load:
    """Places calls at a steady rate; each is judged as a single one is."""

    def __init__(self, agent: Agent, options: CallOptions, target: Target, stop: Stop) -> None:
        self._agent = agent
        self._options = options
        self._target = target
        self._stop = stop

    async def run(self, calls: int, per_second: float) -> dict[str, Any]:
        """Place the calls and wait for their ends. Never raises for what the network does."""
        start, spent = time.monotonic(), time.process_time()
        running: list[asyncio.Task[dict[str, Any]]] = []
        most = 0
        for number in range(calls):
            try:
                await self._stop.guard(asyncio.sleep(max(0.0, start + number / per_second - time.monotonic())))
            except StoppedError:
                break
            call = OutgoingCall(self._agent, self._options, self._target, self._stop)
            running.append(asyncio.ensure_future(call.run()))
            most = max(most, sum(not task.done() for task in running))
        results = [await task for task in running]
        failed = [result["why"] for result in results if not result["ok"]]
        why: str | None = None
        if failed:
            why = f"{len(failed)} of {len(results)} calls failed: {failed[0]}"
        if len(results) < calls:
            why = f"{self._stop.why}; {len(results)} of {calls} calls were begun"
        return {
            "ok": why is None,
            "why": why,
            "good": len(results) - len(failed),
            "failed": len(failed),
            "most_at_once": most,
            "cpu_seconds": round(time.process_time() - spent, 2),
            "total": total(results),
            "calls": results,
        }


def total(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Loss over all calls, and the spread of what was measured in each."""
    heard = [result["heard"] for result in results if result["heard"]]
    packets, lost = sum(one["packets"] for one in heard), sum(one["lost"] for one in heard)
    setups = [result["setup_seconds"] for result in results if result.get("setup_seconds") is not None]
    codes: dict[str, int] = {}
    for result in results:
        codes[str(result["code"])] = codes.get(str(result["code"]), 0) + 1
    return {
        "codes": codes,
        "packets": packets,
        "lost": lost,
        "loss_percent": round(100 * lost / (packets + lost), 3) if packets + lost else 0.0,
        "calls_with_loss": sum(1 for one in heard if one["lost"]),
        "jitter_ms": spread([one["jitter_ms"] for one in heard]),
        "max_gap_ms": spread([one["max_gap_ms"] for one in heard]),
        "setup_seconds": spread(setups),
    }


def spread(values: Sequence[float]) -> dict[str, float] | None:
    """Median, 95th and 99th percentile (nearest rank) and maximum; None when there is nothing."""
    if not values:
        return None
    ordered = sorted(values)

    def rank(percent: int) -> float:
        return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]

    return {"p50": rank(50), "p95": rank(95), "p99": rank(99), "max": ordered[-1]}
