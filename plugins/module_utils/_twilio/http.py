# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP client under the official SDK: routing, time-outs, retries, counting. Private to this collection.

The rule about retries: a request that certainly was not processed (no connection, 429) is tried again whatever it was;
a read is tried again whatever happened to it; a write that ended without a usable answer is *not* tried again here, but
raises :class:`OutcomeUnknownError`, because only who knows the object's identity can look whether it happened.
"""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Callable, Protocol
from urllib.parse import urlsplit

from .errors import InvalidInputError, NoAnswerError, OutcomeUnknownError, TwilioError
from .sdk import HTTPAdapter, SdkHttpClient, SdkResponse, requests

TWILIO_URL = re.compile(r"https://(?P<product>[a-z0-9]+)(?:\.[a-z0-9-]+){0,2}\.twilio\.com(?P<rest>[/?].*)?")


@dataclass(frozen=True)
class Reply:
    """An answer as it came: status, body as text, headers (looked up without regard to case)."""

    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)


class NotSentError(Exception):
    """The request did not reach the server. ``again`` is False where trying again cannot help."""

    def __init__(self, reason: str, again: bool = True) -> None:
        super().__init__(reason)
        self.again = again


class AnswerLostError(Exception):
    """The request may have reached the server, its answer did not reach us."""


class Transport(Protocol):
    """The one seam to the network: one call is one request, or a NotSentError or an AnswerLostError."""

    def send(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None,
        data: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        auth: tuple[str, str] | None,
        timeout: tuple[float, float],
    ) -> Reply: ...


class RequestsTransport:
    """The seam's real side: one keep-alive session shared by at most ``connections`` threads."""

    def __init__(self, connections: int) -> None:
        self._session = requests.Session()
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=connections, max_retries=0)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def send(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None,
        data: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        auth: tuple[str, str] | None,
        timeout: tuple[float, float],
    ) -> Reply:
        problems = requests.exceptions
        try:
            answer = self._session.request(
                method,
                url,
                params=params,
                data=data,
                headers=headers,
                auth=auth,
                timeout=timeout,
                allow_redirects=False,
            )
        except problems.ConnectTimeout as error:
            raise NotSentError("no connection: ConnectTimeout") from error
        except problems.SSLError as error:
            # A refused certificate ends the handshake before anything is sent; other TLS failures may come later.
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise NotSentError("the server's certificate is not trusted", again=False) from error
            raise AnswerLostError("the TLS connection broke") from error
        except problems.Timeout as error:
            raise AnswerLostError(f"no answer within {timeout[1]:g} s") from error
        except problems.ConnectionError as error:
            if _never_connected(error):
                whose = "proxy" if isinstance(error, problems.ProxyError) else "host"
                raise NotSentError(f"no connection: the {whose} cannot be found or refuses connections") from error
            raise AnswerLostError("the connection was lost") from error
        except (problems.ChunkedEncodingError, problems.ContentDecodingError) as error:
            raise AnswerLostError("the answer broke off") from error
        except problems.RequestException as error:
            raise NotSentError(f"the request is not possible: {type(error).__name__}", again=False) from error
        return Reply(int(answer.status_code), answer.text, dict(answer.headers))


def _never_connected(error: Exception) -> bool:
    """Return whether there certainly was no connection to send anything on.

    A ProxyError alone does not say so: urllib3 1.26 gives that name to every connection that is lost behind a proxy,
    also after the request was sent.
    """
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    cause = getattr(reason, "original_error", reason)
    names = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")
    return type(cause).__name__ in names or "Tunnel connection failed" in str(cause)


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how patiently to try again.

    Args:
        retries: further attempts after the first one.
        delay: seconds before the first retry; it doubles each time, with up to half taken off at random.
        max_delay: upper bound in seconds of any wait, also of a Retry-After.
    """

    retries: int = 5
    delay: float = 0.5
    max_delay: float = 30.0

    def wait(self, attempt: int, retry_after: float | None, jitter: float) -> float:
        """Return the seconds to wait after attempt number ``attempt`` (from 0); ``jitter`` is between 0 and 1.

        A Retry-After that is over already (two clocks differ, or it is 0) says nothing: then we wait as without one.
        """
        if retry_after is not None and retry_after > 0:
            return min(retry_after, self.max_delay)
        return min(self.delay * float(2**attempt), self.max_delay) * (1 - jitter / 2)


def parse_retry_after(value: str | None, now: float) -> float | None:
    """Return the seconds a Retry-After header asks for (a number or an HTTP date), None if there is no usable one."""
    if value is None:
        return None
    if re.fullmatch(r"\s*\d+(\.\d+)?\s*", value):
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=timezone.utc)
    return (when - datetime.fromtimestamp(now, tz=timezone.utc)).total_seconds()


def check_base_url(base_url: str | None) -> str | None:
    """Return ``base_url`` without a slash at the end, or None.

    Raises:
        InvalidInputError: it is not an http(s) URL with a host, or carries credentials, a query or a fragment.
    """
    if not base_url:
        return None
    try:
        parts = urlsplit(base_url)
    except ValueError:  # a bracket that opens an IPv6 address and is not closed
        raise InvalidInputError("base_url", base_url, "is not a URL; write it like http://127.0.0.1:8080.") from None
    if parts.username is not None or parts.password is not None:
        raise InvalidInputError(
            "base_url", "…", "must not contain a user name or password; use account_sid and auth_token."
        )
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise InvalidInputError("base_url", base_url, "is not a base URL; write it like http://127.0.0.1:8080.")
    return base_url.rstrip("/")


class HttpClient(SdkHttpClient):  # type: ignore[misc]
    """What the SDK's client calls for every request.

    Args:
        transport: the seam to the network.
        base_url: where requests go instead of twilio.com; the product becomes the first path segment.
        connect_timeout: seconds to wait for a connection.
        read_timeout: seconds to wait for the answer.
        policy: when to try again.
        sleep, clock, jitter: injected by tests; ``clock`` is seconds since the epoch.
    """

    is_async = False

    def __init__(
        self,
        transport: Transport,
        base_url: str | None = None,
        *,
        connect_timeout: float = 10.0,
        read_timeout: float = 30.0,
        policy: RetryPolicy | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        # The SDK's constructor only sets up its own logging, which prints headers: it is left out on purpose.
        self._transport = transport
        self._base_url = check_base_url(base_url)
        self._timeout = (connect_timeout, read_timeout)
        self.policy = policy or RetryPolicy()
        self.sleep, self.jitter = sleep, jitter
        self._clock = clock
        self._lock = threading.Lock()
        self._count = 0

    @property
    def requests_sent(self) -> int:
        """Requests given to the network, each retry counted."""
        return self._count

    def route(self, url: str) -> str:
        """Return where a Twilio URL really goes; also absolute paging URLs come through here.

        Raises:
            TwilioError: the URL is not one of Twilio's, so the credentials are not sent there.
        """
        match = TWILIO_URL.fullmatch(url)
        if match is None:
            raise TwilioError(
                f"Refusing to send credentials to {url.partition('?')[0]!r}: it is not a URL of Twilio's API."
            )
        if self._base_url is None:
            return url
        return f"{self._base_url}/{match['product']}{match['rest'] or ''}"

    def request(
        self,
        method: str,
        uri: str,
        *,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Any:
        """Send one request, again where that is safe, and return the SDK's response.

        ``timeout`` and ``allow_redirects`` are part of the SDK's interface; the first is fixed per client, and
        redirects are never followed because they would carry the credentials along.

        Raises:
            NoAnswerError: no usable answer, and nothing was changed.
            OutcomeUnknownError: a write without a usable answer.
        """
        del timeout, allow_redirects
        url = self.route(uri)
        shown = url.partition("?")[0]
        method = method.upper()
        read = method == "GET"
        attempt = 0
        while True:
            retry_after, status = None, None
            with self._lock:
                self._count += 1
            try:
                reply = self._transport.send(
                    method, url, params=params, data=data, headers=headers, auth=auth, timeout=self._timeout
                )
            except NotSentError as error:
                reason = str(error)
                if not error.again:
                    raise NoAnswerError(method, shown, reason, attempt + 1) from error
            except AnswerLostError as error:
                reason = str(error)
                if not read:
                    raise OutcomeUnknownError(method, shown, reason) from error
            else:
                status = reply.status
                fault = self._fault(method, reply)
                if fault is None:
                    return SdkResponse(reply.status, reply.text, reply.headers)
                reason = fault
                retry_after = parse_retry_after(reply.header("Retry-After"), self._clock())
                if status != 429 and not read:
                    raise OutcomeUnknownError(method, shown, reason, status)
                if status == 429 and attempt >= self.policy.retries:
                    return SdkResponse(reply.status, reply.text, reply.headers)
            if attempt >= self.policy.retries:
                raise NoAnswerError(method, shown, reason, attempt + 1, status)
            self.sleep(self.policy.wait(attempt, retry_after, self.jitter()))
            attempt += 1

    @staticmethod
    def _fault(method: str, reply: Reply) -> str | None:
        """Return why an answer is not usable, None if it is (also if it is a refusal)."""
        if reply.status in (408, 429) or reply.status >= 500:
            return f"HTTP {reply.status}"
        # A deletion is answered with nothing; a page in its place is some proxy's, not Twilio's word that it is done.
        if 200 <= reply.status < 300 and (method != "DELETE" or reply.text.strip()):
            try:
                usable = isinstance(json.loads(reply.text), dict)
            except ValueError:
                usable = False
            if not usable:
                return f"HTTP {reply.status} with a body that is not a JSON object"
        return None
