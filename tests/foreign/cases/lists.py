# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may call out: IP access control lists, credential lists, and their places on a trunk."""

from __future__ import annotations

from foreign.check import date, holds, refused, removed, same
from foreign.stand import Stand

ACLS = "api:core:sip:ip-access-control-lists"
ADDRESSES = f"{ACLS}:ip-addresses"
CREDENTIAL_LISTS = "api:core:sip:credential-lists"
CREDENTIALS = f"{CREDENTIAL_LISTS}:credentials"
TRUNK_ACLS = "api:trunking:v1:trunks:ip-access-control-lists"
TRUNK_CREDENTIAL_LISTS = "api:trunking:v1:trunks:credential-lists"
PASSWORDS = ("Correct7HorseBattery", "Another8HorseStaple")


def access_lists(stand: Stand) -> None:
    """Addresses in a list, the list on a trunk, and back."""
    trunk = stand.post("trunking/v1/Trunks", FriendlyName="hq")["sid"]
    made = stand.twilio(f"{ACLS}:create", "--friendly-name", "office").one()
    date(made["dateCreated"], "dateCreated of a list")  # RFC 2822 on the wire, unlike a trunk's
    refused(stand.twilio(f"{ACLS}:create", "--friendly-name", "office"), 21235, 400)
    sid = made["sid"]
    parent = ("--ip-access-control-list-sid", sid)
    one, block = stand.each(
        (f"{ADDRESSES}:create", *parent, "--friendly-name", "pbx1", "--ip-address", "198.51.100.7"),
        (
            f"{ADDRESSES}:create", *parent, "--friendly-name", "office", "--ip-address", "203.0.113.0",
            "--cidr-prefix-length", "24",
        ),
    )  # fmt: skip
    holds(one.one(), {"ipAddress": "198.51.100.7", "cidrPrefixLength": 32, "ipAccessControlListSid": sid}, "address")
    holds(block.one(), {"ipAddress": "203.0.113.0", "cidrPrefixLength": 24}, "block")
    address = one.one()["sid"]
    narrower = stand.twilio(f"{ADDRESSES}:update", *parent, "--sid", address, "--cidr-prefix-length", "31").one()
    holds(narrower, {"cidrPrefixLength": 31, "friendlyName": "pbx1", "ipAddress": "198.51.100.7"}, "updated address")
    listed = stand.twilio(f"{ADDRESSES}:list", *parent).json()
    same(sorted(entry["cidrPrefixLength"] for entry in listed), [24, 31], "listed addresses")

    place = ("--trunk-sid", trunk)
    put = stand.twilio(f"{TRUNK_ACLS}:create", *place, *parent).one()
    holds(put, {"sid": sid, "trunkSid": trunk, "friendlyName": "office"}, "association: the SID is the list's own")
    refused(stand.twilio(f"{TRUNK_ACLS}:create", *place, *parent), 21245, 400)
    refused(stand.twilio(f"{ACLS}:remove", "--sid", sid), 21236, 400)
    on_trunk, fetched, seen = stand.each(
        (f"{TRUNK_ACLS}:list", *place),
        (f"{TRUNK_ACLS}:fetch", *place, "--sid", sid),
        ("api:trunking:v1:trunks:fetch", "--sid", trunk),
    )
    same((on_trunk.json(), fetched.one()), ([put], put), "the trunk's list")
    holds(seen.one(), {"authType": "IP_ACL", "authTypeSet": ["IP_ACL"]}, "the trunk's authentication")
    removed(stand.twilio(f"{TRUNK_ACLS}:remove", *place, "--sid", sid))
    removed(stand.twilio(f"{ADDRESSES}:remove", *parent, "--sid", address))
    renamed = stand.twilio(f"{ACLS}:update", "--sid", sid, "--friendly-name", "head office").one()
    same(renamed["friendlyName"], "head office", "renamed list")
    removed(stand.twilio(f"{ACLS}:remove", "--sid", sid))
    same(stand.state()["ip_access_control_lists"], [], "lists after the removal")


def credential_lists(stand: Stand) -> None:
    """Users in a list, the list on a trunk; no password comes back from anywhere."""
    trunk = stand.post("trunking/v1/Trunks", FriendlyName="hq")["sid"]
    sid = stand.twilio(f"{CREDENTIAL_LISTS}:create", "--friendly-name", "pbxes").one()["sid"]
    refused(stand.twilio(f"{CREDENTIAL_LISTS}:create", "--friendly-name", "pbxes"), 21240, 400)
    parent = ("--credential-list-sid", sid)
    made = stand.twilio(f"{CREDENTIALS}:create", *parent, "--username", "pbx1", "--password", PASSWORDS[0]).one()
    holds(made, {"username": "pbx1", "credentialListSid": sid}, "credential")
    weak, again = stand.each(
        (f"{CREDENTIALS}:create", *parent, "--username", "pbx2", "--password", "short"),
        (f"{CREDENTIALS}:create", *parent, "--username", "pbx1", "--password", PASSWORDS[0]),
    )
    refused(weak, 21243, 400)
    refused(again, 21243, 400)
    user = ("--sid", made["sid"])
    stand.twilio(f"{CREDENTIALS}:update", *parent, *user, "--password", PASSWORDS[1]).one()
    listed, fetched = stand.each((f"{CREDENTIALS}:list", *parent), (f"{CREDENTIALS}:fetch", *parent, *user))
    same([entry["username"] for entry in listed.json()], ["pbx1"], "listed users")
    same(fetched.one()["username"], "pbx1", "fetched user")

    place = ("--trunk-sid", trunk)
    put = stand.twilio(f"{TRUNK_CREDENTIAL_LISTS}:create", *place, *parent).one()
    holds(put, {"sid": sid, "trunkSid": trunk, "friendlyName": "pbxes"}, "association")
    refused(stand.twilio(f"{CREDENTIAL_LISTS}:remove", "--sid", sid), 21241, 400)
    same(stand.twilio(f"{TRUNK_CREDENTIAL_LISTS}:list", *place).json(), [put], "the trunk's list")
    removed(stand.twilio(f"{TRUNK_CREDENTIAL_LISTS}:remove", *place, "--sid", sid))
    removed(stand.twilio(f"{CREDENTIALS}:remove", *parent, *user))
    removed(stand.twilio(f"{CREDENTIAL_LISTS}:remove", "--sid", sid))

    sent = "".join(exchange.body for exchange in stand.proxy.exchanges)
    same([password in sent for password in PASSWORDS], [True, True], "passwords sent")
    shown = "".join(exchange.answer for exchange in stand.proxy.exchanges) + str(stand.journal()) + str(stand.state())
    same([password in shown for password in (*PASSWORDS, "short")], [False] * 3, "passwords in answers and journal")
