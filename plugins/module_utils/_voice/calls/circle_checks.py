# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that a call which nobody takes comes to an end. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from . import targets
from .site import Site

Node = tuple[str, str]
Graph = Mapping[Node, list[tuple[str, Node]]]

_LEADS = ("during", "otherwise", "on_holiday")


def circle_problems(site: Site) -> Iterator[str]:
    """Report every circle in which a call could go without its caller pressing a key."""
    graph = _graph(site)
    finished: set[Node] = set()
    for start in graph:
        if start not in finished:
            yield from _walk(start, graph, finished)


def _graph(site: Site) -> Graph:
    graph: dict[Node, list[tuple[str, Node]]] = {}
    for path, entry in site.entries("voice_extensions"):
        if entry["extension"] is not None:
            graph.setdefault(("extension", entry["extension"]), []).extend(_leads(path, entry))
    for kind in targets.LISTS:
        for path, entry in site.destinations(kind):
            if entry["name"] is not None:
                graph.setdefault((kind, entry["name"]), []).extend(_leads(path, entry))
    return graph


def _leads(path: str, entry: Mapping[str, object]) -> Iterator[tuple[str, Node]]:
    for option in _LEADS:
        destination = entry.get(option)
        if isinstance(destination, Mapping):
            for kind, value in destination.items():
                if isinstance(value, str):
                    yield f"{path}.{option}", (kind, value)


def _walk(start: Node, graph: Graph, finished: set[Node]) -> Iterator[str]:
    # The way to the present node, and what is left to look at from each node on it.
    way: list[Node] = [start]
    rest = [iter(graph[start])]
    while way:
        step = next(rest[-1], None)
        if step is None:
            finished.add(way.pop())
            rest.pop()
            continue
        path, node = step
        if node in way:
            circle = [*way[way.index(node) :], node]
            chain = " → ".join(f"{kind.replace('_', ' ')} {name}" for kind, name in circle)
            yield (
                f"{path}: a call that nobody takes goes in a circle, {chain}: lead one of them elsewhere, such as to "
                "voicemail or hangup."
            )
        elif node in graph and node not in finished:
            way.append(node)
            rest.append(iter(graph[node]))
