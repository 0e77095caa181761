# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge a configuration of Asterisk before it is installed: a sentence for each mistake, exit code 1 if there is one.

    validate.py CANDIDATE --path /etc/asterisk/dialtone [--secret pjsip_auths.conf]…

A throw-away instance of the installed daemon loads the candidate as if it were in its place, in namespaces of its own:
without network, with empty directories for everything it writes, with process numbers of its own. So it neither meets
the running daemon nor outlives this program. What Asterisk does not look at before a call comes is looked up in that
instance: applications, functions, contexts, labels, sound files. The site's own files are part of it all.
"""

from __future__ import annotations

import argparse
import glob
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

DAEMON = "/usr/sbin/asterisk"
USER = "asterisk"
SECONDS = 25.0
MOST = 20  # sentences; what comes later usually follows from what came first
NAMESPACES = (
    "unshare", "--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "--mount-proc",
    "--propagation", "private",
)  # fmt: skip
# What the daemon writes, where the packages and this collection have it.
WRITTEN = (
    "/var/lib/asterisk", "/var/spool/asterisk", "/var/log/asterisk", "/var/log/dialtone", "/var/spool/dialtone",
)  # fmt: skip
TYPES = frozenset(
    [
        "acl",
        "aor",
        "auth",
        "contact",
        "domain_alias",
        "endpoint",
        "global",
        "identify",
        "inbound-publication",
        "outbound-publish",
        "registration",
        "resource_list",
        "subscription_persistence",
        "system",
        "transport",
        "phoneprov",
        "asterisk-publication",
    ]
)
# Options of a section that name other sections: option -> type of what is named.
REFERENCES = {
    ("endpoint", "aors"): "aor",
    ("endpoint", "auth"): "auth",
    ("endpoint", "outbound_auth"): "auth",
    ("endpoint", "transport"): "transport",
    ("identify", "endpoint"): "endpoint",
}
# Said by every sound configuration in a machine without network, or a mere consequence of something said before.
NOISE = re.compile(
    r"No ethernet interface|Some non-required modules failed|Could not create an object of type|entity ?id|"
    r"getaddrinfo\(\"[^\"]*[A-Za-z]|resolution results of '[^']*[A-Za-z]|"
    r"Unable to lookup|No such file or directory: .*astdb|built by "
)
LOG_LINE = re.compile(
    r"^\[[^]]*\] (?P<level>ERROR|WARNING)\[[^]]*\](?:\[[^]]*\])? (?P<source>\S+?)(?:: |:\d+ \S+: )(?P<text>.*)$"
)
PLACE = (
    re.compile(r"(?:at |, )?line (?P<line>\d+) (?:of|in) '?(?P<file>[^\s':,]+\.conf)'?"),
    re.compile(r"(?P<file>[^\s':,]+\.conf)'?:? ?(?:,? ?(?:at )?line ?|:)(?P<line>\d+)"),
)


class Line(NamedTuple):
    """A line of the configuration, without comment."""

    file: Path  # as the configuration names it
    number: int
    text: str


class Files:
    """The candidate, as it will be in its place, and what it includes."""

    def __init__(self, candidate: Path, path: Path, secret: Sequence[str]) -> None:
        self.candidate, self.path, self.secret = candidate, path, frozenset(secret)
        self.missing: list[tuple[Line, str]] = []

    def real(self, file: Path) -> Path:
        """Return where a file can be read now that will be at `file`."""
        try:
            return self.candidate / file.relative_to(self.path)
        except ValueError:
            return file

    def read(self, name: str) -> list[Line]:
        """Return the lines of a file of the candidate with those of the files it includes, comments left out."""
        found: list[Line] = []
        self._read(self.path / name, found, 0)
        return found

    def _read(self, file: Path, found: list[Line], depth: int) -> None:
        try:
            text = self.real(file).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return
        inside = False
        for number, raw in enumerate(text.splitlines(), 1):
            content, inside = strip_comment(raw, inside)
            line = Line(file, number, content)
            include = re.match(r'#(try)?include\s+["<]?([^">]+)[">]?\s*$', content)
            if include and depth < 8:
                target = self.path / include[2]
                many = sorted(glob.glob(str(self.real(target))))
                for one in many:
                    inner = Path(one)
                    if self.candidate in inner.parents:
                        inner = self.path / inner.relative_to(self.candidate)
                    self._read(inner, found, depth + 1)
                if not many and not include[1] and not re.search(r"[*?\[]", include[2]):
                    self.missing.append((line, include[2]))
            elif content:
                found.append(line)

    def show(self, file: str, number: int) -> str:
        """Return the sentence's beginning: the file, the line, and what stands there unless that is a secret."""
        path = Path(file) if file.startswith("/") else self.path / file
        name = path.name if self.path in path.parents else str(path)
        try:
            text = self.real(path).read_text(encoding="utf-8", errors="replace").splitlines()[number - 1].strip()
        except (OSError, IndexError):
            return f"{name}, line {number}"
        if path.name in self.secret and not re.match(r"(type|auth_type)\s*=", text):
            text = f"{text.split('=')[0].strip()} = (secret)" if "=" in text else "(secret)"
        return f"{name}, line {number}, `{text[:160]}`"


def strip_comment(text: str, inside: bool) -> tuple[str, bool]:
    """Return a line without comments, and whether a block comment goes on in the next."""
    out, index = "", 0
    while index < len(text):
        if inside:
            end = text.find("--;", index)
            if end < 0:
                return out.strip(), True
            index, inside = end + 3, False
        elif text.startswith(";--", index) and not text.startswith(";---", index):
            index, inside = index + 3, True
        elif text[index] == "\\" and text[index + 1 : index + 2] == ";":
            out, index = out + ";", index + 2
        elif text[index] == ";":
            break
        else:
            out, index = out + text[index], index + 1
    return out.strip(), inside


# ---- SIP objects ----------------------------------------------------------------------------------------------------


class Section(NamedTuple):
    line: Line
    name: str
    template: bool
    options: dict[str, tuple[str, Line]]


def sections(lines: Sequence[Line]) -> list[Section]:
    """Return the sections of a file, with the options they inherit from templates."""
    found: list[Section] = []
    for line in lines:
        head = re.match(r"\[([^\]]+)\]\s*(?:\(([^)]*)\))?", line.text)
        if head:
            marks = [mark.strip() for mark in (head[2] or "").split(",") if mark.strip()]
            options: dict[str, tuple[str, Line]] = {}
            for mark in marks:
                for known in found:
                    if known.name == mark:
                        options.update(known.options)
            found.append(Section(line, head[1], "!" in marks, options))
        elif found and "=" in line.text:
            key, __, value = line.text.partition("=")
            found[-1].options[key.strip()] = (value.lstrip(">").strip(), line)
    return found


def judge_pjsip(files: Files, contexts: set[str]) -> list[str]:
    """Return what is wrong between the objects: Asterisk takes them one by one and finds that out in a call."""
    problems: list[str] = []
    objects = [one for one in sections(files.read("pjsip.conf")) if not one.template]
    known: dict[str, set[str]] = {}
    for one in objects:
        known.setdefault(one.options.get("type", ("", one.line))[0], set()).add(one.name)
    for one in objects:
        kind, place = one.options.get("type", ("", one.line))
        if kind not in TYPES:
            said = f"'{kind}' is no type of object" if kind else f"[{one.name}] has no type"
            problems.append(f"{files.show(str(place.file), place.number)}: {said}, so Asterisk ignores all of it.")
            continue
        for (owner, option), wanted in REFERENCES.items():
            value, where = one.options.get(option, ("", one.line))
            if owner != kind:
                continue
            problems += [
                f"{files.show(str(where.file), where.number)}: there is no {wanted} named '{name}'."
                for name in (part.strip() for part in value.split(","))
                if name and name not in known.get(wanted, set())
            ]
        context, where = one.options.get("context", ("", one.line))
        if kind == "endpoint" and context and context not in contexts:
            problems.append(f"{files.show(str(where.file), where.number)}: the dial plan has no context '{context}'.")
    return problems


# ---- the dial plan --------------------------------------------------------------------------------------------------


class Step(NamedTuple):
    line: Line
    context: str
    extension: str
    label: str
    application: str
    arguments: str


STEP = re.compile(
    r"(?P<kind>exten|same)\s*=>?\s*(?P<rest>.*)$",
)


def steps(lines: Sequence[Line]) -> tuple[list[Step], dict[str, set[str]]]:
    """Return the steps of the dial plan, and each context with the contexts it includes."""
    found: list[Step] = []
    contexts: dict[str, set[str]] = {}
    context = extension = ""
    for line in lines:
        head = re.match(r"\[([^\]]+)\]", line.text)
        if head:
            context = head[1]
            if context not in ("general", "globals"):
                contexts.setdefault(context, set())
            continue
        include = re.match(r"(?:include|switch)\s*=>?\s*([^,|]+)", line.text)
        if include and context in contexts:
            contexts[context].add(include[1].strip())
            continue
        match = STEP.match(line.text)
        if not match or context not in contexts:
            continue
        rest = match["rest"]
        if match["kind"] == "exten":
            extension, __, rest = rest.partition(",")
            extension = extension.strip()
        priority, __, call = rest.partition(",")
        label = re.search(r"\(([^)]*)\)", priority)
        name = re.match(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*(?:\((.*)\))?\s*$", call)
        if priority.strip().startswith("hint"):
            continue
        found.append(
            Step(
                line,
                context,
                extension,
                label[1] if label else "",
                name[1] if name else "",
                (name[2] or "") if name else "",
            )
        )
    return found, contexts


def split(text: str, separator: str) -> list[str]:
    """Split at a separator that is in no bracket and no quotes."""
    parts, depth, quoted, start = [], 0, False, 0
    for index, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif not quoted and letter in "([{":
            depth += 1
        elif not quoted and letter in ")]}":
            depth -= 1
        elif letter == separator and depth == 0 and not quoted:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def targets(step: Step) -> list[str]:
    """Return the places in the dial plan a step may go to, as written."""
    name = step.application.lower()
    if name == "goto":
        return [step.arguments]
    if name == "gosub":
        return [re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)\s*$", "", step.arguments)]
    if name in ("gotoif", "gosubif"):
        branches = split(step.arguments, "?")
        found = split("?".join(branches[1:]), ":") if len(branches) > 1 else []
        if name == "gosubif":
            found = [re.sub(r"\(.*\)\s*$", "", one) for one in found]
        return [one for one in found if one.strip()]
    return []


def matches(pattern: str, extension: str) -> bool:
    """Say whether an extension of the dial plan takes a dialled one; patterns are not looked into."""
    return pattern.split("/", maxsplit=1)[0] == extension or pattern.startswith("_")


def judge_dialplan(files: Files, applications: set[str], functions: set[str]) -> list[str]:
    """Return what a call would stumble over: Asterisk loads a dial plan without looking at what its steps do."""
    plan, contexts = steps(files.read("extensions.conf"))
    problems: list[str] = []
    for context, included in contexts.items():
        missing = sorted(one for one in included if one not in contexts and "@" not in one and "/" not in one)
        problems += [f"extensions.conf: context '{context}' includes '{one}', which is not there." for one in missing]
    for step in plan:
        place = files.show(str(step.line.file), step.line.number)
        if not step.application:
            problems.append(f"{place}: this is no step of a dial plan; a bracket or a comma may be missing.")
            continue
        if applications and step.application.lower() not in applications:
            problems.append(f"{place}: there is no application '{step.application}' in what modules.conf loads.")
        if step.arguments.count("(") != step.arguments.count(")") and '"' not in step.arguments:
            problems.append(f"{place}: the brackets do not match.")
        called = set(re.findall(r"\$\{([A-Z][A-Z0-9_]*)\(", step.arguments))
        if step.application.lower() in ("set", "mset"):
            called |= set(re.findall(r"^([A-Z][A-Z0-9_]*)\(", step.arguments))
        problems += [
            f"{place}: there is no function '{one}' in what modules.conf loads."
            for one in sorted(called)
            if functions and one not in functions
        ]
        problems += [f"{place}: {said}" for said in judge_targets(step, plan, contexts)]
        problems += [f"{place}: {said}" for said in judge_sounds(step, files)]
    return problems


def judge_targets(step: Step, plan: Sequence[Step], contexts: dict[str, set[str]]) -> list[str]:
    problems: list[str] = []
    for target in targets(step):
        parts = [part.strip() for part in split(target, ",")]
        context = parts[0] if len(parts) == 3 else step.context
        extension = parts[-2] if len(parts) >= 2 else step.extension
        label = parts[-1]
        if "$" in context:
            continue
        if context not in contexts:
            problems.append(f"there is no context '{context}'.")
            continue
        if "$" in extension or contexts[context]:
            continue
        there = [
            one
            for one in plan
            if one.context == context
            and (matches(one.extension, extension) or (len(parts) == 1 and one.extension == extension))
        ]
        if not there:
            problems.append(f"context '{context}' has no extension '{extension}'.")
        elif "$" not in label and not label.isdigit() and label != "n" and label not in {one.label for one in there}:
            problems.append(f"extension '{extension}' of context '{context}' has no label '{label}'.")
    return problems


def judge_sounds(step: Step, files: Files) -> list[str]:
    """Return the files with an absolute path that a step plays and that are not there."""
    if step.application.lower() not in ("playback", "background", "read", "queue"):
        return []
    return [
        f"there is no sound file '{name}'."
        for name in re.split(r"[,&]", step.arguments)
        if name.startswith("/") and "$" not in name and not glob.glob(glob.escape(str(files.real(Path(name)))) + ".*")
    ]


# ---- the throw-away instance ----------------------------------------------------------------------------------------


def run(*argv: str) -> None:
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)


def put_in_place(files: Files, main: Path, work: Path) -> None:
    """Make the candidate be what the daemon finds where the configuration belongs. Only these namespaces see it."""
    owner = pwd.getpwnam(USER)
    parent, kept = files.path.parent, work / "kept"
    kept.mkdir()
    run("mount", "--bind", str(parent), str(kept))
    candidate = files.candidate
    if parent in candidate.parents:
        candidate = kept / candidate.relative_to(parent)
    run("mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", str(parent))
    for entry in kept.iterdir():
        if entry.name not in (files.path.name, main.name):
            (parent / entry.name).symlink_to(entry)
    files.path.mkdir()
    for entry in candidate.iterdir():
        (files.path / entry.name).symlink_to(entry)
    files.candidate = candidate
    if not main.exists():
        main.parent.mkdir(parents=True, exist_ok=True)
        main.symlink_to(files.path / "asterisk.conf" if (candidate / "asterisk.conf").exists() else kept / main.name)
    # Everything is to be heard, whatever logger.conf says.
    logger = files.path / "logger.conf"
    if logger.is_symlink():
        logger.unlink()
    logger.write_text(
        "[general]\ndateformat = %F %T\n[logfiles]\n/run/asterisk/heard => warning,error\n", encoding="ascii"
    )
    logger.chmod(0o644)
    room = f"mode=0750,uid={owner.pw_uid},gid={owner.pw_gid}"
    for folder in WRITTEN:
        if os.path.isdir(folder):
            run("mount", "-t", "tmpfs", "-o", room, "tmpfs", folder)
    run("mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", "/run")
    Path("/run/asterisk").mkdir(mode=0o750)
    os.chown("/run/asterisk", owner.pw_uid, owner.pw_gid)
    run("ip", "link", "set", "lo", "up")
    for address in sorted(
        {found for line in files.read("pjsip.conf") for found in re.findall(r"^bind\s*=\s*([0-9.]+)", line.text)}
    ):
        if not address.startswith(("0.", "127.")):
            subprocess.run(
                ["ip", "address", "add", f"{address}/32", "dev", "lo"], check=False, stderr=subprocess.DEVNULL
            )


def ask(command: str) -> str:
    done = subprocess.run(
        [DAEMON, "-rx", command], capture_output=True, text=True, errors="replace", timeout=10, check=False
    )
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)


def heard(text: str, files: Files) -> list[str]:
    """Return the warnings and errors of a log as sentences."""
    found: list[str] = []
    for line in text.splitlines():
        match = LOG_LINE.match(line)
        if not match or NOISE.search(match["text"]):
            continue
        said = match["text"].strip()
        place: re.Match[str] | None = next((spot for spot in (one.search(said) for one in PLACE) if spot), None)
        if place:
            where = files.show(place["file"], int(place["line"]))
            if Path(place["file"]).name in files.secret:
                said = "Asterisk does not take this line"
            found.append(f"{where}: {said.rstrip('.')}.")
        elif not re.search(r"declined to load", said) or not found:
            found.append(f"{match['source']}: {said.rstrip('.')}.")
    return list(dict.fromkeys(found))


def judge_loaded(files: Files) -> list[str]:
    """Return which modules that are to be loaded are not running."""
    running = set(re.findall(r"^(\S+)\.so .*\sRunning\s", ask("module show"), re.MULTILINE))
    return [
        f"{files.show(str(line.file), line.number)}: the module is not running."
        for line in files.read("modules.conf")
        for name in re.findall(r"^(?:load|require|preload)\s*=>?\s*(\S+?)(?:\.so)?$", line.text)
        if name not in running
    ]


LEVELS = frozenset(["debug", "trace", "notice", "warning", "error", "verbose", "dtmf", "fax", "security", "*"])


def judge_silent(files: Files) -> list[str]:
    """Return mistakes that Asterisk passes over in silence, with a default in their place."""
    problems: list[str] = []
    for line in files.read("rtp.conf"):
        match = re.match(r"(rtpstart|rtpend)\s*=>?\s*(.*)", line.text)
        if match and not match[2].isdigit():
            problems.append(f"{files.show(str(line.file), line.number)}: this is no port.")
    for section in sections(files.read("logger.conf")):
        if section.name != "logfiles":
            continue
        for value, line in section.options.values():
            wrong = [
                one
                for one in re.split(r"[,\s]+", re.sub(r"\[[^]]*\]|\([^)]*\)", "", value).lower())
                if one not in LEVELS
            ]
            if wrong:
                problems.append(f"{files.show(str(line.file), line.number)}: '{wrong[0]}' is no level of messages.")
    return problems


def instance(files: Files, main: Path, work: Path, until: float) -> list[str]:
    """Let the daemon load the candidate and return what it and we have to say."""
    silent = judge_silent(files)  # before logger.conf is replaced
    put_in_place(files, main, work)
    with (work / "said").open("w+", encoding="utf-8", errors="replace") as said:
        daemon = subprocess.Popen(
            [DAEMON, "-C", str(main), "-f", "-p", "-U", USER, "-G", USER],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        booted = False
        while daemon.poll() is None and not booted and time.monotonic() < until:
            booted = os.path.exists("/run/asterisk/asterisk.ctl") and "fully booted" in ask("core waitfullybooted")
            if not booted:
                time.sleep(0.05)
        log = Path("/run/asterisk/heard")
        problems = heard(log.read_text(encoding="utf-8", errors="replace") if log.exists() else "", files)
        if booted:
            names = {one.lower() for one in re.findall(r"^ *(\w+): ", ask("core show applications"), re.MULTILINE)}
            functions = set(re.findall(r"^(\w+) ", ask("core show functions"), re.MULTILINE))
            contexts = set(re.findall(r"\[ Context '([^']+)'", ask("dialplan show")))
            problems += judge_loaded(files) + judge_pjsip(files, contexts) + judge_dialplan(files, names, functions)
        else:
            said.seek(0)
            last = [line for line in said.read().splitlines() if line.strip() and not NOISE.search(line)][-3:]
            ended = "did not start" if daemon.poll() is not None else f"was not ready within {SECONDS:.0f} seconds"
            problems.append(f"Asterisk {ended} with this configuration. {' '.join(last)}".strip())
        daemon.kill()
        daemon.wait()
    return problems + silent


# ---- both worlds ----------------------------------------------------------------------------------------------------


def missing_includes(files: Files) -> list[str]:
    files.missing = []
    for name in sorted(one.name for one in files.candidate.glob("*.conf")):
        files.read(name)
    return list(
        dict.fromkeys(
            f"{files.show(str(line.file), line.number)}: there is no file '{name}'." for line, name in files.missing
        )
    )


def static(files: Files) -> list[str]:
    """Return what can be seen without the daemon."""
    __, contexts = steps(files.read("extensions.conf"))
    return judge_pjsip(files, set(contexts)) + judge_dialplan(files, set(), set())


def possible() -> bool:
    """Say whether this machine has the daemon and allows namespaces. Some containers do not."""
    if not os.access(DAEMON, os.X_OK) or os.geteuid() != 0 or not shutil.which("unshare"):
        return False
    return (
        subprocess.run([*NAMESPACES, "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode
        == 0
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Judge a configuration of Asterisk before it is installed.")
    parser.add_argument("candidate", type=Path)
    parser.add_argument("--path", type=Path, required=True, help="where the candidate is to be")
    parser.add_argument("--main", type=Path, default=Path("/etc/asterisk/asterisk.conf"))
    parser.add_argument("--secret", action="append", default=[], help="name of a file of which no line is shown")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    files = Files(given.candidate.resolve(), given.path, given.secret)
    problems = missing_includes(files) + ([] if given.inside else judge_silent(files))
    if given.inside:
        problems += instance(files, given.main, given.inside, time.monotonic() + SECONDS - 5)
    elif possible():
        again = [sys.executable, os.path.abspath(__file__), *(sys.argv[1:] if arguments is None else arguments)]
        with tempfile.TemporaryDirectory(prefix="dialtone-validate-") as work:
            os.chmod(work, 0o711)  # noqa: S103 - the daemon's user passes through
            inner = subprocess.run(
                [*NAMESPACES, *again, "--inside", work], stdin=subprocess.DEVNULL, timeout=SECONDS, check=False
            )
        return inner.returncode
    else:
        problems += static(files)
    shown = list(dict.fromkeys(problems))
    sys.stdout.write("\n".join(shown[:MOST] + ([f"And {len(shown) - MOST} more."] if len(shown) > MOST else [])) + "\n")
    return 1 if shown else 0


if __name__ == "__main__":
    sys.exit(main())
