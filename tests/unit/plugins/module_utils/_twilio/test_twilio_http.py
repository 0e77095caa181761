# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP client: where requests go, what is tried again, and what must not be."""

from __future__ import annotations

import threading
from email.utils import formatdate

import pytest
from twilio_network import ACCOUNT, TOKEN, Script

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.errors import (
    InvalidInputError,
    NoAnswerError,
    OutcomeUnknownError,
    TwilioError,
)
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.http import (
    AnswerLostError,
    HttpClient,
    NotSentError,
    Reply,
    RetryPolicy,
    check_base_url,
    parse_retry_after,
)
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.sdk import SdkClient

URL = "https://trunking.twilio.com/v1/Trunks"


@pytest.mark.parametrize(
    ("url", "routed"),
    [
        ("https://trunking.twilio.com/v1/Trunks", "http://lab:8080/trunking/v1/Trunks"),
        ("https://trunking.dublin.ie1.twilio.com/v1/Trunks", "http://lab:8080/trunking/v1/Trunks"),
        ("https://api.ie1.twilio.com/2010-04-01/Accounts.json", "http://lab:8080/api/2010-04-01/Accounts.json"),
        ("https://api.twilio.com/x?Page=1&PageToken=a%2Fb", "http://lab:8080/api/x?Page=1&PageToken=a%2Fb"),
        ("https://api.twilio.com", "http://lab:8080/api"),
    ],
)
def test_base_url_takes_the_place_of_the_hosts(script: Script, url: str, routed: str) -> None:
    assert script.http(base_url="http://lab:8080/").route(url) == routed
    assert script.http().route(url) == url


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/v1/Trunks", "http://trunking.twilio.com/v1/Trunks", "https://twilio.com.evil.example/x"],
)
def test_credentials_go_nowhere_else(script: Script, url: str) -> None:
    for base_url in (None, "http://lab:8080"):
        with pytest.raises(TwilioError, match="Refusing to send credentials"):
            script.http(base_url=base_url).request("GET", url)


@pytest.mark.parametrize("bad", ["lab:8080", "ftp://lab", "http://", "http://lab/?x=1", "http://lab/#x", "http://[::1"])
def test_bad_base_url_is_named(bad: str) -> None:
    with pytest.raises(InvalidInputError, match=r"^base_url: .*http://127.0.0.1:8080"):
        check_base_url(bad)


def test_base_url_with_password_is_refused_without_repeating_it() -> None:
    with pytest.raises(InvalidInputError) as refused:
        check_base_url("http://user:hunter2@lab:8080")
    assert "hunter2" not in str(refused.value)
    assert check_base_url("") is None


def test_sdk_sends_credentials_timeouts_and_edge(script: Script) -> None:
    script.expect("GET", "https://trunking.dublin.ie1.twilio.com/v1/Trunks", {})
    client = SdkClient(ACCOUNT, TOKEN, http_client=script.http(), edge="dublin", region="ie1")
    client.request("GET", URL)
    assert script.seen[0]["auth"] == (ACCOUNT, TOKEN)
    assert script.seen[0]["timeout"] == (3.0, 7.0)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_429_is_tried_again_whatever_the_method(script: Script, method: str) -> None:
    script.expect(method, URL, Reply(429, "{}", {"retry-after": "2"}))
    script.expect(method, URL, Reply(429, "{}", {"Retry-After": "9999"}))
    script.expect(method, URL, Reply(429, "{}"))
    script.expect(method, URL, {"done": True})
    http = script.http()
    assert http.request(method, URL).status_code == 200
    # As long as asked for, at most max_delay, and without advice the third step of the back-off.
    assert script.pauses == [2.0, 10.0, 4.0]
    assert http.requests_sent == 4


def test_429_without_end_is_returned_as_it_is(script: Script) -> None:
    for _turn in range(4):
        script.expect("POST", URL, Reply(429, "{}"))
    assert script.http().request("POST", URL).status_code == 429


@pytest.mark.parametrize(
    "trouble",
    [Reply(503, "{}"), Reply(500, "oops"), Reply(408, ""), Reply(200, '{"sid": "TK'), Reply(200, "[]"),
     AnswerLostError("the connection was lost"), NotSentError("no connection")],
)  # fmt: skip
def test_a_read_is_tried_again(script: Script, trouble: Reply | Exception) -> None:
    script.expect("GET", URL, trouble)
    script.expect("GET", URL, {"trunks": []})
    assert script.http().request("GET", URL).text == '{"trunks": []}'
    assert script.pauses == [1.0]


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        (Reply(503, "{}", {"Retry-After": "1"}), 503),
        (Reply(500, ""), 500),
        (AnswerLostError("no answer within 7 s"), None),
    ],
)
def test_a_write_without_answer_is_not_replayed(
    script: Script, method: str, trouble: Reply | Exception, status: int | None
) -> None:
    script.expect(method, URL, trouble)
    with pytest.raises(OutcomeUnknownError) as unknown:
        script.http().request(method, URL)
    assert unknown.value.status == status
    assert unknown.value.failure()["status"] == status
    assert script.pauses == []


def test_a_created_object_with_malformed_body_is_of_unknown_outcome(script: Script) -> None:
    script.expect("POST", URL, Reply(201, '{"sid": "TK'))
    with pytest.raises(OutcomeUnknownError, match="not a JSON object"):
        script.http().request("POST", URL)


def test_a_deletion_needs_no_body(script: Script) -> None:
    script.expect("DELETE", URL, Reply(204, ""))
    assert script.http().request("DELETE", URL).status_code == 204


def test_a_page_in_answer_to_a_deletion_is_not_believed(script: Script) -> None:
    script.expect("DELETE", URL, Reply(200, "<html>Welcome to our network</html>"))
    with pytest.raises(OutcomeUnknownError):
        script.http().request("DELETE", URL)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_what_was_not_sent_is_tried_again_until_the_end(script: Script, method: str) -> None:
    for _turn in range(4):
        script.expect(method, URL, NotSentError("no connection"))
    with pytest.raises(NoAnswerError, match=r"after 4 attempts: no connection.*base_url"):
        script.http().request(method, URL)
    assert script.pauses == [1.0, 2.0, 4.0]


def test_what_cannot_help_is_not_tried_again(script: Script) -> None:
    script.expect("POST", URL, NotSentError("the server's certificate is not trusted", again=False))
    with pytest.raises(NoAnswerError, match="after 1 attempt: the server's certificate"):
        script.http().request("POST", URL)


def test_a_read_that_never_succeeds_reports_its_status(script: Script) -> None:
    for _turn in range(4):
        script.expect("GET", URL, Reply(503, "{}"))
    with pytest.raises(NoAnswerError) as lost:
        script.http().request("GET", URL)
    assert lost.value.failure()["status"] == 503


@pytest.mark.parametrize("status", [301, 400, 401, 404])
def test_refusals_are_not_tried_again(script: Script, status: int) -> None:
    script.expect("POST", URL, Reply(status, "<html>"))
    assert script.http().request("POST", URL).status_code == status


def test_backoff_is_jittered_and_bounded() -> None:
    policy = RetryPolicy(retries=5, delay=0.5, max_delay=3.0)
    assert [policy.wait(attempt, None, 0.0) for attempt in range(4)] == [0.5, 1.0, 2.0, 3.0]
    assert policy.wait(1, None, 1.0) == 0.5


@pytest.mark.parametrize("over", [0.0, -5.0, -1e9])
def test_a_retry_after_that_is_over_does_not_make_us_hammer(over: float) -> None:
    policy = RetryPolicy(retries=5, delay=0.5, max_delay=3.0)
    assert [policy.wait(attempt, over, 0.0) for attempt in range(4)] == [0.5, 1.0, 2.0, 3.0]


@pytest.mark.parametrize("late", ["Fri, 31 Dec 9999 23:59:59 GMT", "9" * 400])
def test_a_retry_after_far_in_the_future_is_bounded(late: str) -> None:
    assert RetryPolicy(max_delay=3.0).wait(0, parse_retry_after(late, 1000.0), 0.0) == 3.0


@pytest.mark.parametrize("odd", ["Fri, 31 Dec 99999 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:59 -9999", "", "-3", "nan"])
def test_a_retry_after_that_makes_no_sense_is_ignored(odd: str) -> None:
    assert parse_retry_after(odd, 1000.0) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(None, None), ("7", 7.0), ("0.5", 0.5), (formatdate(1060, usegmt=True), 60.0), ("soon", None),
     ("Thu, 01 Jan 1970 00:17:00", 20.0)],
)  # fmt: skip
def test_retry_after_is_a_number_or_a_date(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, 1000.0) == seconds


def test_requests_are_counted_across_threads() -> None:
    class Silent:
        def send(self, *_args: object, **_more: object) -> Reply:
            return Reply(200, "{}")

    http = HttpClient(Silent())
    threads = [threading.Thread(target=lambda: [http.request("GET", URL) for _turn in range(50)]) for _turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert http.requests_sent == 200
