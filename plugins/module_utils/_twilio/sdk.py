# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The third-party libraries, imported once and guarded. Private to this collection.

Ansible imports modules in places where the libraries are missing (documentation, sanity tests), so a failed import is
kept and reported by the module boundary when a module really runs.
"""

from __future__ import annotations

import traceback
from typing import Any

MISSING: dict[str, str] = {}  # library → traceback of its import

try:
    import requests
    from requests.adapters import HTTPAdapter
except ImportError:
    MISSING["requests"] = traceback.format_exc()
    requests: Any = None  # type: ignore[no-redef]
    HTTPAdapter: Any = None  # type: ignore[no-redef]

try:
    import netaddr
except ImportError:
    MISSING["netaddr"] = traceback.format_exc()
    netaddr: Any = None  # type: ignore[no-redef]

try:
    from twilio.http import HttpClient as SdkHttpClient
    from twilio.http.response import Response as SdkResponse
    from twilio.rest import Client as SdkClient
except ImportError:
    MISSING["twilio"] = traceback.format_exc()
    SdkHttpClient: Any = object  # type: ignore[no-redef]
    SdkResponse: Any = None  # type: ignore[no-redef]
    SdkClient: Any = None  # type: ignore[no-redef]

__all__ = ["MISSING", "HTTPAdapter", "SdkClient", "SdkHttpClient", "SdkResponse", "netaddr", "requests"]
