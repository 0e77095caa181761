# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the client does with refusals and with failures."""

from __future__ import annotations

from foreign.check import refused, same
from foreign.stand import ACCOUNT, KEY, KEY_SECRET, Stand

TRUNKS = "api:trunking:v1:trunks"
NOBODY = "TK" + "0" * 32
UNEXPECTED = "twilio-cli encountered an unexpected error."


def refusals(stand: Stand) -> None:
    """Refusals in Twilio's shape: printed whole as JSON, as a sentence otherwise; the exit code is from the code."""
    stand.twilio(f"{TRUNKS}:create", "--domain-name", "acme.pstn.twilio.com").one()
    mark = stand.mark()
    duplicate = (f"{TRUNKS}:create", "--domain-name", "acme.pstn.twilio.com")
    message = refused(stand.twilio(*duplicate), 21248, 400)
    spoken = stand.twilio(*duplicate, output="columns")
    sentence = f"» Error code 21248 from Twilio: {message}. See https://www.twilio.com/docs/errors/21248 for more info."
    same((spoken.code, spoken.out, spoken.err), (21, "", sentence), "a refusal in words")
    same([entry["code"] for entry in stand.journal(mark)], [21248, 21248], "a refusal is not tried again")
    same(len(stand.state()["trunks"]), 1, "trunks after the refusals")

    missing, gone, bad_weight = stand.each(
        (f"{TRUNKS}:fetch", "--sid", NOBODY),
        (f"{TRUNKS}:remove", "--sid", NOBODY),
        (
            f"{TRUNKS}:origination-urls:create", "--trunk-sid", stand.state()["trunks"][0]["sid"], "--weight", "0",
            "--priority", "1", "--enabled", "--friendly-name", "pbx", "--sip-url", "sip:198.51.100.7",
        ),
    )  # fmt: skip
    refused(missing, 20404, 404)
    refused(bad_weight, 20001, 400)
    refused(gone, 20404, 404)

    mark = stand.mark()
    flags = stand.twilio(f"{TRUNKS}:origination-urls:create", "--trunk-sid", NOBODY, "--weight", "1")
    same((flags.code, "Missing required flag sip-url" in flags.err), (2, True), f"missing flags: {flags}")
    choice = stand.twilio(f"{TRUNKS}:create", "--disaster-recovery-method", "post", output="columns")
    same((choice.code, '"post" is not one of "GET,POST"' in choice.err), (1, True), f"no such choice: {choice}")
    same(stand.journal(mark), [], "requests of commands that the client itself refuses")


def credentials(stand: Stand) -> None:
    """Auth token and API key, right and wrong."""
    token = stand.cli(auth_token="wrong")
    stranger = stand.cli(account_sid="AC" + "9" * 32)
    key = stand.cli(api_key=KEY, auth_token=KEY_SECRET)
    wrong_key = stand.cli(api_key=KEY, auth_token="wrong")
    answers = stand.together([
        lambda: token(f"{TRUNKS}:list"),
        lambda: stranger("api:core:incoming-phone-numbers:list"),
        lambda: wrong_key(f"{TRUNKS}:create", "--friendly-name", "hq"),
        lambda: key("api:core:accounts:fetch", "--sid", ACCOUNT),
    ])  # fmt: skip
    for answer in answers:
        refused(answer, 20003, 401)
    same(stand.state()["trunks"], [], "trunks that nobody could make")
    spoken = token(f"{TRUNKS}:list", output="columns")
    same((spoken.code, "Error code 20003 from Twilio: Authenticate" in spoken.err), (20, True), f"{spoken}")
    made = key(f"{TRUNKS}:create", "--friendly-name", "hq").one()
    same(made["accountSid"], ACCOUNT, "the account behind an API key")


def failures(stand: Stand) -> None:
    """The client never tries again, so each failure shows as it is, and what was committed stays."""
    create = (f"{TRUNKS}:create", "--friendly-name", "hq")
    collection = "/v1/Trunks$"

    stand.fault("POST", collection, kind="status", status=429, retry_after=1)
    mark = stand.mark()
    refused(stand.twilio(*create), 20429, 429)
    same([entry["committed"] for entry in stand.journal(mark)], [False], "429: one request, not processed")
    stand.fault("POST", collection, kind="status", status=503, when="after")
    refused(stand.twilio(*create), 20503, 503)
    same(len(stand.state()["trunks"]), 1, "503 after the commit: the trunk is there")

    stand.fault("POST", collection, kind="reset", when="after")
    lost = stand.twilio(*create)
    same((lost.code, lost.out, lost.err[2 : 2 + len(UNEXPECTED)]), (1, "", UNEXPECTED), f"a lost connection: {lost}")
    same(len(stand.state()["trunks"]), 2, "a connection lost after the commit: the trunk is there")
    stand.fault("GET", collection, kind="timeout", seconds=0)
    silent = stand.twilio(f"{TRUNKS}:list")
    same((silent.code, silent.out), (1, ""), f"a connection closed without an answer: {silent}")
    # It takes half of a JSON text for an object without properties, and ends as if all were well.
    stand.fault("POST", collection, kind="malformed", when="after")
    half = stand.twilio(*create)
    same((half.code, half.one()), (0, {}), f"half of a JSON text: {half}")
    same(len(stand.state()["trunks"]), 3, "half of an answer: the trunk is there")
    same([exchange.status for exchange in stand.proxy.exchanges], [429, 503, 0, 0, 201], "what the client was answered")


def concurrency(stand: Stand) -> None:
    """More requests at once than the account may have: the surplus gets 20429 and was not processed."""
    stand.lab("settings", {"concurrency_limit": 1})
    # The first request to arrive stays until the second has been refused: two commands cannot miss each other.
    stand.fault("POST", "/v1/Trunks$", kind="latency", seconds=15, times=None)
    create = (f"{TRUNKS}:create", "--friendly-name", "hq")
    codes = sorted(answer.code for answer in stand.each(create, create))
    same(codes, [0, 20], "exit codes of two at once")
    same(len(stand.state()["trunks"]), 1, "trunks made by two at once")
    same(sorted(str(entry["code"]) for entry in stand.journal()), ["20429", "None"], "codes of two at once")
