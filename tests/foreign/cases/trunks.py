# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trunks, their recording and their origination URLs."""

from __future__ import annotations

from typing import Any

from foreign.check import date, holds, refused, removed, same
from foreign.stand import ACCOUNT, Stand

TRUNKS = "api:trunking:v1:trunks"
URLS = f"{TRUNKS}:origination-urls"
NOBODY = "TK" + "0" * 32


def trunks(stand: Stand) -> None:
    """The life of a trunk, with every setting there is."""
    made = stand.twilio(
        f"{TRUNKS}:create", "--friendly-name", "Acme & Söhne + 1", "--domain-name", "acme-hq.pstn.twilio.com",
        "--disaster-recovery-url", "https://example.com/dr?a=1&b=2", "--disaster-recovery-method", "POST",
        "--transfer-mode", "sip-only", "--transfer-caller-id", "from-transferor", "--secure", "--cnam-lookup-enabled",
    ).one()  # fmt: skip
    wanted: dict[str, Any] = {
        "accountSid": ACCOUNT,
        "friendlyName": "Acme & Söhne + 1",
        "domainName": "acme-hq.pstn.twilio.com",
        "disasterRecoveryUrl": "https://example.com/dr?a=1&b=2",
        "disasterRecoveryMethod": "POST",
        "transferMode": "sip-only",
        "transferCallerId": "from-transferor",
        "secure": True,
        "cnamLookupEnabled": True,
        "symmetricRtpEnabled": False,
        "authType": "",
        "authTypeSet": [],
        "recording": {"mode": "do-not-record", "trim": "do-not-trim"},
    }
    holds(made, wanted, "created trunk")
    same(date(made["dateCreated"], "dateCreated"), date(made["dateUpdated"], "dateUpdated"), "dates of a new trunk")
    holds(stand.state()["trunks"][0], {"sid": made["sid"], "friendly_name": "Acme & Söhne + 1"}, "emulator's trunk")
    sent = stand.journal()[-1]
    holds(sent, {"method": "POST", "product": "trunking", "path": "/v1/Trunks", "status": 201}, "journal")
    holds(sent["params"], {"Secure": "true", "CnamLookupEnabled": "true"}, "booleans on the wire")

    listed, fetched = stand.each((f"{TRUNKS}:list",), (f"{TRUNKS}:fetch", "--sid", made["sid"]))
    same(listed.json(), [made], "list")
    same(fetched.one(), made, "fetch")

    sid = made["sid"]
    changed = stand.twilio(f"{TRUNKS}:update", "--sid", sid, "--no-secure", "--friendly-name", "hq").one()
    unchanged = ("friendlyName", "secure", "dateUpdated")
    wanted = {key: value for key, value in made.items() if key not in unchanged}
    holds(changed, {**wanted, "friendlyName": "hq", "secure": False}, "updated trunk")
    same(stand.journal()[-1]["params"], {"FriendlyName": "hq", "Secure": "false"}, "an update sends what changes")
    cleared = stand.twilio(f"{TRUNKS}:update", "--sid", sid, "--disaster-recovery-url", "", "--domain-name", "").one()
    same((cleared["disasterRecoveryUrl"], cleared["domainName"]), (None, None), "an empty string clears")

    recording = stand.twilio(
        f"{TRUNKS}:recording:update", "--trunk-sid", sid, "--mode", "record-from-answer", "--trim", "trim-silence"
    ).one()
    wanted = {"mode": "record-from-answer", "trim": "trim-silence"}
    same(recording, wanted, "updated recording")
    answers = stand.each((f"{TRUNKS}:recording:fetch", "--trunk-sid", sid), (f"{TRUNKS}:fetch", "--sid", sid))
    same(answers[0].one(), wanted, "fetched recording")
    same(answers[1].one()["recording"], wanted, "recording of the trunk")

    removed(stand.twilio(f"{TRUNKS}:remove", "--sid", sid))
    same(stand.state()["trunks"], [], "trunks after the removal")
    same(stand.twilio(f"{TRUNKS}:list").json(), [], "list after the removal")


def subdomains(stand: Stand) -> None:
    """A sub-domain's parent must be there first, and cannot go before it."""
    stand.post("trunking/v1/Trunks", DomainName="other.pstn.twilio.com")
    orphan = stand.twilio(f"{TRUNKS}:create", "--domain-name", "a.acme.pstn.twilio.com")
    refused(orphan, 21247, 400)
    parent = stand.twilio(f"{TRUNKS}:create", "--domain-name", "ACME.pstn.twilio.com").one()
    child = stand.twilio(f"{TRUNKS}:create", "--domain-name", "a.acme.pstn.twilio.com").one()
    refused(stand.twilio(f"{TRUNKS}:remove", "--sid", parent["sid"]), 21247, 400)
    removed(stand.twilio(f"{TRUNKS}:remove", "--sid", child["sid"]))
    removed(stand.twilio(f"{TRUNKS}:remove", "--sid", parent["sid"]))


def origination(stand: Stand) -> None:
    """Origination URLs, whose numbers are numbers and whose `enabled` may be no."""
    trunk = stand.post("trunking/v1/Trunks", FriendlyName="hq")["sid"]
    common = ("--trunk-sid", trunk)
    made = stand.twilio(
        f"{URLS}:create", *common, "--weight", "10", "--priority", "0", "--enabled", "--friendly-name", "pbx1",
        "--sip-url", "sip:198.51.100.7:5060;transport=tcp",
    ).one()  # fmt: skip
    wanted = {"weight": 10, "priority": 0, "enabled": True, "friendlyName": "pbx1", "trunkSid": trunk}
    holds(made, {**wanted, "sipUrl": "sip:198.51.100.7:5060;transport=tcp"}, "created URL")
    date(made["dateCreated"], "dateCreated")
    disabled = stand.twilio(
        f"{URLS}:create", *common, "--weight", "1", "--priority", "65535", "--no-enabled", "--friendly-name", "pbx2",
        "--sip-url", "sip:pbx2.example.com",
    ).one()  # fmt: skip
    same((disabled["enabled"], disabled["priority"]), (False, 65535), "a disabled URL")

    sid = made["sid"]
    changed = stand.twilio(f"{URLS}:update", *common, "--sid", sid, "--weight", "20", "--no-enabled").one()
    holds(changed, {"weight": 20, "enabled": False, "priority": 0, "friendlyName": "pbx1"}, "updated URL")
    same(stand.journal()[-1]["params"], {"Weight": "20", "Enabled": "false"}, "what the update sent")
    listed, fetched = stand.each((f"{URLS}:list", *common), (f"{URLS}:fetch", *common, "--sid", sid))
    same({url["sid"] for url in listed.json()}, {sid, disabled["sid"]}, "list")
    same(fetched.one(), changed, "fetch")
    removed(stand.twilio(f"{URLS}:remove", *common, "--sid", sid))
    left = stand.state()["trunks"][0]["origination_urls"]
    same([url["sid"] for url in left], [disabled["sid"]], "URLs after the removal")
