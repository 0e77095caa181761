# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong, as typed exceptions. Private to this collection.

Every exception carries one sentence for people (``str(error)``) and a dictionary for machines (``failure()``). The
module boundary turns them into one ``fail_json``; nothing else in this package knows Ansible's exits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

ERROR_PAGE = "https://www.twilio.com/docs/errors/{code}"

CREDENTIALS_REMEDY = (
    "Check account_sid (or TWILIO_ACCOUNT_SID) and auth_token (or TWILIO_AUTH_TOKEN), or api_key (or TWILIO_API_KEY) "
    "and api_secret (or TWILIO_API_SECRET); they must belong to one account. Trunks of a subaccount need its "
    "own SID with its own token or key, and another region needs credentials of that region."
)

# What to do about the errors users meet. Keyed on Twilio's code, because the HTTP status of many is not documented.
REMEDIES: Mapping[int, str] = {
    10002: "A trial account cannot do this: upgrade the account in the console.",
    20003: f"{CREDENTIALS_REMEDY} Subaccounts and API keys are managed with an auth token or a key of type main.",
    20005: "The account is not active: it is suspended or closed, or its balance is used up. See the console.",
    20008: "Test credentials cannot do this: use the account's live credentials.",
    20403: "The credentials may not do this: the account is suspended or closed, or the key is restricted. Use the "
    "auth token, or a key of type main or standard, of an active account.",
    20404: "The object is gone, or in another account or region: check SID, account_sid, edge, region and base_url.",
    20409: "Another change to the same object was going on: run the task again.",
    20429: "Too many requests ran at once: lower concurrency, or raise retries or retry_max_delay.",
    21101: "Subaccounts have no subaccounts: use the credentials of the main account.",
    21235: "The name or the address is already used: choose another friendly_name, or list every address only once.",
    21236: "The IP access control list is still used by a trunk or a SIP domain: take it off there first.",
    21237: "The IP access control list is full (100 addresses): merge neighbours into networks, or use a second list.",
    21238: "The address is not valid, or already in the list: write it as an IPv4 address or network, and only once.",
    21239: "The account has reached its number of credential lists (100): delete lists that are not used.",
    21240: "The name of the credential list is already used: choose another friendly_name.",
    21241: "The credential list is still used by a trunk or a SIP domain: take it off there first.",
    21242: "The credential list is full (1,000 users): use a second list.",
    21243: "The user name is taken, or the password is too weak: it needs 12 characters, mixed case and a digit.",
    21244: "The account has reached its number of trunks (100): delete unused trunks, or ask Twilio for more.",
    21245: "Check domain_name (free, ending in .pstn.twilio.com) and that nothing is associated with the trunk twice.",
    21247: "Other trunks use sub-domains of this trunk's domain_name: delete or rename those trunks first. Or "
    "domain_name is itself a sub-domain of one that no trunk of this account or its parent has: create that one first.",
    21248: "The domain_name is taken by another trunk, perhaps in another account: choose another one.",
    21249: "A trunk has at most 10 origination URLs: remove some, or set purge_origination_urls to true.",
    21255: "The account has reached its number of IP access control lists (1,000): delete lists that are not used.",
    21421: "The number is not valid: write it in E.164, for example +12025550101.",
    21422: "The number cannot be bought (any more), or is reserved for another account: search for another one.",
    21452: "There is no number left in that area: search for another one.",
    21476: "The main account is suspended, and its subaccounts with it: ask Twilio's support.",
    21478: "Twilio itself has suspended the subaccount: ask Twilio's support.",
    21479: "The subaccount is closed, which is for ever: create another one.",
    21480: "The main account has reached its number of subaccounts (1,000): ask Twilio's support for more.",
    21615: "The number needs a local address: create one and give address_sid.",
    21628: "Twilio could not validate the address, or a number still uses it: correct street, city, address_region and "
    "postal_code, or first give the numbers that use it another address.",
    21629: "Twilio knows a similar address, and names it if it can: write it as Twilio does, or set "
    "auto_correct_address to true.",
    21630: "A verified regulatory document holds the address, which cannot be changed: describe a new address instead.",
    21631: "The number needs an address: create one and give address_sid.",
    21634: "Numbers of this trunk are registered for emergency calling: set their emergency_address_sid to '' and wait "
    "until emergency_address_status is unregistered.",
    21649: "The number needs a regulatory bundle: get one approved and give bundle_sid.",
    21650: "The number needs a verified identity: get one approved and give identity_sid.",
    70051: "The account or key is suspended or unknown, they do not belong together, or the key is restricted and may "
    "not do this. Check them in the console, or use a key of type main or standard.",
}


class TwilioError(Exception):
    """Anything this package refuses or fails to do."""

    def failure(self) -> dict[str, Any]:
        """Return ``{status, code, message, more_info}``; what is not known is None."""
        return {"status": None, "code": None, "message": str(self), "more_info": None}


class InvalidInputError(TwilioError):
    """An option that cannot work, found before the first request.

    Args:
        option: name of the option, with the position in a list if there is one (``origination_urls[2].weight``).
        value: what was given; None if the option is missing rather than wrong.
        why: what is wrong with it, and what to write instead.
    """

    def __init__(self, option: str, value: object, why: str) -> None:
        super().__init__(f"{option} {why}" if value is None else f"{option}: {value!r} {why}")
        self.option = option


class AmbiguousError(TwilioError):
    """A name that more than one object bears: acting on the first would be a guess."""

    def __init__(self, kind: str, name: str, sids: Iterable[str]) -> None:
        candidates = ", ".join(sorted(sids))
        super().__init__(
            f"More than one {kind} is called {name!r}: {candidates}. Give the sid of the one you mean, "
            "or rename the others."
        )

    def at(self, where: str) -> AmbiguousError:
        """Return the same error with the place of the name in the options before it."""
        error = AmbiguousError("", "", ())
        error.args = (f"{where}: {self}",)
        return error


class MissingReferenceError(TwilioError):
    """A reference to an object that does not exist."""

    def __init__(self, option: str, kind: str, name: str, close: Sequence[str], remedy: str) -> None:
        similar = f" Did you mean {' or '.join(repr(match) for match in close)}?" if close else ""
        super().__init__(f"{option}: there is no {kind} {name!r} in the account.{similar} {remedy}")


class RefusedError(TwilioError):
    """Something that would cost money or lose a number and was not explicitly asked for."""


class UnsettledError(TwilioError):
    """Something that Twilio does by itself after a request failed, or did not end in time.

    Args:
        kind: what is concerned.
        name: which one.
        state: the state that means that it failed; None if it is still going on.
        remedy: what to do.
    """

    def __init__(self, kind: str, name: str, state: str | None, remedy: str) -> None:
        what = f"has failed ({state})" if state else "has not ended"
        super().__init__(f"What Twilio was asked to do with the {kind} {name} {what}. {remedy}")


class ApiError(TwilioError):
    """Twilio answered with an error.

    Args:
        method: HTTP method of the request.
        url: URL of the request, without credentials.
        status: HTTP status of the answer.
        code: Twilio's error code, if the body had one.
        message: Twilio's words.
        more_info: URL of the explanation, if any.
    """

    def __init__(
        self, method: str, url: str, status: int, code: int | None, *, message: str, more_info: str | None = None
    ) -> None:
        self.status, self.code, self.message = status, code, message
        self.more_info = more_info or (ERROR_PAGE.format(code=code) if code else None)
        remedy = REMEDIES.get(code or {401: 20003, 429: 20429}.get(status, 0), "")
        numbers = f"HTTP {status}" + (f", code {code}" if code else "")
        sentence = message.rstrip().rstrip(".") or "no reason given"
        super().__init__(f"Twilio refused {method} {url} ({numbers}): {sentence}. {remedy}".rstrip())

    def failure(self) -> dict[str, Any]:
        return {"status": self.status, "code": self.code, "message": self.message, "more_info": self.more_info}


class NoAnswerError(TwilioError):
    """A request that changed nothing got no usable answer, however often it was tried."""

    def __init__(self, method: str, url: str, reason: str, attempts: int, status: int | None = None) -> None:
        self.status, self.reason = status, reason
        super().__init__(
            f"No usable answer to {method} {url} after {attempts} attempt{'s' if attempts > 1 else ''}: {reason}. "
            "Check the network, base_url, edge and region; timeout, connect_timeout and retries can be raised."
        )

    def failure(self) -> dict[str, Any]:
        return dict(super().failure(), status=self.status)


class OutcomeUnknownError(TwilioError):
    """A write that may or may not have happened: it must not be replayed before looking.

    Args:
        method: HTTP method of the request.
        url: URL of the request, without credentials.
        reason: how the answer failed to come.
        status: HTTP status, if there was an answer.
    """

    def __init__(self, method: str, url: str, reason: str, status: int | None = None) -> None:
        self.method, self.url, self.reason, self.status = method, url, reason, status
        super().__init__(
            f"The outcome of {method} {url} is unknown ({reason}), and looking the object up did not settle it. "
            "Run the task again: it starts from what is really there."
        )

    def failure(self) -> dict[str, Any]:
        return dict(super().failure(), status=self.status)


class ApplyFailedError(TwilioError):
    """A change failed; others may already have been made.

    Args:
        cause: what stopped the first change that failed.
        failed: that change, as reported to users.
        applied: the changes that were made, in order.
        remaining: the others that were not made, in order.
    """

    def __init__(
        self,
        cause: TwilioError,
        failed: dict[str, Any],
        applied: list[dict[str, Any]],
        remaining: list[dict[str, Any]],
    ) -> None:
        self.cause, self.failed, self.applied, self.remaining = cause, failed, applied, remaining
        what = f"{failed['action']} {failed['resource']} {failed['name']!r}"
        done = (
            f"{len(applied)} change{'s' if len(applied) != 1 else ''} had already been made"
            if applied
            else "No other change had been made"
        )
        left = f", {len(remaining)} more had not" if remaining else ""
        super().__init__(f"Could not {what}: {cause} {done}{left}.")

    def failure(self) -> dict[str, Any]:
        return dict(self.cause.failure(), applied=self.applied, failed=self.failed, remaining=self.remaining)
