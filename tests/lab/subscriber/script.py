# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done during a call beside talking: pressing keys, holding, transferring."""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lab.subscriber.events import either
from lab.subscriber.message import Request
from lab.subscriber.transaction import TransactionTimeoutError
from lab.subscriber.uri import NameAddr, SipError, SipUri

if TYPE_CHECKING:
    from lab.subscriber.call import Call
    from lab.subscriber.outgoing import OutgoingCall

# How long the last NOTIFY of a transfer may come after the other side's BYE: some PBXs hang up first.
LATE_NOTIFY = 2.0  # seconds
_FRAGMENT = re.compile(r"^SIP/2\.0 +([1-6][0-9]{2})")


@dataclass(frozen=True)
class Moment:
    """When something is done: `seconds` after the answer, or after the `heard`-th expected tone was heard."""

    seconds: float = 0.0
    heard: int = 0


@dataclass(frozen=True)
class Transfer:
    """A transfer to be made. `attended`: the other one is called first, and must play `expect` (0: must answer)."""

    to: NameAddr
    moment: Moment
    attended: bool = False
    expect: int = 0
    expect_code: int | None = None
    # The consultation call, and Referred-By:
    sender: NameAddr | None = None
    proxy: SipUri | None = None
    transport: str = "UDP"


@dataclass(frozen=True)
class Script:
    """What one call is to do."""

    keys: str = ""
    keys_at: Moment = Moment(0.5)
    hold_at: Moment | None = None
    hold_seconds: float = 2.0
    transfer: Transfer | None = None
    talk_seconds: float = 0.0  # how long the call lasts at least

    def __bool__(self) -> bool:
        return bool(self.keys or self.hold_at or self.transfer or self.talk_seconds)


class Actor:
    """Carries out the script of one call."""

    def __init__(self, call: Call, script: Script) -> None:
        self.call = call
        self.script = script
        self.hold_codes: list[int] = []  # the answers to our re-INVITEs: hold, resume
        self.transfer: TransferResult | None = None
        self.transferred = asyncio.Event()
        self._tasks: list[asyncio.Future[None]] = []

    def start(self) -> None:
        """The call was answered."""
        script = self.script
        if script.keys:
            self._tasks.append(asyncio.ensure_future(self._press()))
        if script.hold_at is not None:
            self._tasks.append(asyncio.ensure_future(self._hold(script.hold_at)))
        if script.transfer is not None:
            self._tasks.append(asyncio.ensure_future(self._transfer(script.transfer)))
        if script.talk_seconds:
            self._tasks.append(asyncio.ensure_future(asyncio.sleep(script.talk_seconds)))

    async def done(self) -> None:
        """Wait until everything is done."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def stop(self) -> None:
        """Leave what is not done."""
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def problem(self) -> str | None:
        """Why what was to be done did not succeed, None when it did."""
        problems = []
        script, call = self.script, self.call
        wanted = script.keys.replace(",", "")
        if wanted and call.media is not None and call.media.keys.sent != wanted:
            problems.append(f"of the keys {wanted} only '{call.media.keys.sent}' were sent")
        if script.hold_at is not None and [code < 300 for code in self.hold_codes] != [True, True]:
            problems.append(f"hold and resume were answered {self.hold_codes or 'not at all'}")
        if script.transfer is not None:
            transfer = self.transfer
            if transfer is None:
                problems.append("the call ended before it could be transferred")
            elif (why := transfer.problem(script.transfer.expect_code)) is not None:
                problems.append(why)
        return "; ".join(problems) or None

    async def _wait(self, moment: Moment) -> None:
        media = self.call.media
        if moment.heard and media is not None:
            await media.heard_tones[moment.heard - 1].wait()
        await asyncio.sleep(moment.seconds)

    async def _press(self) -> None:
        media = self.call.media
        if media is None:
            return
        await self._wait(self.script.keys_at)
        if media.chosen is not None and media.chosen.event_type is None:
            self.call.emit("dtmf_impossible", why="the other side takes no telephone-event")
            return
        media.keys.press(self.script.keys)
        self.call.emit("dtmf_sending", keys=self.script.keys)
        while media.keys.busy:
            await asyncio.sleep(0.02)

    async def _hold(self, moment: Moment) -> None:
        await self._wait(moment)
        if not await self._direction("sendonly"):
            return
        await asyncio.sleep(self.script.hold_seconds)
        await self._direction("sendrecv")

    async def _direction(self, direction: str) -> bool:
        """Hold (`sendonly`) or resume; return whether it went well."""
        call = self.call
        held = direction == "sendonly"
        if call.media is not None and held:
            call.media.hold(True)
        code = 0
        with contextlib.suppress(SipError, TransactionTimeoutError):
            code = await call.reinvite(direction)
        if call.media is not None and (code >= 300 or not held):
            call.media.hold(False)
        self.hold_codes.append(code)
        call.emit("held" if held else "resumed", code=code)
        return 200 <= code < 300

    async def _transfer(self, transfer: Transfer) -> None:
        await self._wait(transfer.moment)
        result = TransferResult(str(transfer.to.uri))
        if transfer.attended:
            await self._direction("sendonly")
            await self._attended(transfer, result)
        else:
            self.transfer = result
            await self._refer(transfer.to, transfer, result)
        if result.accepted:
            self.transferred.set()

    async def _attended(self, transfer: Transfer, result: TransferResult) -> None:
        consultation, running = self._consult(transfer)
        try:
            why = await self._consulted(consultation, running)
            self.transfer = result
            if why is not None:
                result.why = f"the consultation call failed: {why}"
                return
            await self._refer(_replacing(consultation), transfer, result)
            if result.accepted:  # the PBX ends the consultation call when it has taken it over
                await asyncio.wait({running}, timeout=LATE_NOTIFY)
        finally:
            consultation.finish_now.set()
            await asyncio.wait({running}, timeout=2 * LATE_NOTIFY)
            if running.done():
                result.consultation = running.result()

    def _consult(self, transfer: Transfer) -> tuple[OutgoingCall, asyncio.Future[dict[str, Any]]]:
        from lab.subscriber.outgoing import consultation_of

        call = consultation_of(self.call, transfer)
        return call, asyncio.ensure_future(call.run())

    async def _consulted(self, call: OutgoingCall, running: asyncio.Future[dict[str, Any]]) -> str | None:
        """Wait until the consultation call has been answered and heard; return what went wrong, if anything did."""
        heard = asyncio.ensure_future(call.consulted.wait())
        waiting: set[asyncio.Future[Any]] = {heard, running}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        heard.cancel()
        if running.done():
            return str(running.result()["why"] or "it ended too early")
        return None

    async def _refer(self, target: NameAddr, transfer: Transfer, result: TransferResult) -> None:
        call = self.call
        if call.dialog is None:
            raise RuntimeError("there is no dialog")
        request = call.dialog.request("REFER")
        request.headers.add("Refer-To", str(target))
        request.headers.add("Referred-By", str(NameAddr((transfer.sender or call.dialog.local).uri)))
        call.emit("referring", refer_to=str(target))
        try:
            response = await call.agent.transact(request, await call.hop(), call.dialog)
        except (SipError, TransactionTimeoutError) as error:
            result.why = str(error)
            return
        result.code, result.reason = response.code, response.reason
        call.emit("referred", code=response.code, reason=response.reason)
        if result.code < 300:
            await either(result.settled, call.ended)
            if not result.settled.is_set():
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(result.settled.wait(), LATE_NOTIFY)

    def notified(self, request: Request) -> None:
        """Take a NOTIFY about our REFER."""
        match = _FRAGMENT.match(request.body.decode("utf-8", "replace").lstrip())
        state = request.headers.get("Subscription-State") or ""
        code = int(match[1]) if match else 0
        self.call.emit("transfer", code=code, state=state)
        if self.transfer is not None:
            self.transfer.take(code, state)


class TransferResult:
    """How a transfer went."""

    def __init__(self, to: str) -> None:
        self.to = to
        self.code = 0
        self.reason = ""
        self.notified: list[int] = []
        self.why: str | None = None
        self.consultation: dict[str, Any] | None = None
        self.settled = asyncio.Event()

    def take(self, code: int, state: str) -> None:
        """A NOTIFY with this status line and subscription state."""
        if code:
            self.notified.append(code)
        if code >= 200 or state.lower().startswith("terminated"):
            self.settled.set()

    @property
    def outcome(self) -> int:
        """The code that counts: what the NOTIFYs ended with, else the answer to the REFER; 0 when there was neither."""
        final = [code for code in self.notified if code >= 200]
        return final[-1] if final and self.code < 300 else self.code

    @property
    def accepted(self) -> bool:
        """Whether the other side said yes, and nothing else afterwards."""
        return 200 <= self.outcome < 300

    def problem(self, expected: int | None) -> str | None:
        """Why it is not ok; `expected` is the outcome that is wanted, None for success."""
        if self.why is not None:
            return self.why
        if expected is not None:
            return (
                None
                if self.outcome == expected
                else f"expected the transfer to end with {expected}, got {self.outcome}"
            )
        return None if self.accepted else f"the transfer was refused: {self.outcome} {self.reason}".rstrip()

    def as_dict(self) -> dict[str, Any]:
        """For results."""
        return {
            "to": self.to,
            "code": self.code,
            "reason": self.reason,
            "notified": self.notified,
            "outcome": self.outcome,
            "consultation": self.consultation,
        }


def _replacing(consultation: OutgoingCall) -> NameAddr:
    """The consulted one, with the dialog to be replaced (RFC 3891, RFC 5589)."""
    dialog = consultation.dialog
    if dialog is None:
        raise RuntimeError("the consultation call has no dialog")
    replaces = f"{dialog.call_id};to-tag={dialog.remote.tag or ''};from-tag={dialog.local.tag or ''}"
    escaped = "".join(char if char.isalnum() or char in "-_." else f"%{ord(char):02X}" for char in replaces)
    target = dialog.remote_target
    uri = SipUri(target.host, target.user, target.port, target.scheme, target.params, f"Replaces={escaped}")
    return NameAddr(str(uri))
