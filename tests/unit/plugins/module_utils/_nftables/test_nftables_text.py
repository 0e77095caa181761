# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be in a table's text, how nft's complaints are passed on, and which listings count as equal."""

from __future__ import annotations

import pytest

from ansible_collections.dialtone.voice.plugins.module_utils._nftables.errors import TableError
from ansible_collections.dialtone.voice.plugins.module_utils._nftables.listing import normalised
from ansible_collections.dialtone.voice.plugins.module_utils._nftables.text import Table, check_rules, explain

TABLE = Table("inet", "example")


@pytest.mark.parametrize(
    "rules",
    [
        "",
        "chain c {\n}",
        'chain c { comment "a } b"\n}',
        'chain c { # } " {\n}',
        'set s { type ipv4_addr; elements = { 192.0.2.1 comment "{", 192.0.2.2 } ; }',
        'chain c {\n  log prefix "include "\n}',
        'chain c {\n  iifname "include" accept # include "x"\n}',
        "chain included {\n}",
        'chain c { comment "over\ntwo } lines"\n}',
    ],
)
def test_text_of_one_table_is_taken(rules: str) -> None:
    check_rules(rules)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ("}\nflush ruleset\ntable inet y {", "rules, line 1: this brace closes more"),
        ("chain c {\n}\n}\ntable inet y {\n", "rules, line 3: this brace closes more"),
        ('chain c {\n  comment "x" }\n}\n#{', "rules, line 3: this brace closes more"),
        ('# "\n}\n# "', "rules, line 2: this brace closes more"),
        ('include "/etc/shadow"', "rules, line 1: other files cannot be included"),
        ('chain c {\n  accept; include "x"\n}', "rules, line 2: other files cannot be included"),
        ('chain c {\n  log prefix "a\n}', "rules, line 2: this quote is not closed"),
        ("chain c {\n", r"rules: 1 brace\(s\) are not closed"),
        ("chain c {\n}\0", "zero byte"),
    ],
)
def test_text_that_leaves_its_table_is_refused(rules: str, words: str) -> None:
    with pytest.raises(TableError, match=words):
        check_rules(rules)


def test_a_program_replaces_the_table_in_one_transaction() -> None:
    head = "table inet example\ndelete table inet example\n"
    assert TABLE.program("chain c {\n}\n\n") == f"{head}table inet example {{\nchain c {{\n}}\n}}\n"
    assert TABLE.restoring("") == head
    assert (TABLE.key, Table("ip", "example").key) == ("example", "ip-example")


def test_complaints_name_the_line_of_the_option_and_show_it() -> None:
    rules = "chain c {\n  iif eth9 accept\n  foo\n}"
    words = (
        "/dev/stdin:5:7-10: Error: Interface does not exist\n  iif eth9 accept\n      ^^^^\n"
        "/dev/stdin:6:3-5: Error: syntax error, unexpected newline\n  foo\n     ^\n"
    )
    assert explain(words, rules) == (
        "rules, line 2: Interface does not exist: iif eth9 accept\nrules, line 3: syntax error, unexpected newline: foo"
    )
    assert explain("/dev/stdin:1:7-9: Error: syntax error, unexpected type\n", rules).startswith("name, family: ")
    assert explain("/dev/stdin:8:1-1: Error: syntax error\n", rules).endswith(": (end)")
    assert explain("netlink: Error: no space\n", rules) == "rules: netlink: Error: no space"
    assert explain("", rules) == "rules: nft said nothing"
    many = "".join(f"/dev/stdin:{number}:1-2: Error: bad\n" for number in range(4, 12))
    assert explain(many, rules).endswith("\n… and 3 more")


def listing(*parts: str) -> str:
    return "table inet example {\n" + "\n\n".join(parts) + "\n}\n"


def a_set(elements: str, head: str = "\t\ttype ipv4_addr\n", word: str = "set") -> str:
    return f"\t{word} s {{\n{head}" + (f"\t\telements = {{ {elements} }}\n" if elements else "") + "\t}"


CHAIN = '\tchain c {\n\t\tlog prefix "elements = { x }" accept\n\t}'


def test_each_element_has_a_line() -> None:
    text = listing(a_set('192.0.2.1 comment "a, } b",\n\t\t\t     198.51.100.0/24'), CHAIN)
    assert normalised(text).splitlines() == [
        "table inet example {",
        "\tset s {",
        "\t\ttype ipv4_addr",
        "\t\telements = {",
        '\t\t\t192.0.2.1 comment "a, } b"',
        "\t\t\t198.51.100.0/24",
        "\t\t}",
        "\t}",
        "",
        *CHAIN.splitlines(),
        "}",
    ]


HEADS = {
    "dynamic": "\t\ttype ipv4_addr\n\t\tsize 100\n\t\tflags dynamic,timeout\n",
    "dynamic alone": "\t\ttype ipv4_addr\n\t\tflags dynamic\n",
    "time-out of the set": "\t\ttype ipv4_addr\n\t\tflags timeout\n\t\ttimeout 1m\n",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
@pytest.mark.parametrize("word", ["set", "map"])
def test_what_packets_and_time_outs_bring_is_not_compared(head: str, word: str) -> None:
    full = listing(a_set("192.0.2.1 limit rate over 10/second,\n\t\t\t192.0.2.2 expires 5s", head, word), CHAIN)
    assert normalised(full) == normalised(listing(a_set("", head, word), CHAIN))


def test_the_number_of_elements_that_a_newer_nft_adds_is_not_compared() -> None:
    counted = HEADS["dynamic"].replace("size 100", "size 100\t# count 7")
    assert normalised(listing(a_set("192.0.2.1", counted))) == normalised(listing(a_set("", HEADS["dynamic"])))


def test_lasting_elements_of_a_set_with_time_outs_are_compared() -> None:
    head = "\t\ttype ipv4_addr\n\t\tflags interval,timeout\n"
    lasting = normalised(listing(a_set('192.0.2.1 comment "a timeout b"', head)))
    assert normalised(listing(a_set('192.0.2.1 comment "a timeout b", 192.0.2.9 timeout 1m', head))) == lasting
    assert normalised(listing(a_set("", head))) != lasting
    assert normalised(listing(a_set("192.0.2.9 timeout 1m", head))) == normalised(listing(a_set("", head)))


@pytest.mark.parametrize(
    "changed",
    [
        listing(a_set("192.0.2.1"), CHAIN),
        listing(a_set("192.0.2.1, 192.0.2.2 comment \"x\""), CHAIN),
        listing(a_set("192.0.2.1, 192.0.2.2"), CHAIN.replace("accept", "drop")),
        listing(CHAIN, a_set("192.0.2.1, 192.0.2.2")),
        listing(a_set("192.0.2.1, 192.0.2.2")),
        listing(a_set("192.0.2.1, 192.0.2.2", "\t\ttype ipv4_addr\n\t\tflags interval\n"), CHAIN),
    ],
)  # fmt: skip
def test_whatever_else_differs_is_a_difference(changed: str) -> None:
    assert normalised(changed) != normalised(listing(a_set("192.0.2.1, 192.0.2.2"), CHAIN))


def test_a_listing_that_ends_too_early_does_no_harm() -> None:
    assert normalised("table inet example {\n\tset s {\n\t\telements = { 192.0.2.1,") != ""
