# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why calls over a trunk fail and what to do about it, by the codes of Twilio's alerts. Pure data: imports nothing.

The codes are those of Twilio's error dictionary (alerts, and the header X-Twilio-Error of a SIP refusal), read in
November 2026; the SIP statuses are those with which they were seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Explanation(NamedTuple):
    """What a code means.

    Attributes:
        sip: SIP status of the refusal; None if there is none, or if it is not known.
        cause: what happened.
        remedy: what to do.
    """

    sip: int | None
    cause: str
    remedy: str


TRUNKING: Mapping[int, Explanation] = {
    32001: Explanation(
        503,
        "More calls were started in a second than the trunk may.",
        "Spread the calls over time or trunks, or raise the calls per second (CPS) of the trunk in the console.",
    ),
    32005: Explanation(
        None,
        "Voice calls are disabled for the account.",
        "Ask Twilio's support why, and to enable them.",
    ),
    32010: Explanation(
        None,
        "An incoming call found no origination URL that is valid and enabled.",
        "Give the trunk an enabled origination URL whose host resolves and is public.",
    ),
    32011: Explanation(
        None,
        "The PBX answered an incoming call with an error, or not within 4 seconds.",
        "Check that the PBX runs, that its firewall lets in all of Twilio's signalling addresses, and its log.",
    ),
    32012: Explanation(
        None,
        "The main account and its subaccounts together started more calls in a second than they may.",
        "Spread the calls over time, or ask Twilio for more calls per second (CPS).",
    ),
    32014: Explanation(
        None,
        "The call was ended because no audio (RTP) arrived for a minute.",
        "Let UDP from and to 168.86.128.0/18 pass the firewall, and let the PBX announce its public address.",
    ),
    32015: Explanation(
        None,
        "The call reached the longest duration there is (24 hours).",
        "Nothing, if it was meant; otherwise let the PBX end calls that were forgotten.",
    ),
    32016: Explanation(
        None,
        "The telephone network did not say in time that the called number rings.",
        "Call again; if it happens often with a destination, ask Twilio's support.",
    ),
    32017: Explanation(
        None,
        "A carrier blocked the call because of its caller ID.",
        "Send another number of the account as From, and register what the number is used for with Twilio's Trust Hub.",
    ),
    32022: Explanation(
        None,
        "The PBX did not send the ACK to an answered call within 32 seconds.",
        "Let the PBX route its ACK by the Record-Route headers, and announce its public address in Contact.",
    ),
    32100: Explanation(
        400,
        "A trial account may call verified numbers only.",
        "Upgrade the account, or verify the number.",
    ),
    32101: Explanation(
        400,
        "The called number is not in E.164.",
        "Let the PBX send the number with a plus and the country code: +442079460000.",
    ),
    32102: Explanation(
        None,
        "The description of the media (SDP) was missing or wrong.",
        "Offer media in the INVITE itself, with PCMU or PCMA, and with telephone-event for DTMF.",
    ),
    32103: Explanation(
        None,
        "The INVITE had no body, and so no description of the media (SDP).",
        "Let the PBX offer media in the INVITE itself (early offer).",
    ),
    32200: Explanation(
        403,
        "The trunk has neither an IP access control list nor a credential list.",
        "Give the trunk at least one of them.",
    ),
    32201: Explanation(
        403,
        "The call came from an address that is in no IP access control list of the trunk.",
        "Add the public address behind which the PBX is; the Via header of the refusal shows it as received.",
    ),
    32202: Explanation(
        403,
        "The user name or password is not in a credential list of the trunk.",
        "Give the PBX a user and password from there; with an access list as well, both are asked for.",
    ),
    32203: Explanation(
        403,
        "The called number is blocked.",
        "Check the number; if it is right, ask Twilio's support to unblock it.",
    ),
    32204: Explanation(
        403,
        "The caller ID is neither a number of the account nor a verified one.",
        "Let the PBX send one of the account's numbers in E.164 as From, or verify the number.",
    ),
    32205: Explanation(
        403,
        "The geographic permissions do not allow calls to that country or range.",
        "If the call was meant, allow the country with dialtone.voice.twilio_dialing_permissions; "
        "if not, look for toll fraud.",
    ),
    32206: Explanation(
        None,
        "The From header has no valid caller ID.",
        "Let the PBX send a number in E.164 as the user of From.",
    ),
    32207: Explanation(
        None,
        "The PBX encrypts the media (SRTP), and the trunk is not secure.",
        "Set secure on the trunk, or turn SRTP off in the PBX.",
    ),
    32208: Explanation(
        None,
        "The trunk is secure, and the PBX does not encrypt the media (SRTP).",
        "Let the PBX offer SRTP with SDES and AES_CM_128_HMAC_SHA1_80, or unset secure on the trunk.",
    ),
    32209: Explanation(
        488,
        "The trunk is secure, and the call did not come over TLS.",
        "Let the PBX send its calls over TLS to port 5061, or unset secure on the trunk.",
    ),
    32210: Explanation(
        None,
        "The PBX tried to register; trunks take no REGISTER.",
        "Turn registration off in the PBX: a trunk is reached by its termination domain.",
    ),
    32218: Explanation(
        None,
        "A call transfer (REFER) failed or is not allowed.",
        "Check transfer_mode of the trunk, and that the target is a number in E.164 or a SIP URI.",
    ),
    32219: Explanation(
        None,
        "The PBX redirected a call (3xx), and that failed.",
        "Twilio follows one redirection, to the first Contact: check that, or let the PBX forward the call itself.",
    ),
    32222: Explanation(
        None,
        "The PBX offered no TLS version that is accepted.",
        "Let the PBX use TLS 1.2 or newer.",
    ),
}


def explain(code: int | None) -> Explanation | None:
    """Return what a code means; None for one that is not about trunks."""
    return TRUNKING.get(code or 0)
