# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credential lists: from options to the wanted state. Private to this collection.

Twilio never returns a password. So a password is sent when its user is created; whether it is sent again to a user that
exists is for ``update_password`` to say, and cannot be found out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .. import validate as check
from ..catalog.sip import CREDENTIAL
from ..directory import CREDENTIAL_LISTS
from ..errors import InvalidInputError
from ..module import Outcome, Task
from ..plan import Item, Node
from ..resource import Record
from .lists import MemberList
from .named import check_identity, check_selection

LISTS = MemberList(CREDENTIAL_LISTS, CREDENTIAL, "credentials")
current, needs = LISTS.current, LISTS.needs
NAME_LENGTH = 64  # of a list; Twilio's API reference, SIP CredentialList
USER_LENGTH = 32  # Twilio's API reference, SIP Credential
PASSWORD_LENGTH = 12  # the shortest; likewise
# Twilio documents no alphabet. This is RFC 3261's for the user of a SIP URI (25.1), without what needs escaping or
# separates (% / ?): whatever is in it reaches every user agent and every digest as it was written.
USERNAME = re.compile(r"[A-Za-z0-9_.!~*'()&=+$,;-]+")
ON_CREATE = "on_create"

OPTIONS: dict[str, dict[str, Any]] = {
    "sid": {"type": "str"},
    "friendly_name": {"type": "str"},
    "credentials": {
        "type": "list",
        "elements": "dict",
        "options": {
            "username": {"type": "str", "required": True},
            "password": {"type": "str", "no_log": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
    },
    "update_password": {"type": "str", "choices": [ON_CREATE, "always"], "default": ON_CREATE, "no_log": False},
    "purge_credentials": {"type": "bool", "default": False},
}


def validate_one(entry: Mapping[str, Any], prefix: str = "") -> None:
    """Judge the options of one credential list; no error repeats a password.

    Args:
        entry: its options.
        prefix: what precedes every option's name in errors, such as ``credential_lists[2].``.
    """
    check_identity(CREDENTIAL_LISTS, entry, NAME_LENGTH, prefix)
    if entry["purge_credentials"] and entry["credentials"] is None:
        raise InvalidInputError(
            f"{prefix}purge_credentials", True, "needs credentials; an empty list removes every user."
        )
    seen: set[str] = set()
    for index, credential in enumerate(entry["credentials"] or []):
        where, name = f"{prefix}credentials[{index}]", credential["username"]
        check.text(f"{where}.username", name, USER_LENGTH)
        if not USERNAME.fullmatch(name):
            raise InvalidInputError(
                f"{where}.username",
                name,
                "has a character that a SIP user name cannot have; use only letters, digits and -_.!~*'()&=+$,;",
            )
        if name in seen:
            raise InvalidInputError(f"{where}.username", name, "is listed twice; list it once.")
        seen.add(name)
        if credential["state"] == "present":
            _check_password(f"{where}.password", credential["password"])
    stay = [credential for credential in entry["credentials"] or [] if credential["state"] == "present"]
    check.at_most(f"{prefix}credentials", stay, int(CREDENTIAL.limit or 0))


def _check_password(option: str, password: str | None) -> None:
    """Refuse what Twilio would refuse, or what no telephone could send, without repeating it."""
    if not password:
        return
    if not password.isprintable():
        raise InvalidInputError(option, None, "has a line end or another control character; copy it again.")
    lacking = [
        what
        for what, pattern in (
            ("a digit", "[0-9]"),
            ("a lower-case letter", "[a-z]"),
            ("an upper-case letter", "[A-Z]"),
        )
        if not re.search(pattern, password)
    ]
    if len(password) < PASSWORD_LENGTH:
        lacking.insert(0, f"{PASSWORD_LENGTH} characters")
    if lacking:
        raise InvalidInputError(
            option,
            None,
            f"has not {', '.join(lacking)}; Twilio takes passwords of at least {PASSWORD_LENGTH} characters with a "
            "digit, a lower-case and an upper-case letter (A-Z).",
        )


def node(
    task: Task, entry: Mapping[str, Any], current: Mapping[str, Any] | None, prefix: str = "", key: str = ""
) -> Node:
    """Return the credential list with its users as it should be.

    Raises:
        InvalidInputError: a user that does not exist yet has no password.
    """

    def items(there: Sequence[Record]) -> list[Item]:
        return _items(entry, {str(member["username"]) for member in there}, prefix)

    return LISTS.node(task, entry, current, items, prefix=prefix, key=key)


def _items(entry: Mapping[str, Any], users: set[str], prefix: str) -> list[Item]:
    items = []
    for index, credential in enumerate(entry["credentials"]):
        name, match = credential["username"], {"username": credential["username"]}
        if credential["state"] == "absent":
            items.append(Item(match, absent=True))
            continue
        if not credential["password"] and name not in users:
            raise InvalidInputError(
                f"{prefix}credentials[{index}].password",
                None,
                f"is missing, and there is no user {name!r} in the list yet; only a user that exists can do without.",
            )
        secret = {"password": credential["password"]} if credential["password"] else {}
        items.append(Item(match, secret if entry["update_password"] != ON_CREATE else {}, secret))
    return items


def validate(params: Mapping[str, Any]) -> None:
    """Judge the options of a credential list before the first request."""
    validate_one(params)


def ensure(task: Task) -> Outcome:
    """Bring a credential list and its users into the wanted state."""
    found = current(task, task.params)
    outcome = task.converge(node(task, task.params, found))
    outcome.results["credential_list"] = outcome.after
    return outcome


def inform_validate(params: Mapping[str, Any]) -> None:
    """Judge the options that select credential lists."""
    check_selection(CREDENTIAL_LISTS, params)


def inform(task: Task) -> Outcome:
    """Return the selected credential lists, with their users if they are wanted."""
    return Outcome(results={"credential_lists": LISTS.select(task, task.params["include_credentials"])})
