# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a method and a path to an operation and its parameters. What is not known is refused here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from lab.emulator import errors
from lab.emulator.errors import ApiError, not_found
from lab.emulator.message import Request
from lab.emulator.resource import Operation

_FORM = "application/x-www-form-urlencoded"


class Router:
    """Finds operations by product and path."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.operations = list(operations)
        self._paths: dict[tuple[str, str], dict[str, Operation]] = {}
        for operation in self.operations:
            self._paths.setdefault((operation.product, operation.template), {})[operation.method] = operation
        self._patterns: dict[tuple[str, int], list[tuple[re.Pattern[str], dict[str, Operation]]]] = {}
        for (product, template), methods in self._paths.items():
            pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+?)", re.escape(template))
            entry = (re.compile(pattern), methods)
            self._patterns.setdefault((product, template.count("/")), []).append(entry)

    def find(self, product: str, path: str, method: str) -> tuple[Operation, dict[str, str]]:
        """The operation for a request, and the variables of its path.

        Raises:
            ApiError: 20404 for a path that is not known, 20004 for a method it does not have.
        """
        for pattern, methods in self._patterns.get((product, path.count("/")), ()):
            match = pattern.fullmatch(path)
            if match is None:
                continue
            if method not in methods:
                allowed = ", ".join(sorted(methods))
                raise ApiError(
                    errors.METHOD_NOT_ALLOWED, f"Method {method} is not allowed on {path}; allowed: {allowed}", 405
                )
            return methods[method], match.groupdict()
        raise not_found(path)


def read_params(request: Request, query: str) -> dict[str, str]:
    """The parameters of a request, as sent: the query of a GET, the form of a POST; a DELETE has none.

    Raises:
        ApiError: for a body that is not a form, a parameter given twice, or parameters where there can be none.
    """
    if request.method == "POST":
        content_type = request.headers.get("content-type", _FORM).partition(";")[0].strip().lower()
        if request.body and content_type != _FORM:
            raise ApiError(errors.UNSUPPORTED_MEDIA, f"Content-Type {content_type} is not supported: send a form", 415)
        if query:
            raise ApiError(errors.BAD_PARAMETER, "Parameters of a POST belong into its body, not into its URL")
        try:
            text = request.body.decode()
        except UnicodeDecodeError:
            raise ApiError(errors.BAD_PARAMETER, "The form is not UTF-8") from None
    else:
        text = query
        if request.body:
            raise ApiError(errors.BAD_PARAMETER, f"A {request.method} cannot have a body")
    params: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        if name in params:
            raise ApiError(errors.BAD_PARAMETER, f"Parameter {name} is given more than once")
        params[name] = value
    return params


def convert(operation: Operation, raw: Mapping[str, str]) -> dict[str, Any]:
    """The parameters as values, by field.

    Raises:
        ApiError: for an unknown, missing or bad parameter.
    """
    for name in raw:
        if name not in operation.params:
            known = ", ".join(operation.params) or "none"
            raise ApiError(errors.BAD_PARAMETER, f"Parameter {name} is unknown here; known: {known}")
    for name in operation.required:
        if name not in raw:
            raise ApiError(operation.missing_code, f"Missing required parameter {name} in the post body")
    return {operation.params[name].field: operation.params[name].read(value) for name, value in raw.items()}
