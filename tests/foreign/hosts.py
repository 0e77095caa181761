# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which host is which product of the emulator. Everything that is not here is refused."""

from __future__ import annotations

import re

from lab.emulator.api import PRODUCTS

HTTPS = 443
# PRODUCT.twilio.com, or PRODUCT.EDGE.REGION.twilio.com. Twilio ends the form with a region alone.
_HOST = re.compile(r"(?P<product>[a-z]+)(?:\.(?P<edge>[a-z][a-z-]*)\.(?P<region>[a-z]{2}[0-9]))?\.twilio\.com")


class ForeignHostError(Exception):
    """A request wants to go where nothing may go; the text says where and why not."""


def product_of(authority: str) -> str:
    """The product behind `HOST:PORT`, as a CONNECT request names it.

    Raises:
        ForeignHostError: when that is not HTTPS to a product of Twilio's.
    """
    host, __, port = authority.partition(":")
    match = _HOST.fullmatch(host.lower())
    if match is None or match["product"] not in PRODUCTS:
        raise ForeignHostError(f"{authority!r} is not a host of the emulated carrier")
    if port != str(HTTPS):
        raise ForeignHostError(f"{authority!r} is not on port {HTTPS}")
    return match["product"]
