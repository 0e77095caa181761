# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Geographic permissions: which countries an account may call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lab.emulator.countries import COUNTRIES, country_of
from lab.emulator.store import Account, Store

RISKS = ("low_risk", "high_risk_special", "high_risk_tollfraud")
NEW_ACCOUNT = ("US", "CA")  # assumed: what a new account may call
SEEDED_ACCOUNT = ("US", "CA", "GB")  # where the lab's own calls go


def opened(countries: Iterable[str]) -> dict[str, set[str]]:
    """Permissions for the ordinary numbers of some countries."""
    return {iso: {"low_risk"} for iso in countries}


def effective(store: Store, account: Account) -> Mapping[str, set[str]]:
    """What an account may call, by country; while a subaccount inherits, that is what its owner may."""
    owner = store.accounts.get(account.owner_account_sid)
    return owner.dialing if owner is not None and account.dialing_inheritance else account.dialing


def refusal(store: Store, account: Account, number: str) -> str:
    """Why an account may not call an E.164 number; empty when it may."""
    if number.startswith(account.blocked_prefixes):
        return f"Geographic permissions forbid calls to {number}"
    country = country_of(number)
    if country is None:
        return f"Geographic permissions forbid calls to {number}, whose country is not known"
    risk = country.risk(number)
    if risk in effective(store, account).get(country.iso, ()):
        return ""
    return f"Geographic permissions forbid calls to {number}: {risk} numbers of {country.name} are not enabled"


def change(account: Account, iso: str, risks: Mapping[str, bool]) -> None:
    """Set permissions for a country; what is not named stays."""
    allowed = account.dialing.setdefault(iso, set())
    for risk, enabled in risks.items():
        (allowed.add if enabled else allowed.discard)(risk)


def wrong_permission(dialing: object) -> str:
    """What is wrong with the `dialing` of a seed, as a sentence; empty when nothing is."""
    if not isinstance(dialing, dict):
        return f'must be an object such as {{"GB": ["low_risk"]}}, not {dialing!r}'
    for iso, risks in dialing.items():
        if iso not in COUNTRIES:
            return f"has the unknown country {iso!r}"
        if not isinstance(risks, list) or not all(risk in RISKS for risk in risks):
            return f"has {risks!r} for {iso}; it must be a list of {', '.join(RISKS)}"
    return ""
