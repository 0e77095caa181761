# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts are the emulated carrier's."""

from __future__ import annotations

import pytest
from foreign.hosts import ForeignHostError, product_of


@pytest.mark.parametrize(
    ("authority", "product"),
    [
        ("trunking.twilio.com:443", "trunking"),
        ("API.Twilio.com:443", "api"),
        ("trunking.dublin.ie1.twilio.com:443", "trunking"),
        ("api.ashburn.us1.twilio.com:443", "api"),
        ("voice.ashburn-ix.us1.twilio.com:443", "voice"),
    ],
)
def test_products_of_the_carrier(authority: str, product: str) -> None:
    assert product_of(authority) == product


@pytest.mark.parametrize(
    "authority",
    [
        "example.com:443",
        "twilio.com:443",
        "www.twilio.com:443",
        "messaging.twilio.com:443",
        "trunking.ie1.twilio.com:443",
        "trunking.dublin.ie1.x.twilio.com:443",
        "trunking.twilio.com.example.com:443",
        "trunking-twilio.com:443",
        "trunking.twilioxcom:443",
        "trunking.twilio.com",
        "trunking.twilio.com:80",
        "trunking.twilio.com:443:443",
        "trunking.twilio.com.:443",
        "../api.twilio.com:443",
        "",
        "127.0.0.1:443",
        "[::1]:443",
    ],
)
def test_all_other_hosts_are_refused(authority: str) -> None:
    with pytest.raises(ForeignHostError) as refusal:
        product_of(authority)
    assert repr(authority) in str(refusal.value)
