# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registering at a PBX, staying registered, and taking the registration back (RFC 3261 section 10)."""

from __future__ import annotations

import asyncio
import contextlib

from lab.subscriber.agent import Agent, Hop, renew
from lab.subscriber.call import PATIENCE
from lab.subscriber.message import Response
from lab.subscriber.transaction import TransactionTimeoutError
from lab.subscriber.uri import NameAddr, SipError, SipUri

EXPIRES = 300  # seconds asked for; short, so that a crashed telephone does not stay on the books
_SHORTEST = 5.0  # seconds between two refreshes at least


class RegistrationError(Exception):
    """The registrar refused; the text says how."""


class Registration:
    """One address-of-record bound to our contact."""

    def __init__(self, agent: Agent, aor: str, hop: Hop) -> None:
        self._agent = agent
        self._hop = hop
        user = NameAddr(aor)
        registrar = SipUri(SipUri.parse(aor).host, port=SipUri.parse(aor).port)
        self._request = agent.build("REGISTER", str(registrar), user, user, hop.transport)
        self._contact = agent.contact(hop.transport)
        self._expires = EXPIRES
        self.granted = 0

    async def register(self) -> int:
        """Register or refresh; return the seconds granted. Raises RegistrationError, TransactionTimeoutError."""
        response = await self._send(self._expires)
        if response.code == 423:  # the registrar wants longer
            with contextlib.suppress(ValueError):
                self._expires = int(response.headers.get("Min-Expires") or "")
            response = await self._send(self._expires)
        if response.code != 200:
            raise RegistrationError(f"the registrar answered {response.code} {response.reason}".rstrip())
        self.granted = self._granted(response)
        return self.granted

    async def keep(self) -> None:
        """Refresh for ever, at half of the granted time. Raises as `register`."""
        while True:
            await asyncio.sleep(max(_SHORTEST, self.granted / 2))
            await self.register()

    async def unregister(self) -> bool:
        """Take the registration back; return whether the registrar agreed in time."""
        try:
            response = await asyncio.wait_for(self._send(0), PATIENCE)
        except (asyncio.TimeoutError, TransactionTimeoutError):
            return False
        return response.code == 200

    async def _send(self, expires: int) -> Response:
        request = self._request
        renew(request)
        request.headers.set("Contact", f"{self._contact};expires={expires}")
        request.headers.set("Expires", str(expires))
        return await self._agent.transact(request, self._hop)

    def _granted(self, response: Response) -> int:
        """The seconds granted to our binding. Raises RegistrationError when a 200 does not list it.

        A registrar must list all bindings (10.3). Asterisk answers 200 without ours when it could not store it.
        """
        ours = SipUri.parse(NameAddr.parse(self._contact).uri)
        for value in response.headers.values("Contact"):
            with contextlib.suppress(SipError):
                contact = NameAddr.parse(value)
                theirs = SipUri.parse(contact.uri)
                # The address may have been rewritten to the one that the registrar saw, the user not.
                if theirs.address == ours.address or theirs.user == ours.user:
                    expires = contact.params.get("expires") or response.headers.get("Expires") or ""
                    return int(expires) if expires.isdigit() else self._expires
        raise RegistrationError("the registrar answered 200 but lists no binding of ours; its log should say why")
