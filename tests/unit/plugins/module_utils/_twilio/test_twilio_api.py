# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading and writing by descriptor: paging, errors, and writes whose outcome is unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from twilio_network import ACCOUNT, Script

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.catalog.numbers import PHONE_NUMBER
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.catalog.sip import IP_ACL, IP_ADDRESS
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.catalog.trunking import (
    ORIGINATION_URL,
    RECORDING,
    TRUNK,
    TRUNK_NUMBER,
)
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.errors import (
    AmbiguousError,
    ApiError,
    NoAnswerError,
    OutcomeUnknownError,
    RefusedError,
    TwilioError,
)
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.http import AnswerLostError, Reply
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.resource import Resource, same

TRUNKS = "https://trunking.twilio.com/v1/Trunks"
LISTS = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/SIP/IpAccessControlLists.json"
SID = "TK" + "a" * 32
OTHER = "TK" + "b" * 32
LOST = AnswerLostError("the connection was lost")
NEW = {"friendly_name": "hq", "secure": True}
MATCH = {"friendly_name": "hq"}
TRUNK_BODY = {"sid": SID, "friendly_name": "hq", "secure": True, "domain_name": None}


def page(*items: dict[str, Any], following: str | None = None) -> dict[str, Any]:
    return {"meta": {"key": "trunks", "next_page_url": following}, "trunks": [*items]}


def test_product_apis_page_by_absolute_urls(script: Script) -> None:
    script.expect("GET", TRUNKS, page({"sid": SID}, following=f"{TRUNKS}?Page=1"))
    # An object that moved to the second page while we read the first is not reported twice.
    script.expect("GET", f"{TRUNKS}?Page=1", page({"sid": SID}, {"sid": OTHER}))
    assert [record["sid"] for record in script.api().list(TRUNK)] == [SID, OTHER]
    assert script.seen[0]["params"] == {"PageSize": "1000"}
    assert script.seen[1]["params"] is None


def test_v2010_pages_by_relative_urls(script: Script) -> None:
    path = LISTS.removeprefix("https://api.twilio.com") + "?Page=1"
    script.expect("GET", LISTS, {"ip_access_control_lists": [{"sid": "AL1"}], "next_page_uri": path})
    script.expect("GET", f"https://api.twilio.com{path}", {"ip_access_control_lists": [], "next_page_uri": None})
    assert [record["sid"] for record in script.api().list(IP_ACL)] == ["AL1"]


def test_paging_that_leads_away_gets_no_credentials(script: Script) -> None:
    script.expect("GET", TRUNKS, page(following="https://evil.example/v1/Trunks?Page=1"))
    with pytest.raises(TwilioError, match=r"Refusing to send credentials to 'https://evil.example/v1/Trunks'"):
        script.api().list(TRUNK)


def test_paging_in_circles_ends(script: Script) -> None:
    script.expect("GET", TRUNKS, page(following=f"{TRUNKS}?Page=1"))
    script.expect("GET", f"{TRUNKS}?Page=1", page(following=f"{TRUNKS}?Page=1"))
    with pytest.raises(TwilioError, match="circle"):
        script.api().list(TRUNK)


def test_a_list_without_its_key_is_not_an_empty_list(script: Script) -> None:
    script.expect("GET", TRUNKS, {"hello": "world"})
    with pytest.raises(TwilioError, match="no 'trunks': is base_url right"):
        script.api().list(TRUNK)


def test_filters_go_into_the_query(script: Script) -> None:
    url = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers.json"
    script.expect("GET", url, {"incoming_phone_numbers": []})
    assert script.api().list(PHONE_NUMBER, filters={"PhoneNumber": "+12025550101"}) == []
    assert script.seen[0]["params"] == {"PageSize": "1000", "PhoneNumber": "+12025550101"}


def test_fetch_knows_absent_from_unreachable(script: Script) -> None:
    script.refuse("GET", f"{TRUNKS}/{SID}", 404, 20404)
    script.expect("GET", f"{TRUNKS}/{SID}", Reply(404, "<html>nginx</html>"))
    api = script.api()
    assert api.fetch(TRUNK, SID) is None
    with pytest.raises(ApiError, match=r"HTTP 404.*nginx"):
        api.fetch(TRUNK, SID)


def test_wrong_credentials_name_the_options_and_variables(script: Script) -> None:
    script.refuse("GET", TRUNKS, 401, 20003)
    script.expect("GET", TRUNKS, Reply(401, ""))
    api = script.api()
    for _turn in range(2):
        with pytest.raises(ApiError, match=r"auth_token .or TWILIO_AUTH_TOKEN.*api_secret .or TWILIO_API_SECRET"):
            api.list(TRUNK)


def test_error_bodies_of_both_shapes_are_read(script: Script) -> None:
    script.refuse("POST", TRUNKS, 400, 21245)
    problem = {"type": "https://example.com/p", "title": "Bad", "status": 400, "code": 21244, "detail": "Too many",
               "errors": [{"detail": "100 trunks", "pointer": "#/"}]}  # fmt: skip
    script.expect("POST", TRUNKS, problem, status=400)
    script.expect("POST", TRUNKS, {"nothing": "known"}, status=400)
    api = script.api()
    with pytest.raises(ApiError, match=r"code 21245.*Check domain_name") as usual:
        api.create(TRUNK, NEW, MATCH)
    assert usual.value.failure() == {
        "status": 400, "code": 21245, "message": "Error 21245", "more_info": "https://example.com/21245",
    }  # fmt: skip
    with pytest.raises(ApiError, match=r"Bad\. Too many\. 100 trunks\. .*delete unused") as rfc:
        api.create(TRUNK, NEW, MATCH)
    assert (rfc.value.code, rfc.value.more_info) == (21244, "https://example.com/p")
    with pytest.raises(ApiError, match="no reason given"):
        api.create(TRUNK, NEW, MATCH)


def test_too_many_requests_to_the_end_is_a_refusal_with_its_remedy(script: Script) -> None:
    for _turn in range(4):
        script.refuse("POST", TRUNKS, 429, 20429, Retry_After="1")
    with pytest.raises(ApiError, match=r"20429.*lower concurrency"):
        script.api().create(TRUNK, NEW, MATCH)
    assert script.pauses == [1.0, 1.0, 1.0]


def test_create_sends_the_wire_names(script: Script) -> None:
    form = {"FriendlyName": "hq", "Secure": "true"}
    script.expect("POST", TRUNKS, TRUNK_BODY, status=201, data=form)
    record = script.api().create(TRUNK, {**NEW, "domain_name": None}, MATCH)
    assert (record["sid"], record["secure"], record["domain_name"]) == (SID, True, "")


@pytest.mark.parametrize("trouble", [LOST, Reply(503, "{}"), Reply(201, '{"sid": "TK')])
def test_a_create_that_happened_is_found_and_not_repeated(script: Script, trouble: Any) -> None:
    script.expect("POST", TRUNKS, trouble)
    script.expect("GET", TRUNKS, page({"sid": OTHER, "friendly_name": "branch"}, TRUNK_BODY))
    assert script.api().create(TRUNK, NEW, MATCH)["sid"] == SID


def test_a_create_is_looked_for_twice_because_lists_lag(script: Script) -> None:
    script.expect("POST", TRUNKS, LOST)
    script.expect("GET", TRUNKS, page())
    script.expect("GET", TRUNKS, page(TRUNK_BODY))
    assert script.api().create(TRUNK, NEW, MATCH)["sid"] == SID
    assert script.pauses == [2.0]


def test_json_that_is_not_the_object_is_looked_after(script: Script) -> None:
    script.expect("POST", TRUNKS, {"error": "none of Twilio's"})
    script.expect("GET", TRUNKS, {"trunks": [TRUNK_BODY], "meta": {}})
    assert script.api().create(TRUNK, NEW, MATCH)["sid"] == SID
    script.expect("GET", f"{TRUNKS}/{SID}", {})
    with pytest.raises(TwilioError, match="is not a trunk: is base_url right"):
        script.api().fetch(TRUNK, SID)


def test_a_create_that_did_not_happen_is_repeated(script: Script) -> None:
    script.expect("POST", TRUNKS, Reply(503, "{}"))
    script.expect("GET", TRUNKS, page())
    script.expect("GET", TRUNKS, page())
    script.expect("POST", TRUNKS, TRUNK_BODY, status=201)
    assert script.api().create(TRUNK, NEW, MATCH)["sid"] == SID


def test_a_create_that_arrived_late_is_taken_for_ours(script: Script) -> None:
    script.expect("POST", TRUNKS, LOST)
    script.expect("GET", TRUNKS, page())
    script.expect("GET", TRUNKS, page())
    script.refuse("POST", TRUNKS, 400, 21248)
    script.expect("GET", TRUNKS, page(TRUNK_BODY))
    assert script.api().create(TRUNK, NEW, MATCH)["sid"] == SID


def test_a_refusal_after_a_lost_answer_is_reported_if_nothing_is_there(script: Script) -> None:
    script.expect("POST", TRUNKS, LOST)
    for _turn in range(2):
        script.expect("GET", TRUNKS, page())
    script.refuse("POST", TRUNKS, 400, 21244)
    for _turn in range(2):
        script.expect("GET", TRUNKS, page())
    with pytest.raises(ApiError, match="21244"):
        script.api().create(TRUNK, NEW, MATCH)


def test_a_create_of_unknown_outcome_gives_up_in_the_end(script: Script) -> None:
    for _turn in range(4):
        script.expect("POST", TRUNKS, LOST)
        script.expect("GET", TRUNKS, page())
        script.expect("GET", TRUNKS, page())
    with pytest.raises(OutcomeUnknownError, match="Run the task again"):
        script.api().create(TRUNK, NEW, MATCH)


def test_two_objects_after_a_lost_answer_are_not_guessed_between(script: Script) -> None:
    script.expect("POST", TRUNKS, LOST)
    script.expect("GET", TRUNKS, page(TRUNK_BODY, {**TRUNK_BODY, "sid": OTHER}))
    with pytest.raises(AmbiguousError, match=f"{SID}, {OTHER}"):
        script.api().create(TRUNK, NEW, MATCH)


def test_if_looking_fails_as_well_the_reason_is_the_network(script: Script) -> None:
    script.expect("POST", TRUNKS, LOST)
    for _turn in range(4):
        script.expect("GET", TRUNKS, LOST)
    with pytest.raises(NoAnswerError, match="GET"):
        script.api().create(TRUNK, NEW, MATCH)


def test_404_right_after_a_create_is_tried_again(script: Script) -> None:
    urls = f"{TRUNKS}/{SID}/OriginationUrls"
    script.expect("POST", TRUNKS, TRUNK_BODY, status=201)
    script.refuse("POST", urls, 404, 20404)
    script.refuse("POST", urls, 404, 20404)
    script.expect("POST", urls, {"sid": "OU1"}, status=201)
    api = script.api()
    api.create(TRUNK, NEW, MATCH)
    assert api.create(ORIGINATION_URL, {"sip_url": "sip:a"}, {"sip_url": "sip:a"}, SID)["sid"] == "OU1"
    assert script.pauses == [1.0, 2.0]


def test_404_of_a_fresh_object_is_believed_in_the_end(script: Script) -> None:
    script.expect("POST", TRUNKS, TRUNK_BODY, status=201)
    for _turn in range(5):
        script.refuse("GET", f"{TRUNKS}/{SID}", 404, 20404)
    api = script.api()
    api.create(TRUNK, NEW, MATCH)
    assert api.fetch(TRUNK, SID) is None


def test_404_of_an_old_object_is_believed_at_once(script: Script) -> None:
    script.refuse("POST", f"{TRUNKS}/{SID}", 404, 20404)
    with pytest.raises(ApiError, match="The object is gone"):
        script.api().update(TRUNK, SID, {"secure": True})
    assert script.pauses == []


def test_an_update_that_happened_is_not_repeated(script: Script) -> None:
    script.expect("POST", f"{TRUNKS}/{SID}", LOST, data={"Secure": "true"})
    script.expect("GET", f"{TRUNKS}/{SID}", TRUNK_BODY)
    assert script.api().update(TRUNK, SID, {"secure": True})["secure"] is True


def test_an_update_that_did_not_happen_is_repeated(script: Script) -> None:
    url = f"{TRUNKS}/{SID}/Recording"
    script.expect("POST", url, Reply(500, ""), data={"Trim": "trim-silence"})
    script.expect("GET", url, {"mode": "do-not-record", "trim": "do-not-trim"})
    script.expect("POST", url, {"mode": "do-not-record", "trim": "trim-silence"}, data={"Trim": "trim-silence"})
    done = script.api().update(RECORDING, "", {"trim": "trim-silence"}, SID)
    assert done == {"mode": "do-not-record", "trim": "trim-silence"}


def test_an_update_of_unknown_outcome_gives_up(script: Script) -> None:
    for _turn in range(4):
        script.expect("POST", f"{TRUNKS}/{SID}", LOST)
        script.expect("GET", f"{TRUNKS}/{SID}", {**TRUNK_BODY, "secure": False})
    with pytest.raises(OutcomeUnknownError):
        script.api().update(TRUNK, SID, {"secure": True})


def test_an_update_of_something_that_vanished_gives_up_at_once(script: Script) -> None:
    script.expect("POST", f"{TRUNKS}/{SID}", LOST)
    script.refuse("GET", f"{TRUNKS}/{SID}", 404, 20404)
    with pytest.raises(OutcomeUnknownError):
        script.api().update(TRUNK, SID, {"secure": True})


def test_a_write_only_field_cannot_be_compared_and_is_sent_again(script: Script) -> None:
    secret = Resource(
        label="credential", product="api", path="/v1/Creds", key="creds", wire={"password": "Password"},
        identity=("username",), updatable=("password",), write_only=("password",),
    )  # fmt: skip
    url = "https://api.twilio.com/v1/Creds/CR1"
    script.expect("POST", url, LOST)
    script.expect("GET", url, {"sid": "CR1", "username": "pbx", "password": "?"})
    script.expect("POST", url, {"sid": "CR1", "username": "pbx", "password": "?"}, data={"Password": "s3cret"})
    assert script.api().update(secret, "CR1", {"password": "s3cret"}) == {"sid": "CR1", "username": "pbx"}


def test_deleting_what_is_gone_is_done(script: Script) -> None:
    script.refuse("DELETE", f"{TRUNKS}/{SID}", 404, 20404)
    script.api().delete(TRUNK, SID)


def test_a_deletion_without_answer_is_looked_after(script: Script) -> None:
    url = f"{TRUNKS}/{SID}"
    script.expect("DELETE", url, LOST)
    script.expect("GET", url, TRUNK_BODY)
    script.expect("DELETE", url, LOST)
    script.refuse("GET", url, 404, 20404)
    script.api().delete(TRUNK, SID)


def test_a_deletion_gives_up_and_reports_refusals(script: Script) -> None:
    url = f"{TRUNKS}/{SID}"
    for _turn in range(4):
        script.expect("DELETE", url, LOST)
        script.expect("GET", url, TRUNK_BODY)
    script.refuse("DELETE", url, 400, 21247)
    api = script.api()
    with pytest.raises(OutcomeUnknownError):
        api.delete(TRUNK, SID)
    with pytest.raises(ApiError, match="sub-domains"):
        api.delete(TRUNK, SID)


def test_without_permission_no_number_is_bought_or_released(script: Script) -> None:
    number = {"phone_number": "+12025550101"}
    attempts: list[tuple[str, Callable[[], object]]] = [
        ("purchase", lambda: script.api("release").create(PHONE_NUMBER, number, number)),
        ("release", lambda: script.api("purchase").delete(PHONE_NUMBER, "PN1")),
    ]
    for verb, attempt in attempts:
        with pytest.raises(RefusedError, match=rf"needs {verb}: true. Nothing was sent"):
            attempt()
    assert script.seen == []


def test_with_permission_exactly_the_named_number_is_bought(script: Script) -> None:
    number = {"phone_number": "+12025550101"}
    url = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers.json"
    script.expect("POST", url, {"sid": "PN1", **number}, data={"PhoneNumber": "+12025550101"}, status=201)
    assert script.api("purchase").create(PHONE_NUMBER, number, number)["sid"] == "PN1"


def test_a_network_is_two_parameters(script: Script) -> None:
    url = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/SIP/IpAccessControlLists/AL1/IpAddresses.json"
    form = {"FriendlyName": "pbx", "IpAddress": "203.0.113.0", "CidrPrefixLength": "28"}
    body = {"sid": "IP1", "friendly_name": "pbx", "ip_address": "203.0.113.0", "cidr_prefix_length": 28}
    script.expect("POST", url, body, data=form, status=201)
    values = {"ip_address": "203.0.113.0/28", "friendly_name": "pbx"}
    assert script.api().create(IP_ADDRESS, values, values, "AL1") == {"sid": "IP1", **values}


def test_a_membership_is_created_by_the_objects_sid(script: Script) -> None:
    script.expect(
        "POST", f"{TRUNKS}/{SID}/PhoneNumbers", {"sid": "PN1", "phone_number": "+1"}, data={"PhoneNumberSid": "PN1"}
    )
    assert script.api().create(TRUNK_NUMBER, {"sid": "PN1", "phone_number": "+1"}, {"sid": "PN1"}, SID)["sid"] == "PN1"


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [(None, "", True), ("", None, True), (0, "", False), (1, True, False), (False, None, False), (3, 3, True)],
)
def test_unset_is_unset_however_it_is_written(left: object, right: object, equal: bool) -> None:
    assert same(left, right) is equal
