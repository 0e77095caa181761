# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dialogs: routes, targets, sequence numbers."""

from __future__ import annotations

import pytest

from lab.subscriber.dialog import Dialog
from lab.subscriber.message import Headers, Request, Response
from lab.subscriber.uri import SipError

ROUTES = ["<sip:198.18.1.0;lr;ftag=1>", "<sip:10.0.0.9:5070;transport=tcp;lr>"]


def invite(*routes: str, contact: str | None = "<sip:gw@10.1.1.1:5070>") -> Request:
    headers = Headers([("From", '"A" <sip:a@x>;tag=1'), ("To", "<sip:b@x>"), ("Call-ID", "c"), ("CSeq", "7 INVITE")])
    for route in routes:
        headers.add("Record-Route", route)
    if contact:
        headers.add("Contact", contact)
    return Request(headers, b"", "INVITE", "sip:b@x")


def ok(*routes: str) -> Response:
    request = invite(*routes)
    request.headers.set("To", "<sip:b@x>;tag=2")
    return Response(request.headers, b"", 200, "OK")


def test_the_caller_travels_the_routes_backwards() -> None:
    dialog = Dialog.from_response(invite(), ok(*ROUTES), "<sip:me@x>")
    bye = dialog.request("BYE")
    assert bye.headers.lines("Route") == ROUTES[::-1]
    assert bye.uri == "sip:gw@10.1.1.1:5070"
    assert (bye.cseq, bye.sender.tag, bye.recipient.tag) == ((8, "BYE"), "1", "2")
    assert (dialog.next_hop.address, dialog.next_hop.transport) == (("10.0.0.9", 5070), "TCP")
    assert dialog.ack(7).cseq == (7, "ACK")


def test_the_called_side_travels_them_forwards() -> None:
    """As at Twilio's edge: the Contact is private, only the routes lead there."""
    dialog = Dialog.from_request(invite(", ".join(ROUTES)), "mine", "<sip:me@x>")
    bye = dialog.request("BYE")
    assert bye.headers.lines("Route") == ROUTES
    assert (bye.sender.tag, bye.recipient.tag, bye.recipient.display) == ("mine", "1", "A")
    assert dialog.next_hop.address == ("198.18.1.0", 5060)


def test_without_routes_the_contact_is_the_next_hop() -> None:
    dialog = Dialog.from_response(invite(), ok(), "<sip:me@x>")
    assert dialog.next_hop.address == ("10.1.1.1", 5070)
    assert dialog.request("BYE").headers.lines("Route") == []


def test_a_strict_router_gets_itself_in_the_request_uri() -> None:
    dialog = Dialog.from_request(invite("<sip:198.18.1.0>", "<sip:10.0.0.9;lr>"), "mine", "<sip:me@x>")
    bye = dialog.request("BYE")
    assert bye.uri == "sip:198.18.1.0"
    assert bye.headers.lines("Route") == ["<sip:10.0.0.9;lr>", "<sip:gw@10.1.1.1:5070>"]


def test_the_remote_sequence_must_rise() -> None:
    dialog = Dialog.from_request(invite(), "mine", "<sip:me@x>")
    request = invite()
    assert not dialog.accepts(request)
    request.headers.set("CSeq", "9 INVITE")
    assert dialog.accepts(request)
    assert not dialog.accepts(request)


def test_a_reinvite_moves_the_target() -> None:
    dialog = Dialog.from_request(invite(), "mine", "<sip:me@x>")
    dialog.refresh(invite(contact="<sip:gw@10.1.1.2>"))
    assert dialog.request("BYE").uri == "sip:gw@10.1.1.2"
    dialog.refresh(invite(contact=None))
    assert dialog.request("BYE").uri == "sip:gw@10.1.1.2"


def test_no_dialog_without_a_contact() -> None:
    with pytest.raises(SipError, match="no Contact"):
        Dialog.from_request(invite(contact=None), "mine", "<sip:me@x>")
