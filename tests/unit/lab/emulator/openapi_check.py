# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks requests and answers against Twilio's published OpenAPI specs.

Exact for trunking: every documented field must be there, no other may be. For v2010 the same, except that an empty
string may stand where the schema wants a SID, a URL or a method: Twilio's own examples do that.
"""

from __future__ import annotations

import copy
import email.utils
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema

Schema = dict[str, Any]
_METHODS = ("get", "post", "delete", "put", "patch")


class Spec:
    """One product's spec.

    Args:
        paths: the JSON files, one for each version of the product's API.
        lenient: whether empty strings are accepted for SIDs, URLs and methods.
    """

    def __init__(self, *paths: Path, lenient: bool) -> None:
        self.document: dict[str, Any] = {"paths": {}}
        self.lenient = lenient
        self._schemas: dict[str, Schema] = {}
        for path in paths:
            document = json.loads(path.read_text(encoding="utf-8"))
            self.document["paths"].update(document["paths"])
            self._schemas.update(document["components"]["schemas"])
        self._formats = jsonschema.FormatChecker(formats=[])
        for name, check in (("date-time", _is_date_time), ("date-time-rfc-2822", _is_rfc_2822)):
            self._formats.checks(name)(check)
        if not lenient:  # v2010 has relative links, and display names where the schema says phone number
            self._formats.checks("uri")(_is_uri)
            self._formats.checks("phone-number")(
                lambda value: value is None or re.fullmatch(r"\+\d+", value) is not None
            )

    def operations(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Every operation by (METHOD, path template)."""
        return {
            (method.upper(), template): item[method]
            for template, item in self.document["paths"].items()
            for method in _METHODS
            if method in item
        }

    def find(self, method: str, path: str) -> tuple[str, dict[str, Any]]:
        """The template and operation of a request's path. AssertionError when the spec has none."""
        found = []
        for template, item in self.document["paths"].items():
            pattern = re.sub(r"\\{\w+\\}", "[^/]+?", re.escape(template))
            if re.fullmatch(pattern, path):
                found.append((template.count("{"), template, item))
        assert found, f"the spec has no path for {path}"
        __, template, item = min(found, key=lambda entry: entry[0])
        assert method.lower() in item, f"the spec has no {method} for {template}"
        return template, item[method.lower()]

    def parameters(self, operation: dict[str, Any]) -> tuple[dict[str, Schema], set[str]]:
        """The query or form parameters of an operation with their schemas, and which are required."""
        schemas = {p["name"]: p["schema"] for p in operation.get("parameters", []) if p["in"] == "query"}
        required = {p["name"] for p in operation.get("parameters", []) if p["in"] == "query" and p.get("required")}
        for content in operation.get("requestBody", {}).get("content", {}).values():
            schemas.update(content["schema"].get("properties", {}))
            required |= set(content["schema"].get("required", []))
        return schemas, required

    def check_request(self, operation: dict[str, Any], params: dict[str, str]) -> None:
        """AssertionError or ValidationError when the parameters are not as the spec has them."""
        schemas, required = self.parameters(operation)
        assert set(params) <= set(schemas), f"not in the spec: {set(params) - set(schemas)}"
        assert required <= set(params), f"required by the spec: {required - set(params)}"
        for name, value in params.items():
            schema = self.adapt(schemas[name])
            typed: Any = value
            if schemas[name].get("type") == "integer":
                typed = int(value)
            elif schemas[name].get("type") == "boolean":
                typed = {"true": True, "false": False}[value]
            if value != "":  # an empty string clears a field; the spec has no word for that
                jsonschema.validate(typed, schema)

    def check_response(self, operation: dict[str, Any], status: int, body: Any) -> None:
        """AssertionError or ValidationError when the answer is not as the spec has it."""
        assert str(status) in operation["responses"], f"status {status} is not in the spec"
        content = operation["responses"][str(status)].get("content")
        if content is None:
            assert body is None
            return
        jsonschema.validate(body, self.adapt(content["application/json"]["schema"]), format_checker=self._formats)

    def adapt(self, schema: Schema) -> Schema:
        """An OpenAPI 3.0 schema as JSON Schema, with references resolved and objects closed."""
        if "$ref" in schema:
            return self.adapt(self._schemas[schema["$ref"].rpartition("/")[2]])
        out = copy.deepcopy(schema)
        if "properties" in schema:
            out["properties"] = {name: self.adapt(part) for name, part in schema["properties"].items()}
            if schema.get("format") != "phone-number-capabilities":
                out["required"] = [name for name in schema["properties"] if not _is_left_out(name, schema)]
            out["additionalProperties"] = False
        if "items" in schema:
            out["items"] = self.adapt(schema["items"])
        choices = [out]
        if schema.get("type") == "number":  # a price, which Twilio's own examples write as a string
            choices.append({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"})
        if schema.get("nullable"):
            choices.append({"type": "null"})
        if (
            self.lenient
            and schema.get("type") == "string"
            and ("pattern" in schema or schema.get("format") in ("uri", "http-method"))
        ):
            choices.append({"const": ""})
        return out if len(choices) == 1 else {"anyOf": choices}


class Exchanges:
    """Checks every exchange it is shown and remembers which operations it has seen.

    Args:
        specs: by host: trunking.twilio.com and api.twilio.com.
    """

    def __init__(self, specs: dict[str, Spec]) -> None:
        self.specs = specs
        self.seen: set[tuple[str, str]] = set()

    def check(self, method: str, url: str, form: dict[str, str], status: int, text: str) -> None:
        """Check one exchange with Twilio's own URL; an error answer only for its shape."""
        parts = urlsplit(url)
        spec = self.specs[parts.netloc]
        template, operation = spec.find(method, parts.path)
        params = {**dict(parse_qsl(parts.query, keep_blank_values=True)), **form}
        body = json.loads(text) if text else None
        if status >= 400:
            assert body is not None
            assert set(body) == {"code", "message", "more_info", "status"}
            assert body["status"] == status
            return
        spec.check_request(operation, params)
        spec.check_response(operation, status, body)
        self.seen.add((method, template))


def _is_left_out(name: str, schema: Schema) -> bool:
    """Whether a field may be missing: searches for numbers have no pages, in Twilio's examples too."""
    unpaged = {"available_phone_numbers", "countries"} & set(schema["properties"])
    return bool(unpaged) and name not in {*unpaged, "uri"}


def _is_date_time(value: Any) -> bool:
    return value is None or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value) is not None


def _is_rfc_2822(value: Any) -> bool:
    return value is None or (value.endswith(" +0000") and email.utils.parsedate_to_datetime(value) is not None)


def _is_uri(value: Any) -> bool:
    return value is None or bool(urlsplit(value).scheme)
