# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a clock, and what to do about it, as sentences. Pure. Private."""

from __future__ import annotations

from dataclasses import dataclass, field

from .reading import FALSETICKER, OWN_CLOCK, Reading, Source


@dataclass(frozen=True)
class Limits:
    """What is asked of a clock: at most so many seconds off, at most so far from a true clock."""

    offset: float
    stratum: int


@dataclass
class Judgement:
    """Sentences: what makes the clock useless, and what may do so one day."""

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def judge(reading: Reading, limits: Limits) -> Judgement:
    """Return what is wrong with a reading."""
    found = Judgement()
    if reading.trouble:
        found.problems.append(reading.trouble)
        return found
    if not reading.sources and reading.reference == OWN_CLOCK:
        found.warnings.append("The host tells its own time, uncorrected: it has no source (time_sync_sources).")
        return found
    bad = [one for one in reading.sources if not one.good]
    if reading.selected is None:
        found.problems.append(_headline(reading))
        found.problems += [_trouble(one, reading) for one in bad]
        return found
    found.warnings += [_trouble(one, reading) for one in bad if not one.undecided]
    off = abs(reading.offset)
    if off > limits.offset:
        found.problems.append(_off(reading, off, limits))
    if reading.stratum > limits.stratum:
        found.problems.append(
            f"The stratum is {reading.stratum}, and {limits.stratum} is the limit (max_stratum): "
            f"{reading.selected.label} is too far from a true clock. Use servers that are nearer to one."
        )
    return found


def _off(reading: Reading, off: float, limits: Limits) -> str:
    source = reading.selected.label if reading.selected else "the sources"
    where = "behind" if reading.offset > 0 else "ahead of"
    head = f"The clock is {_seconds(off)} {where} {source}, and {_seconds(limits.offset)} is the limit (max_offset)."
    if reading.container:
        return (
            f"{head} This is a container, and its clock is that of the machine that runs it: correct that one. If the "
            "machine is right, the source is wrong: use others, three or more."
        )
    return (
        f"{head} If the source is right, chronyd is slowly correcting the clock; `chronyc makestep` does so at once, "
        "but not while calls are up. If the clock is right, the source is wrong: use others, three or more."
    )


def _headline(reading: Reading) -> str:
    if not reading.sources:
        return "chronyd has no sources of time: give it some (time_sync_sources)."
    bad = [one for one in reading.sources if one.state == FALSETICKER]
    answering = [one for one in reading.sources if one.reach]
    if bad and len(bad) == len(answering):
        told = ", ".join(f"{one.label} by {_signed(-one.offset)}" for one in bad)
        return (
            "The clock is not synchronised: the sources contradict each other, so none can be believed (they differ "
            f"from this clock: {told}). With three or more, chronyd finds out which one is wrong: give more sources, "
            "or take the wrong one away."
        )
    good = [one.label for one in reading.sources if one.good]
    if good:
        return f"chronyd has not selected a source yet; {', '.join(good)} can be: look again in a minute."
    if reading.reference == OWN_CLOCK:
        return "No source of time can be used; the host only tells its own time (time_sync_local_stratum)."
    return "The clock is not synchronised: none of the sources of time can be used."


def _trouble(one: Source, reading: Reading) -> str:
    """Return what is wrong with one source and how to put it right."""
    if one.clock:
        return (
            f"{one.label}, the clock of the hypervisor, cannot be used: see whether /dev has it, or leave it out "
            "(time_sync_hypervisor_clock: absent)."
        )
    if not one.address:
        return _no_address(one)
    if one.nts and not one.cookies and not one.received:
        return _no_nts(one, reading)
    return _unselected(one) if one.reach else _unanswered(one)


def _no_address(one: Source) -> str:
    if one.resolves:
        return f"{one.name} is not asked: other sources have its addresses already, or chronyd has just learnt them."
    return (
        f"{one.name} does not resolve: correct the name, or the name servers of this host (/etc/resolv.conf; outgoing "
        "UDP and TCP 53)."
    )


def _unselected(one: Source) -> str:
    """Say why a source that answers is not used."""
    if one.state == FALSETICKER:
        return (
            f"{one.label} is a falseticker: it differs from this clock by {_signed(-one.offset)}, and others do not. "
            "Take it away if it stays so."
        )
    reasons = {
        "~": "its times vary too much: the way to it is overloaded or it is a bad server",
        "d": "it is too far from a true clock (root distance): use a nearer one",
        "T": "it does not fully agree with the sources that are trusted",
        "W": "it waits for more sources that agree (time_sync_min_sources, or sources with NTS)",
        "M": "it was not asked often enough yet: look again in a minute",
        "w": "it waits until the other sources have been asked often enough: look again in a minute",
        "s": "it says itself that it knows no time",
    }
    reason = reasons.get("~" if one.state == "~" else one.why, "it cannot be used now: see `chronyc selectdata`")
    return f"{one.label} answers, but {reason}."


_REMEDIES = (
    (("NOT trusted", "issuer is unknown"), "If it has an authority of its own, give that (time_sync_nts_authorities)."),
    (("does not match", "hostname"), "Use the name that its certificate is for."),
    (("expired", "activated"), "If this clock is far off, set it by hand once (date -s); else its operator must act."),
)


def _no_nts(one: Source, reading: Reading) -> str:
    head = f"{one.label} has not proven who it is (NTS)"
    mine = [line for line in reading.words if ("NTS" in line or "TLS" in line) and one.address in line]
    if not mine:
        return f"{head}, and nothing came back: open outgoing TCP 4460, and see whether it serves NTS at all."
    remedy = next((text for words, text in _REMEDIES if any(word in mine[-1] for word in words)), "")
    return f"{head}: {mine[-1].rstrip('.')}. {remedy}".rstrip()


def _unanswered(one: Source) -> str:
    if not one.received:
        requests = f"{one.sent} requests" if one.sent != 1 else "a request"
        return (
            f"{one.label} has not answered {requests}: open UDP 123 from this host to it (here, in the network, at the "
            "provider), or use a server that works."
        )
    if one.kiss:
        says = "so often" if one.kiss == "RATE" else "at all"
        return (
            f"{one.label} refuses to be asked {says} (kiss-o'-death {one.kiss}): ask its operator, ask less often "
            "(minpoll), or use another server."
        )
    if one.told_stratum == 16 or not one.valid:
        return f"{one.label} answers, but knows no time itself (stratum {one.told_stratum}): use another server."
    return f"{one.label} has stopped answering: open UDP 123 from this host to it, or use a server that works."


def _seconds(value: float) -> str:
    digits = 6 if value < 0.001 else 3
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") + " s"


def _signed(value: float) -> str:
    return ("-" if value < 0 else "+") + _seconds(abs(value))
