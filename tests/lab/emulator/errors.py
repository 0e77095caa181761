# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Twilio's error bodies and codes. Clients are to key on `code`; where the HTTP status is unverified it is 400."""

from __future__ import annotations

from typing import Any

AUTHENTICATE = 20003
METHOD_NOT_ALLOWED = 20004
ACCOUNT_INACTIVE = 20005
BAD_PARAMETER = 20001
FORBIDDEN = 20403
NOT_FOUND = 20404
CONFLICT = 20409
UNSUPPORTED_MEDIA = 20415
TOO_MANY_REQUESTS = 20429
SERVER_ERROR = 20500
UNAVAILABLE = 20503

SUMMARY_INCOMPLETE = 17001
ACL_INVALID = 21235
ACL_MAPPED = 21236
ADDRESSES_MAXIMUM = 21237
CREDENTIAL_LIST_MAXIMUM = 21239
CREDENTIAL_LIST_INVALID = 21240
CREDENTIAL_LIST_MAPPED = 21241
CREDENTIALS_MAXIMUM = 21242
CREDENTIAL_INVALID = 21243
TRUNK_MAXIMUM = 21244
TRUNK_INVALID = 21245
TRUNK_DEPENDENCIES = 21247
DOMAIN_TAKEN = 21248
ORIGINATION_MAXIMUM = 21249
ACL_MAXIMUM = 21255
NUMBER_INVALID = 21421
NUMBER_UNAVAILABLE = 21422
AREA_CODE_EMPTY = 21452
LOCAL_ADDRESS_REQUIRED = 21615
ADDRESS_INVALID = 21628
ADDRESS_UNSUITABLE = 21629
ADDRESS_REQUIRED = 21631
EMERGENCY_IN_USE = 21634
BUNDLE_REQUIRED = 21649

# What a fault of kind `status` says in its body when it names no code itself.
CODE_OF_STATUS = {400: BAD_PARAMETER, 401: AUTHENTICATE, 403: FORBIDDEN, 404: NOT_FOUND, 409: CONFLICT,
                  429: TOO_MANY_REQUESTS, 500: SERVER_ERROR, 503: UNAVAILABLE}  # fmt: skip


class ApiError(Exception):
    """A refusal in Twilio's shape.

    Args:
        code: Twilio's error code.
        message: the sentence of the body.
        status: the HTTP status; 400 unless known better.
    """

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status

    def body(self) -> dict[str, Any]:
        return error_body(self.code, self.message, self.status)


class LabError(Exception):
    """A refusal of the lab's own `/_lab/` interface: a status and a sentence, answered as {"error": sentence}."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def error_body(code: int, message: str, status: int) -> dict[str, Any]:
    return {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }


def not_found(path: str) -> ApiError:
    return ApiError(NOT_FOUND, f"The requested resource {path} was not found", 404)


def unauthenticated(why: str) -> ApiError:
    return ApiError(AUTHENTICATE, f"Authenticate: {why}", 401)
