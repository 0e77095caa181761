# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of the voice library, and the one place that loads its third-party libraries. Private to the collection."""

from __future__ import annotations

import importlib
from typing import Any


class VoiceError(ValueError):
    """Something in the caller's input cannot be used. The message is a whole sentence that says what to do."""


class MissingLibraryError(VoiceError):
    """A Python library that the controller needs is not installed."""


class NotANumberError(VoiceError):
    """The text cannot be read as a telephone number."""


class ImpossibleNumberError(VoiceError):
    """A number with a length that its country does not have."""


class AmbiguousNumberError(VoiceError):
    """A number that could mean more than one subscriber; the area code or the country code is missing."""


class UnknownCountryError(VoiceError):
    """Not an ISO 3166-1 alpha-2 code of a country with a numbering plan."""


class DialplanError(VoiceError):
    """The outbound policy contradicts itself or names something that does not exist."""


class UnknownEdgeError(VoiceError):
    """An edge that is not in the list of Twilio's networks."""


def load_library(name: str) -> Any:
    """Import the library ``name`` when it is first needed.

    Plugins of the collection must stay importable on a bare Python (``ansible-doc``, sanity tests), so nothing in this
    package imports a third-party library while it is itself being imported.

    Raises:
        MissingLibraryError: the library is not installed; the message says how to install it.
    """
    top_level = name.split(".", maxsplit=1)[0]
    package = {"dns": "dnspython"}.get(top_level, top_level)
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingLibraryError(
            f"The Python library '{package}' is missing from the Python that runs Ansible: "
            f"install it there with `pip install {package}`."
        ) from error
