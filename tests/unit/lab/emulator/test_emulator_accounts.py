# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subaccounts and API keys: who may do what, and what can never be undone."""

from __future__ import annotations

from typing import Any

import pytest
from emulator_client import ACCOUNT, TOKEN, Client

ACCOUNTS = "/api/2010-04-01/Accounts"
MAIN_KEY, STANDARD_KEY = "SK" + "2" * 32, "SK" + "1" * 32


@pytest.fixture
def branch(client: Client) -> dict[str, Any]:
    """A subaccount, as its creation answered."""
    created = client.rest("POST", f"{ACCOUNTS}.json", {"FriendlyName": "branch"})
    assert created.status == 201, created.body
    return dict(created.body)


def _update(client: Client, sid: str, **params: str) -> Any:
    return client.rest("POST", f"{ACCOUNTS}/{sid}.json", params)


def _keys(client: Client) -> None:
    keys = [{"sid": STANDARD_KEY, "secret": "s"}, {"sid": MAIN_KEY, "secret": "m", "type": "main"}]
    client.lab("POST", "seed", {"accounts": [{"sid": ACCOUNT, "auth_token": TOKEN, "api_keys": keys}]})


def test_a_subaccount_has_a_token_that_opens_it_and_nothing_above(client: Client, branch: dict[str, Any]) -> None:
    own = client.as_user(branch["sid"], branch["auth_token"])
    assert own.trunk(FriendlyName="t")["account_sid"] == branch["sid"]
    assert [a["sid"] for a in own.rest("GET", f"{ACCOUNTS}.json").body["accounts"]] == [branch["sid"]]
    assert own.rest("GET", f"{ACCOUNTS}/{ACCOUNT}.json").code == 20003
    assert _update(own, ACCOUNT, FriendlyName="mine now").code == 20003
    assert own.rest("POST", f"{ACCOUNTS}.json", {"FriendlyName": "sub-sub"}).code == 20403
    assert own.rest("GET", f"{ACCOUNTS}/{ACCOUNT}/Keys.json").code == 20003
    assert client.rest("GET", f"{ACCOUNTS}/{branch['sid']}.json").body == branch


def test_the_list_is_filtered(client: Client, branch: dict[str, Any]) -> None:
    client.rest("POST", f"{ACCOUNTS}.json", {"FriendlyName": "other"})

    def names(**params: str) -> list[str]:
        return [a["friendly_name"] for a in client.rest("GET", f"{ACCOUNTS}.json", params).body["accounts"]]

    assert names() == ["other", "branch", "Acme"]
    assert names(FriendlyName="branch") == ["branch"]
    _update(client, branch["sid"], Status="suspended")
    assert (names(Status="suspended"), names(Status="active")) == (["branch"], ["other", "Acme"])
    assert client.rest("GET", f"{ACCOUNTS}.json", {"Status": "gone"}).code == 20001


def test_a_suspended_subaccount_is_shut_to_itself_and_open_to_its_owner(client: Client, branch: dict[str, Any]) -> None:
    own = client.as_user(branch["sid"], branch["auth_token"])
    assert _update(client, branch["sid"], Status="suspended").body["status"] == "suspended"
    refused = own.trunking("GET", "Trunks")
    assert (refused.status, refused.code) == (403, 20005)
    path = f"{ACCOUNTS}/{branch['sid']}/SIP/CredentialLists.json"
    assert client.rest("POST", path, {"FriendlyName": "users"}).status == 201
    assert _update(client, branch["sid"], Status="active").body["status"] == "active"
    assert own.trunking("GET", "Trunks").status == 200


def test_a_closed_account_stays_closed(client: Client, branch: dict[str, Any]) -> None:
    assert _update(client, branch["sid"], Status="closed").body["status"] == "closed"
    for change in ({"Status": "active"}, {"Status": "suspended"}, {"FriendlyName": "x"}):
        refused = _update(client, branch["sid"], **change)
        assert (refused.status, refused.code) == (409, 20409)
    assert client.rest("GET", f"{ACCOUNTS}/{branch['sid']}.json").body["friendly_name"] == "branch"
    assert client.rest("GET", f"{ACCOUNTS}/{branch['sid']}/Addresses.json").code == 20005


@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_no_account_shuts_itself(client: Client, branch: dict[str, Any], status: str) -> None:
    own = client.as_user(branch["sid"], branch["auth_token"])
    for caller, sid in ((client, ACCOUNT), (own, branch["sid"])):
        refused = _update(caller, sid, Status=status)
        assert (refused.status, refused.code) == (400, 20001)
        assert _update(caller, sid, Status="active", FriendlyName="same").body["friendly_name"] == "same"


def test_a_thousand_subaccounts_at_most(client: Client, branch: dict[str, Any]) -> None:
    more = [{"sid": f"AC{n:032x}", "auth_token": "t", "owner_account_sid": ACCOUNT} for n in range(2, 1001)]
    client.lab("POST", "seed", {"accounts": more})
    refused = client.rest("POST", f"{ACCOUNTS}.json")
    assert refused.code == 20001
    assert "1000" in refused.body["message"]
    _update(client, branch["sid"], Status="closed")
    assert client.rest("POST", f"{ACCOUNTS}.json").status == 201


def test_a_key_opens_its_account_until_it_is_deleted(client: Client) -> None:
    new = client.api("POST", "Keys", {"FriendlyName": "ansible"})
    assert new.status == 201
    key = client.as_user(new.body["sid"], new.body["secret"])
    assert key.trunking("GET", "Trunks").status == 200
    path = f"Keys/{new.body['sid']}"
    seen = [client.api("GET", path).body, client.api("POST", path, {"FriendlyName": "b"}).body,
            client.api("GET", "Keys").body,
            client.lab("GET", "journal").body, client.lab("GET", "state").body]  # fmt: skip
    assert new.body["secret"] not in str(seen)
    assert seen[1] == {**seen[0], "friendly_name": "b"}
    assert client.api("DELETE", path).status == 204
    assert (key.trunking("GET", "Trunks").status, client.api("GET", path).code) == (401, 20404)


def test_the_owner_makes_keys_of_a_subaccount(client: Client, branch: dict[str, Any]) -> None:
    new = client.rest("POST", f"{ACCOUNTS}/{branch['sid']}/Keys.json").body
    assert client.api("GET", "Keys").body["keys"] == []
    key = client.as_user(new["sid"], new["secret"])
    assert key.trunking("POST", "Trunks").body["account_sid"] == branch["sid"]
    _update(client, branch["sid"], Status="suspended")
    assert key.trunking("GET", "Trunks").code == 20005


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ".json"), ("POST", ".json"), ("GET", "/{}.json"), ("POST", "/{}.json"), ("GET", "/{}/Keys.json"),
     ("POST", "/{}/Keys.json"), ("GET", "/{}/Keys/" + MAIN_KEY + ".json"),
     ("DELETE", "/{}/Keys/" + MAIN_KEY + ".json")],
)  # fmt: skip
def test_a_standard_key_manages_neither_accounts_nor_keys(client: Client, method: str, path: str) -> None:
    _keys(client)
    full = ACCOUNTS + path.format(ACCOUNT)
    assert client.as_user(STANDARD_KEY, "s").rest(method, full).code == 20003
    assert client.as_user(MAIN_KEY, "m").rest(method, full).status in (200, 201, 204)
