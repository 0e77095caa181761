# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The boundary between Ansible and the engine: common options, one way in, one way out. Private to this collection."""

from __future__ import annotations

import ipaddress
import re
import traceback
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Callable, TypeVar
from urllib.parse import urlsplit

from ansible.module_utils.basic import env_fallback, missing_required_lib

from .api import Api
from .apply import apply
from .directory import Directory
from .errors import CREDENTIALS_REMEDY, ApplyFailedError, InvalidInputError, TwilioError
from .http import HttpClient, RequestsTransport, RetryPolicy
from .mask import MaskingModule, redact
from .plan import Node, plan
from .progress import Progress
from .resource import Record
from .sdk import MISSING, SdkClient
from .validate import between, sid

T = TypeVar("T")


def _env(name: str) -> tuple[Callable[..., str], list[str]]:
    return (env_fallback, [name])


COMMON_SPEC: Mapping[str, Mapping[str, Any]] = {
    "account_sid": {"type": "str", "fallback": _env("TWILIO_ACCOUNT_SID")},
    "auth_token": {"type": "str", "no_log": True, "fallback": _env("TWILIO_AUTH_TOKEN")},
    "api_key": {"type": "str", "no_log": False, "fallback": _env("TWILIO_API_KEY")},
    "api_secret": {"type": "str", "no_log": True, "fallback": _env("TWILIO_API_SECRET")},
    "edge": {"type": "str", "fallback": _env("TWILIO_EDGE")},
    "region": {"type": "str", "fallback": _env("TWILIO_REGION")},
    "base_url": {"type": "str", "fallback": _env("TWILIO_BASE_URL")},
    "timeout": {"type": "float", "default": 30.0},
    "connect_timeout": {"type": "float", "default": 10.0},
    "retries": {"type": "int", "default": 5},
    "retry_delay": {"type": "float", "default": 0.5},
    "retry_max_delay": {"type": "float", "default": 30.0},
    "concurrency": {"type": "int", "default": 4},
    "progress_file": {"type": "path"},
}


@dataclass
class Outcome:
    """What a task came to.

    Attributes:
        before, after: the object (or the objects, as the diff is to show them), None where it is not there.
        changes: as reported to users; None if the module only reads.
        results: the module's own return values.
    """

    before: Any = None
    after: Any = None
    changes: list[dict[str, Any]] | None = None
    results: dict[str, Any] = field(default_factory=dict)


@dataclass
class Task:
    """What a handler works with.

    Attributes:
        params: the module's options.
        check_mode: whether nothing may be changed.
        api: access to Twilio.
        warnings: sentences to show to the user.
        no_log: whether Ansible hides the result, so that it may hold a secret. It is also true where only the log of
            the target is turned off (no_target_syslog); the action plugins of such modules know the one from the other.
    """

    params: Mapping[str, Any]
    check_mode: bool
    api: Api
    warnings: list[str] = field(default_factory=list)
    no_log: bool = False
    _directory: Directory | None = None

    @property
    def directory(self) -> Directory:
        """The objects of the account by name, read at most once in the task."""
        if self._directory is None:
            self._directory = Directory(self.api, self.gather, self.check_mode, self.warnings)
        return self._directory

    def gather(self, calls: Sequence[Callable[[], T]]) -> list[T]:
        """Return the results of independent reads, made at most ``concurrency`` at a time."""
        workers = min(len(calls), int(self.params["concurrency"]))
        if workers <= 1:
            return [call() for call in calls]
        with ThreadPoolExecutor(max_workers=workers) as pool:
            return [future.result() for future in [pool.submit(call) for call in calls]]

    def given(self, names: Sequence[str]) -> Record:
        """Return those of the options that were given."""
        return {name: self.params[name] for name in names if self.params.get(name) is not None}

    def converge(self, node: Node) -> Outcome:
        """Plan for one object, and unless in check mode apply."""
        befores, afters, changes = self.converge_all([node])
        return Outcome(befores[0], afters[0], changes)

    def converge_all(
        self, nodes: Sequence[Node], patience: float = 60.0
    ) -> tuple[list[Record | None], list[Record | None], list[dict[str, Any]]]:
        """Plan for several objects, and unless in check mode apply.

        Args:
            nodes: the objects; the plan orders them by their ranks.
            patience: seconds to wait for an object that has to settle before it is deleted.

        Returns:
            The objects before and after, in the order of ``nodes``, and the changes.
        """
        made = plan(*nodes)
        befores, afters = [*made.before], [*made.after]
        if not self.check_mode:
            with Progress(self.params.get("progress_file")) as progress:
                afters = apply(made, self.api, int(self.params["concurrency"]), progress.note, patience)
        for node, *records in zip(nodes, befores, afters):
            for slot, collection in node.collections.items():
                for record in records:
                    if record is not None and slot in record:
                        record[slot].sort(key=collection.resource.order)
        return befores, afters, [change.report() for change in made.changes]


Handler = Callable[[Task], Outcome]


def run(
    validate: Callable[[Mapping[str, Any]], None],
    handler: Handler,
    spec: Mapping[str, Any],
    permissions: Sequence[str] = (),
    **constraints: Any,
) -> None:
    """Be an Ansible module.

    Args:
        validate: judges the options before the first request.
        handler: does the work.
        spec: the module's own options.
        permissions: names of boolean options that allow what is otherwise refused (buying, releasing).
        constraints: passed to AnsibleModule (``required_one_of`` and its like).
    """
    module = MaskingModule(argument_spec={**COMMON_SPEC, **spec}, supports_check_mode=True, **constraints)
    result: dict[str, Any] = {"changed": False, "api_requests": 0}
    task: Task | None = None
    failed = True
    try:
        if MISSING:
            library = next(iter(MISSING))
            result.update(msg=missing_required_lib(library), exception=MISSING[library])
        else:
            check_common(module.params)
            validate(module.params)
            allowed = [name for name in permissions if module.params[name]]
            task = Task(module.params, module.check_mode, connect(module.params, allowed), no_log=bool(module.no_log))
            warning = plain_http_warning(module.params["base_url"])
            task.warnings.extend([warning] if warning else [])
            outcome = handler(task)
            result.update(_report(outcome, diff=module._diff))
            failed = False
    except TwilioError as error:
        failure = error.failure()
        failure.setdefault("applied", [])
        result.update(
            msg=str(error), failure=failure, changed=isinstance(error, ApplyFailedError) and bool(error.applied)
        )
    except Exception as error:
        # A defect; but even then what is shown goes through the one exit that masks secrets.
        message = f"A defect of dialtone.voice, please report it: {type(error).__name__}: {error}"
        failure = {"status": None, "code": None, "message": message, "more_info": None, "applied": []}
        result.update(msg=message, failure=failure, exception=traceback.format_exc())
    if task is not None:
        result["api_requests"] = task.api.requests_sent
        for warning in task.warnings:
            module.warn(redact(warning))
    _leave(module, result, failed)


def _leave(module: MaskingModule, result: dict[str, Any], failed: bool) -> None:
    """End the module: the only place that does."""
    if failed:
        module.fail_json(**result)
    module.exit_json(**result)


def _report(outcome: Outcome, diff: bool) -> dict[str, Any]:
    if outcome.changes is None:
        return dict(outcome.results)
    report = {"changed": bool(outcome.changes), "changes": outcome.changes, **outcome.results}
    if diff:
        report["diff"] = {"before": outcome.before or {}, "after": outcome.after or {}}
    return report


def check_common(params: Mapping[str, Any]) -> None:
    """Judge the options all modules have.

    Raises:
        InvalidInputError: naming the option; a secret is never repeated.
    """
    if not params["account_sid"]:
        raise InvalidInputError("account_sid", None, f"is missing. {CREDENTIALS_REMEDY}")
    sid("account_sid", params["account_sid"], "AC")
    sid("api_key", params["api_key"] or None, "SK")
    if params["api_key"] and not params["api_secret"]:
        raise InvalidInputError("api_secret", None, f"is missing, and api_key is given. {CREDENTIALS_REMEDY}")
    if not params["api_key"] and not params["auth_token"]:
        raise InvalidInputError("auth_token", None, f"is missing, and so is api_key. {CREDENTIALS_REMEDY}")
    for option in ("auth_token", "api_secret"):
        if params[option] and not re.fullmatch(r"[!-~]+", params[option]):
            raise InvalidInputError(
                option, None, "has a blank, a line end or a letter that no such secret has; copy it again."
            )
    for option in ("edge", "region"):
        if params[option] and not re.fullmatch(r"[a-z0-9-]+", params[option]):
            remedy = "is not the name of a Twilio location, such as dublin or ie1."
            if option == "region" and "address_region" in params:
                remedy += " The state or province of an address is address_region."
            raise InvalidInputError(option, params[option], remedy)
    for option in ("timeout", "connect_timeout"):
        if not 0 < params[option] <= 600:
            raise InvalidInputError(option, params[option], "is not above 0 and at most 600 seconds.")
    for option in ("retry_delay", "retry_max_delay"):
        if not 0 <= params[option] <= 600:
            raise InvalidInputError(option, params[option], "is not between 0 and 600 seconds.")
    between("retries", params["retries"], 0, 20)
    between("concurrency", params["concurrency"], 1, 20)


def connect(params: Mapping[str, Any], permissions: Sequence[str]) -> Api:
    """Return access to Twilio with the task's credentials; nothing is sent yet."""
    policy = RetryPolicy(params["retries"], params["retry_delay"], params["retry_max_delay"])
    transport = RequestsTransport(connections=int(params["concurrency"]))
    http = HttpClient(
        transport,
        params["base_url"],
        connect_timeout=params["connect_timeout"],
        read_timeout=params["timeout"],
        policy=policy,
    )
    user, secret = params["account_sid"], params["auth_token"]
    if params["api_key"]:
        user, secret = params["api_key"], params["api_secret"]
    client = SdkClient(
        username=user,
        password=secret,
        account_sid=params["account_sid"],
        edge=params["edge"],
        region=params["region"],
        http_client=http,
        user_agent_extensions=["dialtone.voice"],
    )
    return Api(client, http, params["account_sid"], permissions)


def plain_http_warning(base_url: str | None) -> str | None:
    """Return a warning if credentials would cross a public network unencrypted."""
    parts = urlsplit(base_url or "")
    if parts.scheme != "http" or parts.hostname in (None, "localhost"):
        return None
    try:
        private = ipaddress.ip_address(str(parts.hostname)).is_private
    except ValueError:
        private = False
    return None if private else f"base_url {base_url} is not encrypted: the credentials can be read on the way."
