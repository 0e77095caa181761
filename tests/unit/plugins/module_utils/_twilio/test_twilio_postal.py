# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which spellings of an address mean the same."""

from __future__ import annotations

import pytest

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.postal import alike


@pytest.mark.parametrize(
    ("field", "one", "other", "country"),
    [
        ("street", "100 Main Street", "100 MAIN ST", "US"),
        ("street", "100  N. Main St.", "100 North Main Street", "US"),
        ("street", "1 O'Brien Blvd", "1 OBrien Boulevard", "US"),
        ("street", "1 Rue de l\u2019\u00c9glise", "1 rue de l'eglise", "CA"),
        ("street_secondary", "Suite #4", "STE 4", "US"),
        ("street_secondary", "", None, "US"),
        ("city", "ST. LOUIS", "St Louis", "US"),
        ("address_region", "California", "CA", "US"),
        ("address_region", "D.C.", "District of Columbia", "US"),
        ("address_region", "quebec", "QC", "CA"),
        ("address_region", "Greater London", "greater london", "GB"),
        ("postal_code", "94107", "94107-1234", "US"),
        ("postal_code", "k1a0b1", "K1A 0B1", "CA"),
    ],
)
def test_the_same(field: str, one: str, other: str, country: str) -> None:
    assert alike(field, one, other, country)
    assert alike(field, other, one, country)


@pytest.mark.parametrize(
    ("field", "one", "other", "country"),
    [
        ("street", "100 Main Street", "102 Main Street", "US"),
        ("street", "100 Main Street", "100 Main Avenue", "US"),
        ("street", "100 North Main Street", "100 South Main Street", "US"),
        ("street", "100 Main Street", "", "US"),
        ("street", "11 1st Street", "1 11st Street", "US"),
        ("street_secondary", "Suite 4", "Suite 14", "US"),
        ("city", "Springfield", "West Springfield", "US"),
        ("address_region", "CA", "CO", "US"),
        ("address_region", "CA", "California", "MX"),
        ("postal_code", "94107-1234", "94107-4321", "US"),
        ("postal_code", "94107", "94108-1234", "US"),
        ("postal_code", "10115", "101151234", "DE"),
    ],
)
def test_not_the_same(field: str, one: str, other: str, country: str) -> None:
    assert not alike(field, one, other, country)
    assert not alike(field, other, one, country)
