# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which codecs and tones a country is used to. Private to the collection."""

from __future__ import annotations

from collections.abc import Sequence

from .. import countries

#: Codecs that Twilio's trunks take.
CARRIER = ("ulaw", "alaw")
#: Country codes of the networks that were built with μ-law: North America, Japan.
_MU_LAW = ("1", "81")


def codecs(wanted: Sequence[str], country: str) -> list[str]:
    """Return the codecs in order of preference: as wanted, or G.711 as the country has it."""
    if wanted:
        return list(wanted)
    return list(CARRIER) if countries.facts(country).country_code in _MU_LAW else list(reversed(CARRIER))


def tone_country(country: str) -> str:
    """Return the name of the country's tones."""
    return country.lower()
