# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two networks for the tests of the Twilio engine: a script, and the lab's emulator without sockets."""

from __future__ import annotations

import base64
import contextlib
import functools
import importlib
import io
import json
import pickle
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest import mock
from urllib.parse import urlencode, urlsplit

from ansible.module_utils import basic
from ansible.module_utils.common import parameters

from ansible_collections.dialtone.voice.plugins.module_utils._twilio import module as boundary
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.api import Api
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.http import (
    AnswerLostError,
    HttpClient,
    Reply,
    RetryPolicy,
)
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.sdk import SdkClient
from lab.emulator.api import Api as Emulator
from lab.emulator.context import Context
from lab.emulator.faults import parse_faults
from lab.emulator.journal import Journal
from lab.emulator.message import Request
from lab.emulator.seed import seed
from lab.emulator.store import Store

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "0123456789abcdef0123456789abcdef"
NUMBERS = ["+12025550101", "+12025550102", "+12025550103"]


class Script:
    """A network that plays a scripted list of exchanges, and notes the pauses between them."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, str, dict[str, Any] | None, Reply | Exception]] = []
        self.seen: list[dict[str, Any]] = []
        self.pauses: list[float] = []

    def expect(
        self,
        method: str,
        url: str,
        answer: Reply | Exception | Mapping[str, Any] | None = None,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        data: dict[str, Any] | None = None,
    ) -> None:
        """Add an exchange; a mapping is a JSON body. ``data``, if given, is the whole form that must be sent."""
        if not isinstance(answer, (Reply, Exception)):
            answer = Reply(status, json.dumps(answer) if answer is not None else "", headers or {})
        self.steps.append((method, url, data, answer))

    def refuse(self, method: str, url: str, status: int, code: int, **headers: str) -> None:
        """Add an exchange that ends in an error of Twilio's shape."""
        body = {"status": status, "code": code, "message": f"Error {code}", "more_info": f"https://example.com/{code}"}
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.expect(method, url, body, status=status, headers=names)

    def send(self, method: str, url: str, **rest: Any) -> Reply:
        assert self.steps, f"surplus request: {method} {url} {rest['data']}"
        expected_method, expected_url, data, answer = self.steps.pop(0)
        assert (method, url) == (expected_method, expected_url)
        assert data is None or rest["data"] == data
        self.seen.append({"method": method, "url": url, **rest})
        if isinstance(answer, Exception):
            raise answer
        return answer

    def finish(self) -> None:
        assert not self.steps, f"requests that were not made: {[step[:2] for step in self.steps]}"

    def http(self, *, base_url: str | None = None, policy: RetryPolicy | None = None, now: float = 0.0) -> HttpClient:
        return HttpClient(
            self,
            base_url,
            connect_timeout=3.0,
            read_timeout=7.0,
            policy=policy or RetryPolicy(retries=3, delay=1.0, max_delay=10.0),
            sleep=self.pauses.append,
            clock=lambda: now,
            jitter=lambda: 0.0,
        )

    def api(self, *permissions: str, policy: RetryPolicy | None = None) -> Api:
        http = self.http(policy=policy)
        return Api(SdkClient(ACCOUNT, TOKEN, http_client=http), http, ACCOUNT, permissions)


def _copied(store: Store) -> Store:
    """Return a copy of a store; several times as fast as ``copy.deepcopy``, and this is done ten thousand times."""
    copied: Store = pickle.loads(pickle.dumps(store, pickle.HIGHEST_PROTOCOL))  # noqa: S301 (made a line above)
    return copied


class Pauses(list[float]):
    """What the modules would have slept, in seconds; the emulator's time goes on by it, and by nothing else."""

    now = 0.0

    def append(self, seconds: float) -> None:
        super().append(seconds)
        self.now += seconds


class World:
    """The lab's emulator as a network, in this process."""

    def __init__(self) -> None:
        self.pauses = Pauses()
        self.keys: set[str] = set()  # the API keys of the account before a task
        self.context = Context(clock=lambda: self.pauses.now)
        self.emulator = Emulator(self.context)
        account = {"sid": ACCOUNT, "auth_token": TOKEN, "friendly_name": "Tests", "numbers": NUMBERS}
        self.numbers: dict[str, str] = seed(self.context, {"accounts": [account]})["accounts"][0]["numbers"]

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
        del timeout
        parts = urlsplit(url)
        query = "&".join(filter(None, [parts.query, urlencode(params or {})]))
        target = f"/{(parts.hostname or '').split('.')[0]}{parts.path}" + (f"?{query}" if query else "")
        token = base64.b64encode(":".join(auth or ("", "")).encode()).decode()
        sent = {name.lower(): value for name, value in (headers or {}).items()} | {"authorization": f"Basic {token}"}
        answer = self.emulator.handle(Request(method, target, sent, urlencode(data or {}).encode()))
        if answer.ending != "answer":
            raise AnswerLostError(answer.ending)
        return Reply(answer.status, answer.body.decode(), answer.headers)

    def fault(self, method: str | None, path: str, kind: str, **rest: Any) -> None:
        """Let the next matching request go wrong."""
        fault = {"match": {"method": method, "path_regex": path}, "times": 1, "kind": kind, "seconds": 0, **rest}
        self.emulator.faults.replace(parse_faults({"faults": [fault]}))

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        self.emulator.faults.replace([])

    def restart(self, store: Store) -> None:
        """Start again from a copy of an earlier store, with an empty journal and without faults."""
        self.context.store = _copied(store)
        self.keys = {record.key for record in store.all("SK")}
        self.emulator.journal = Journal()
        self.pauses.clear()
        self.heal()

    def post(self, path: str, product: str = "api", **form: str) -> dict[str, Any]:
        """Change something behind the modules' back; ``{account}`` in the path is filled in."""
        url = f"https://{product}.twilio.com{path.format(account=ACCOUNT)}"
        rest: dict[str, Any] = {"params": None, "headers": None, "timeout": (1, 1)}
        reply = self.send("POST", url, data=form, auth=(ACCOUNT, TOKEN), **rest)
        assert reply.status < 300, reply.text
        body: dict[str, Any] = json.loads(reply.text)
        return body

    def journal(self) -> list[dict[str, Any]]:
        return self.emulator.journal.since(0)

    def writes(self) -> list[str]:
        """Return the requests so far that were not reads, as ``POST /v1/Trunks``."""
        return [f"{entry['method']} {entry['path']}" for entry in self.journal() if entry["method"] != "GET"]

    def run(self, name: str, *, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
        """Run a module in this process and return what it printed."""
        return run_module(name, self, check=check, diff=diff, **options)


@contextlib.contextmanager
def module_arguments(arguments: Mapping[str, Any]) -> Iterator[None]:
    """Hand arguments to the next AnsibleModule, as ansible.module_utils.testing does, which ansible-core 2.18 lacks."""
    encoded = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
    with mock.patch.object(basic, "_ANSIBLE_ARGS", encoded), contextlib.ExitStack() as profile:
        if hasattr(basic, "_ANSIBLE_PROFILE"):  # since 2.19: how values are serialized
            profile.enter_context(mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy"))
        yield


def run_module(name: str, network: Any, *, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
    """Run a module's ``main`` on a network, and return its result as Ansible would see it.

    Nothing sleeps: what would have been slept is noted in the network's ``pauses``, if it has them.
    """
    arguments = {
        "account_sid": ACCOUNT,
        "auth_token": TOKEN,
        "retry_delay": 0,
        "retry_max_delay": 0,
        "_ansible_check_mode": check,
        "_ansible_diff": diff,
        # Off by default since ansible-core 2.21, which alone knows it; what is shown at most is what we want to see.
        **({"_ansible_inject_invocation": True} if "inject_invocation" in parameters.PASS_VARS else {}),
        **options,
    }
    main: Callable[[], None] = importlib.import_module(
        f"ansible_collections.dialtone.voice.plugins.modules.{name}"
    ).main
    output = io.StringIO()
    warnings: list[str] = []
    with (
        module_arguments({key: value for key, value in arguments.items() if value is not ...}),
        mock.patch.object(boundary, "RequestsTransport", return_value=network),
        mock.patch.object(
            boundary,
            "HttpClient",
            functools.partial(
                HttpClient, sleep=getattr(network, "pauses", []).append, clock=lambda: 0.0, jitter=lambda: 0.0
            ),
        ),
        mock.patch.object(basic.AnsibleModule, "warn", side_effect=warnings.append),  # Ansible never empties its list
        contextlib.redirect_stdout(output),
        contextlib.suppress(SystemExit),
    ):
        main()
    result: dict[str, Any] = {**json.loads(output.getvalue()), "warnings": warnings}
    return result
