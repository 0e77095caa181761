# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dialogs: who the two ends are, and how requests inside the call find their way (RFC 3261 section 12)."""

from __future__ import annotations

from dataclasses import dataclass

from lab.subscriber.message import Headers, Request, Response
from lab.subscriber.uri import NameAddr, SipError, SipUri

USER_AGENT = "dialtone-lab-subscriber"
ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, NOTIFY"


@dataclass
class Dialog:
    """One dialog. `local` and `remote` carry their tags; `route_set` is in the order of travel from us."""

    call_id: str
    local: NameAddr
    remote: NameAddr
    local_seq: int
    remote_seq: int | None
    route_set: list[str]
    remote_target: SipUri
    contact: str

    @classmethod
    def from_response(cls, request: Request, response: Response, contact: str) -> Dialog:
        """The caller's side, from a response to our INVITE that has a To tag. Raises SipError without a Contact."""
        routes = response.headers.values("Record-Route")[::-1]
        return cls(
            call_id=request.call_id,
            local=request.sender,
            remote=response.recipient,
            local_seq=request.cseq[0],
            remote_seq=None,
            route_set=routes,
            remote_target=_target(response.contact),
            contact=contact,
        )

    @classmethod
    def from_request(cls, request: Request, tag: str, contact: str) -> Dialog:
        """The called side, from an INVITE. Raises SipError without a Contact."""
        return cls(
            call_id=request.call_id,
            local=request.recipient.with_tag(tag),
            remote=request.sender,
            local_seq=0,
            remote_seq=request.cseq[0],
            route_set=request.headers.values("Record-Route"),
            remote_target=_target(request.contact),
            contact=contact,
        )

    def request(self, method: str) -> Request:
        """A new request inside the dialog. For ACK use `ack`."""
        self.local_seq += 1
        return self._build(method, self.local_seq)

    def ack(self, invite_seq: int) -> Request:
        """The ACK of the 2xx to the INVITE with this CSeq number."""
        return self._build("ACK", invite_seq)

    def refresh(self, message: Request | Response) -> None:
        """Take over a new remote target from a re-INVITE, an UPDATE, or a 2xx to ours (12.2.1.2, 12.2.2)."""
        if message.contact is not None:
            self.remote_target = _target(message.contact)

    def accepts(self, request: Request) -> bool:
        """Check and note the CSeq of a request in the dialog: it must rise."""
        number = request.cseq[0]
        if self.remote_seq is not None and number <= self.remote_seq:
            return False
        self.remote_seq = number
        return True

    @property
    def next_hop(self) -> SipUri:
        """Where requests in the dialog are sent: the first route, else the remote target."""
        if self.route_set:
            return SipUri.parse(NameAddr.parse(self.route_set[0]).uri)
        return self.remote_target

    def _build(self, method: str, number: int) -> Request:
        uri, routes = str(self.remote_target), list(self.route_set)
        if routes and "lr" not in self.next_hop.params:
            # A strict router wants itself in the Request-URI and the target as the last route (12.2.1.1).
            routes = [*routes[1:], f"<{uri}>"]
            uri = str(self.next_hop)
        headers = Headers()
        for route in routes:
            headers.add("Route", route)
        headers.add("Max-Forwards", "70")
        headers.add("From", str(self.local))
        headers.add("To", str(self.remote))
        headers.add("Call-ID", self.call_id)
        headers.add("CSeq", f"{number} {method}")
        headers.add("Contact", self.contact)
        headers.add("User-Agent", USER_AGENT)
        return Request(headers, b"", method, uri)


def _target(contact: NameAddr | None) -> SipUri:
    if contact is None:
        raise SipError("the message has no Contact, so the dialog has no target")
    return SipUri.parse(contact.uri)
