# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP Basic: an account SID and its token, or an API key and its secret."""

from __future__ import annotations

import base64
import binascii
import hmac

from lab.emulator import errors
from lab.emulator.errors import ApiError, unauthenticated
from lab.emulator.store import Account, Store


def authenticate(store: Store, header: str | None) -> tuple[Account, bool]:
    """The account behind an Authorization header, and whether it may see account settings.

    Raises:
        ApiError: 20003 for anything but valid credentials, 20005 for an account that is not active.
    """
    user, password = _basic(header)
    account = store.accounts.get(user)
    full_access = True
    secret = account.auth_token if account else None
    key = store.get("SK", user)
    if account is None and key is not None:
        account = store.accounts[key.account_sid]
        secret = key.hidden["secret"]
        full_access = key.hidden["type"] == "main"
    if account is None or secret is None or not hmac.compare_digest(secret.encode(), password.encode()):
        raise unauthenticated("the account SID or API key, or its secret, is not valid")
    shut = store.inactive(account)
    if shut is not None:
        raise ApiError(errors.ACCOUNT_INACTIVE, f"Account {shut.sid} is {shut.status}", 403)
    return account, full_access


def subject(store: Store, caller: Account, sid: str) -> Account:
    """The account a v2010 path names: the caller's own or one of its subaccounts.

    Raises:
        ApiError: 20003 for any other.
    """
    account = store.accounts.get(sid)
    if account is None or caller.sid not in (account.sid, account.owner_account_sid):
        raise unauthenticated(f"these credentials do not open account {sid}")
    return account


def require_full_access(full_access: bool, what: str) -> None:
    """Refuse a standard API key what only the auth token and main keys may do.

    Raises:
        ApiError: 20003.
    """
    if not full_access:
        raise unauthenticated(f"a standard API key cannot manage {what}; use the auth token or a main key")


def _basic(header: str | None) -> tuple[str, str]:
    scheme, __, encoded = (header or "").partition(" ")
    if scheme.lower() != "basic":
        raise unauthenticated("no HTTP Basic credentials were sent")
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise unauthenticated("the HTTP Basic credentials cannot be decoded") from None
    if not colon:
        raise unauthenticated("the HTTP Basic credentials have no password")
    return user, password
