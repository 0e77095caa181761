# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of every twilio_* module is true: of what it returns, of its examples, of its attributes.

What a module really returns is taken from all tasks in ``twilio_cases``, so that a new module is covered by its cases.
"""

from __future__ import annotations

import copy
import functools
import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.playbook.task import Task
from twilio_collected import CHANGING, POPULATE, READING, SCENARIOS
from twilio_network import ACCOUNT, TOKEN, World

from ansible_collections.dialtone.voice.plugins.doc_fragments.twilio import ModuleDocFragment
from ansible_collections.dialtone.voice.plugins.doc_fragments.twilio_account import (
    ModuleDocFragment as AccountDocFragment,
)
from ansible_collections.dialtone.voice.plugins.module_utils._twilio import module as boundary

ROOT = Path(__file__).resolve().parents[4]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("twilio_*.py"))
WRITING = [name for name in MODULES if not name.endswith("_info")]
SHARED = ("failure", "changes", "api_requests")  # the same words in all modules
# What Ansible documents for all modules.
ANSIBLE = {"changed", "diff", "invocation", "warnings", "deprecations", "failed", "msg", "exception"}
ONLY_ON_FAILURE = {"failure"}
SECRET = re.compile(r"password|secret|token")
TYPES = {"str": str, "int": int, "bool": bool, "dict": dict, "list": list, "float": (int, float)}
FRAGMENT = "dialtone.voice.twilio"
SET = "twilio_voice_account"  # its options are documented in a fragment of its own, one part for each kind of object
DUMMIES = {"int": 1, "float": 1.0, "bool": True, "list": [], "dict": {}}


def module(name: str) -> Any:
    return importlib.import_module(f"ansible_collections.dialtone.voice.plugins.modules.{name}")


@functools.cache
def parsed(name: str, part: str) -> Any:
    return yaml.safe_load(getattr(module(name), part))


@functools.cache
def declared(name: str) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """Return how a module calls the engine: its judge of options, the whole argument spec, the constraints."""
    with mock.patch.object(module(name), "run") as run:
        module(name).main()
    judge, __, spec = run.call_args.args[:3]
    constraints = {key: value for key, value in run.call_args.kwargs.items() if key != "permissions"}
    return judge, {**boundary.COMMON_SPEC, **spec}, constraints


# -- what modules return ------------------------------------------------------------------------------------------


@functools.cache
def populated() -> World:
    world = World()
    for populate in POPULATE:
        populate(world)
    return world


@functools.cache
def results(name: str) -> list[dict[str, Any]]:
    """Return what the module returns for each of its tasks, in check mode and really."""
    tasks = [(populated().context.store, options) for options in [*CHANGING.get(name, []), *READING.get(name, [])]]
    for scenario in (scenario for scenario in SCENARIOS if scenario.module == name):
        store = scenario.store()
        tasks.append((store, scenario.task(store)))
    found = []
    for store, options in tasks:
        for check in (True, False):
            world = World()
            world.restart(store)
            result = world.run(name, check=check, diff=True, **copy.deepcopy(dict(options)))
            assert not (check and result.get("failed")), (name, options, result)
            if not result.get("failed"):  # what refers to what only a prediction has
                found.append(result)
    return found


@functools.cache
def failures(name: str) -> list[dict[str, Any]]:
    """Return what the module returns when a request of each of its tasks is refused."""
    found = []
    for scenario in (scenario for scenario in SCENARIOS if scenario.module == name):
        world = World()
        store = scenario.store()
        world.restart(store)
        world.fault("POST" if name in WRITING else "GET", "", "status", when="before", status=403, code=20403)
        found.append(world.run(name, **copy.deepcopy(scenario.task(store))))
    world = World()
    options = [*CHANGING.get(name, []), *READING.get(name, [])][0]
    found.append(world.run(name, **{**options, "auth_token": "wrong"}))
    return [result for result in found if result.get("failed")]


def objects(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def undocumented(entry: Mapping[str, Any], values: list[Any], where: str) -> Iterator[str]:
    """Yield what is wrong with the documentation ``entry`` of a field that really had ``values``."""
    kind = TYPES.get(entry.get("type", ""))
    if kind is None:
        yield f"{where}: no type that is known"
        return
    for value in values:
        if value is not None and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
            yield f"{where}: {value!r} is no {entry['type']}"
    flat = [item for value in values for item in objects(value)]
    if entry["type"] == "list" and flat:
        yield from undocumented({**entry, "type": entry.get("elements", "")}, flat, f"{where}[]")
        return
    dicts = [item for item in flat if isinstance(item, dict)]
    words = re.findall(r"\w+", " ".join(objects(entry["description"])))
    if entry.get("contains") is None:
        # Without a list of its fields, the description has to name them.
        yield from (f"{where}.{field} is not documented" for field in {*()}.union(*dicts) if field not in words)
        return
    yield from complete(entry["contains"], dicts, where + ".")


def complete(contains: Mapping[str, Any], dicts: list[dict[str, Any]], where: str) -> Iterator[str]:
    """Yield what is wrong with the documentation of the fields of some dictionaries."""
    seen = {*()}.union(*dicts)
    yield from (f"{where}{field} is not documented" for field in sorted(seen - set(contains)))
    for field, entry in contains.items():
        if entry.get("returned") == "always" and not all(field in item for item in dicts):
            yield f"{where}{field} is not always returned"
        yield from undocumented(entry, [item[field] for item in dicts if field in item], where + field)


def imaginary(contains: Mapping[str, Any], values: list[Any], where: str) -> Iterator[str]:
    """Yield documented fields that never occur."""
    dicts = [item for value in values for item in objects(value) if isinstance(item, dict)]
    for field, entry in contains.items():
        found = [item[field] for item in dicts if field in item]
        if not found:
            yield f"{where}{field} never occurs"
        elif entry.get("contains"):
            yield from imaginary(entry["contains"], found, f"{where}{field}.")


def with_changes(documented: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a module documents with the fields of changes also where a failure repeats them."""
    failure = documented["failure"]
    changes = documented.get("changes", parsed("twilio_trunk", "RETURN")["changes"])["contains"]
    fields = {
        field: dict(entry, contains=changes) if "dict" in (entry["type"], entry.get("elements")) else entry
        for field, entry in failure["contains"].items()
    }
    return {**documented, "failure": {**failure, "contains": fields}}


def resolved(documented: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a module documents with the fields of a value also where it refers to them by RV()."""

    def target(path: str) -> Mapping[str, Any]:
        first, *rest = [name.removesuffix("[]") for name in path.split(".")]
        return functools.reduce(lambda entry, name: entry["contains"][name], rest, documented[first])

    def walk(entry: Mapping[str, Any]) -> dict[str, Any]:
        links = re.findall(r"RV\(([\w.\[\]]+)\)", " ".join(objects(entry["description"])))
        if entry.get("contains"):
            return {**entry, "contains": {name: walk(inner) for name, inner in entry["contains"].items()}}
        if len(links) == 1 and target(links[0]) is not entry and "dict" in (entry["type"], entry.get("elements")):
            same = target(links[0])
            return {**entry, **{key: same[key] for key in ("contains", "description") if key in same}}
        return dict(entry)

    return {name: walk(entry) for name, entry in documented.items()}


def visible(result: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in result.items() if key not in ANSIBLE}


@pytest.mark.parametrize("name", MODULES)
def test_whatever_is_returned_is_documented(name: str) -> None:
    documented, found = resolved(parsed(name, "RETURN")), [visible(result) for result in results(name)]
    assert found, "the module has no task in twilio_cases"
    problems = [*complete({key: dict(entry, returned="") for key, entry in documented.items()}, found, "")]
    problems += [
        f"{key} is not returned on success"
        for key, entry in documented.items()
        if entry["returned"] in ("success", "always") and not all(key in result for result in found)
    ]
    assert sorted(set(problems)) == []


@pytest.mark.parametrize("name", MODULES)
def test_whatever_is_documented_is_returned(name: str) -> None:
    documented = {key: entry for key, entry in parsed(name, "RETURN").items() if key not in ONLY_ON_FAILURE}
    assert sorted(imaginary(documented, results(name), "")) == []


@pytest.mark.parametrize("name", MODULES)
def test_failures_are_documented(name: str) -> None:
    documented, found = with_changes(parsed(name, "RETURN")), [visible(result) for result in failures(name)]
    assert found
    assert sorted(set(complete(documented, found, "")) - {f"{key} is not always returned" for key in documented}) == []
    assert all("failure" in result and "api_requests" in result for result in found)


def test_every_field_of_a_failure_occurs() -> None:
    found = [failure["failure"] for name in WRITING for failure in failures(name)]
    assert sorted(imaginary(parsed("twilio_trunk", "RETURN")["failure"]["contains"], found, "failure.")) == []


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("key", SHARED)
def test_what_all_modules_return_is_described_in_the_same_words(name: str, key: str) -> None:
    entry = parsed(name, "RETURN").get(key)
    if key == "changes" and name not in WRITING:
        assert entry is None
        return
    model = dict(parsed("twilio_trunk", "RETURN")[key])
    if name == SET and key == "changes":  # a plan for many objects also says which one a change belongs to
        model["contains"] = {**model["contains"], "object": entry["contains"]["object"]}
    assert {**entry, "sample": None} == {**model, "sample": None}


# -- examples -----------------------------------------------------------------------------------------------------


def tasks_of(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        nested = [item[key] for key in ("block", "rescue", "always", "tasks", "pre_tasks", "post_tasks") if key in item]
        for inner in nested:
            yield from tasks_of(inner)
        if not nested:
            yield item


def actions(task: Mapping[str, Any]) -> list[str]:
    return [
        key for key in task if key not in Task.fattributes and key != "local_action" and not key.startswith("with_")
    ]


def templated(value: Any) -> bool:
    return "{{" in yaml.safe_dump(value)


def filled(value: Any, entry: Mapping[str, Any]) -> Any:
    """Return an option's value with something of the right type in place of templates."""
    if isinstance(value, str) and "{{" in value:
        choices = entry.get("choices")
        return choices[0] if choices else DUMMIES.get(entry.get("type", "str"), "Dummy12345678")
    if isinstance(value, list):
        return [filled(item, {**entry, "type": entry.get("elements", "str")}) for item in value]
    if isinstance(value, dict) and entry.get("options"):
        return {key: filled(item, entry["options"].get(key, {})) for key, item in value.items()}
    return value


def examples() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (name, str(task.get("name")), task) for name in MODULES for task in tasks_of(parsed(name, "EXAMPLES") or [])
    ]


@pytest.mark.parametrize("name", MODULES)
def test_there_is_an_example_of_the_module(name: str) -> None:
    found = list(tasks_of(parsed(name, "EXAMPLES")))
    assert any(f"dialtone.voice.{name}" in task for task in found)
    assert all(task.get("name") for task in found), "each says what it is an example of"


@pytest.mark.parametrize(("name", "title", "task"), examples(), ids=lambda value: str(value)[:60])
def test_an_example_would_run(name: str, title: str, task: dict[str, Any]) -> None:  # noqa: ARG001
    found = actions(task)
    assert len(found) == 1, found
    collection, __, action = found[0].rpartition(".")
    assert collection in ("dialtone.voice", "ansible.builtin", "community.general"), f"{found[0]} is no full name"
    if not found[0].startswith("dialtone.voice.twilio_"):
        return
    assert action in MODULES
    judge, spec, constraints = declared(action)
    options = task[found[0]] or {}
    if isinstance(options, str):
        assert templated(options)
        return
    given = {key: filled(value, spec.get(key, {})) for key, value in options.items()}
    validated = ArgumentSpecValidator(spec, **constraints).validate(
        {"account_sid": ACCOUNT, "auth_token": TOKEN, **given}
    )
    assert validated.error_messages == []
    if not templated(options):
        judge(validated.validated_parameters)


# -- declarations -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODULES)
def test_attributes_are_declared(name: str) -> None:
    document = parsed(name, "DOCUMENTATION")
    fragments = objects(document["extends_documentation_fragment"])
    assert FRAGMENT in fragments
    attributes = dict(document.get("attributes", {}))
    for fragment in fragments:
        base, __, section = fragment.partition(f"{FRAGMENT}.")
        if section and not base:
            attributes = {**yaml.safe_load(getattr(ModuleDocFragment, section.upper()))["attributes"], **attributes}
    assert {"action_group", "check_mode", "diff_mode", "idempotent"} <= set(attributes)
    assert attributes["check_mode"]["support"] == "full"
    assert attributes["diff_mode"]["support"] == ("full" if name in WRITING else "N/A")
    for entry in attributes.values():
        assert entry["support"] == "full" or entry.get("details"), "what is not supported in full is explained"


@pytest.mark.parametrize("name", MODULES)
def test_documented_options_are_those_there_are(name: str) -> None:
    def compare(documented: Mapping[str, Any], spec: Mapping[str, Any], where: str) -> None:
        assert sorted(documented) == sorted(spec), where
        for option, entry in spec.items():
            assert documented[option].get("default") == entry.get("default"), where + option
            compare(documented[option].get("suboptions") or {}, entry.get("options") or {}, f"{where}{option}.")

    __, spec, __constraints = declared(name)
    own = {option: entry for option, entry in spec.items() if option not in boundary.COMMON_SPEC}
    documented = dict(parsed(name, "DOCUMENTATION").get("options", {}))
    for fragment in objects(parsed(name, "DOCUMENTATION")["extends_documentation_fragment"]):
        __, __, section = fragment.partition(".twilio_account.")
        if section:
            documented.update(yaml.safe_load(getattr(AccountDocFragment, section.upper()))["options"])
    compare(documented, own, "")


def secrets(spec: Mapping[str, Any], where: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the options that hold secrets, judged by their names; choices and paths hold none."""
    for option, entry in spec.items():
        if (
            SECRET.search(option)
            and entry.get("type", "str") not in ("bool", "list", "dict", "path")
            and "choices" not in entry
        ):
            yield where + option, entry
        yield from secrets(entry.get("options") or {}, f"{where}{option}.")


@pytest.mark.parametrize("name", MODULES)
def test_secrets_are_not_logged(name: str) -> None:
    found = dict(secrets(declared(name)[1]))
    assert {"auth_token", "api_secret"} <= set(found)
    assert [option for option, entry in found.items() if not entry.get("no_log")] == []


# -- the checks themselves ----------------------------------------------------------------------------------------


def test_the_checks_find_what_they_look_for() -> None:
    documented = yaml.safe_load(
        "thing: {description: It has C(a)., type: dict, returned: success}\n"
        "list: {description: x, type: list, elements: dict, contains: {sid: {description: x, type: str}}}\n"
        "number: {description: x, type: int}"
    )
    fine = {"thing": {"a": 1}, "list": [{"sid": "x"}, {"sid": None}], "number": 3}
    assert list(complete(documented, [fine], "")) == []
    assert list(imaginary(documented, [fine], "")) == []
    wrong = {"thing": {"b": 1}, "list": [{"sid": "x", "name": "y"}], "number": "3", "more": 1}
    assert sorted(complete(documented, [wrong], "")) == [
        "list[].name is not documented", "more is not documented", "number: '3' is no int", "thing.b is not documented",
    ]  # fmt: skip
    assert sorted(imaginary(documented, [{"thing": {}, "list": [{}]}], "")) == [
        "list.sid never occurs", "number never occurs",
    ]  # fmt: skip
    assert [name for name, __ in secrets({"a": {"options": {"user_password": {}, "update_password": {"choices": []}}}})]
    assert actions({"name": "x", "register": "y", "twilio_trunk": {}, "with_items": []}) == ["twilio_trunk"]
