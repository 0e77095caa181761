# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subaccounts and API keys."""

from __future__ import annotations

from foreign.check import date, holds, refused, removed, same
from foreign.stand import ACCOUNT, TOKEN, Stand

ACCOUNTS = "api:core:accounts"
KEYS = "api:core:keys"


def accounts(stand: Stand) -> None:
    """A subaccount is made, used with its own token and by its parent, suspended, woken and closed."""
    own = stand.twilio(f"{ACCOUNTS}:fetch", "--sid", ACCOUNT).one()
    holds(own, {"sid": ACCOUNT, "friendlyName": "Acme", "status": "active", "type": "Full"}, "the account itself")
    made = stand.twilio(f"{ACCOUNTS}:create", "--friendly-name", "Branch North").one()
    holds(made, {"ownerAccountSid": ACCOUNT, "friendlyName": "Branch North", "status": "active"}, "subaccount")
    date(made["dateCreated"], "dateCreated of an account")
    sid = made["sid"]
    listed = stand.twilio(f"{ACCOUNTS}:list", "--friendly-name", "Branch North").json()
    same([account["sid"] for account in listed], [sid], "filtered accounts")

    # The parent's credentials reach a subaccount's v2010 resources; for trunks it takes the subaccount's own.
    stand.twilio("api:core:sip:ip-access-control-lists:create", "--account-sid", sid, "--friendly-name", "north").one()
    same(len(stand.state(sid)["ip_access_control_lists"]), 1, "lists of the subaccount")
    branch = stand.cli(account_sid=sid, auth_token=made["authToken"])
    same(branch("api:trunking:v1:trunks:create", "--friendly-name", "north").one()["accountSid"], sid, "its trunk")
    refused(branch("api:core:incoming-phone-numbers:list", "--account-sid", ACCOUNT), 20003, 401)

    suspended = stand.twilio(f"{ACCOUNTS}:update", "--sid", sid, "--status", "suspended").one()
    same(suspended["status"], "suspended", "suspended account")
    refused(branch("api:trunking:v1:trunks:list"), 20005, 403)
    woken = stand.twilio(f"{ACCOUNTS}:update", "--sid", sid, "--status", "active", "--friendly-name", "North").one()
    holds(woken, {"status": "active", "friendlyName": "North"}, "woken account")
    same(len(branch("api:trunking:v1:trunks:list").json()), 1, "trunks of the woken account")
    closed = stand.twilio(f"{ACCOUNTS}:update", "--sid", sid, "--status", "closed").one()
    same(closed["status"], "closed", "closed account")


def keys(stand: Stand) -> None:
    """An API key tells its secret once, works, and works no more when it is gone."""
    made = stand.twilio(f"{KEYS}:create", "--friendly-name", "ci").one()
    same((made["friendlyName"], made["sid"][:2]), ("ci", "SK"), "key")
    secret = made["secret"]
    user = stand.cli(api_key=made["sid"], auth_token=secret)
    same(len(user("api:core:incoming-phone-numbers:list").json()), 3, "numbers, seen with the key")
    before = len(stand.proxy.exchanges)
    fetched, listed, renamed = stand.each(
        (f"{KEYS}:fetch", "--sid", made["sid"]),
        (f"{KEYS}:list",),
        (f"{KEYS}:update", "--sid", made["sid"], "--friendly-name", "pipeline"),
    )
    same(fetched.one()["sid"], made["sid"], "fetched key")
    date(fetched.one()["dateCreated"], "dateCreated of a key")
    same(made["sid"] in {key["sid"] for key in listed.json()}, True, "listed keys")
    same(renamed.one()["friendlyName"], "pipeline", "renamed key")
    later = "".join(exchange.answer for exchange in stand.proxy.exchanges[before:])
    same([word in later for word in (secret, TOKEN)], [False, False], "secrets after the first answer")
    removed(stand.twilio(f"{KEYS}:remove", "--sid", made["sid"]))
    refused(user("api:core:incoming-phone-numbers:list"), 20003, 401)
