"""The reader of the plays, on every piece of Markdown the package has."""

from __future__ import annotations

import pytest

from remy.datasets.shakespeare import plain_text, read_plays


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# Hamlet\n\n## ACT I\n\n### SCENE I. Elsinore.\n", "Hamlet\n\nACT I\n\nSCENE I. Elsinore.\n"),
        ("**OTHELLO**  \nSoft you.  \nA word.\n", "OTHELLO:\nSoft you.\nA word.\n"),
        ("**First Lord & Second Lord**  \nAy.", "First Lord & Second Lord:\nAy.\n"),
        ("**ROSENCRANTZ: & GUILDENSTERN:**  \nAy.", "ROSENCRANTZ: & GUILDENSTERN:\nAy.\n"),
        ("_Exeunt_\n", "[Exeunt]\n"),
        ("*Exeunt.*\n", "[Exeunt.]\n"),
        ("_Enter A,\nB and C_\n", "[Enter A,\nB and C]\n"),
        ("*Enter A, and \nB.*\n", "[Enter A, and\nB.]\n"),
        ("_\\[Aside]_  \nSoft.", "[Aside]\nSoft.\n"),
        ("__\\[Reads]_  \nSoft.", "[Reads]\nSoft.\n"),
        ("*[Aside.]*  \nSoft.", "[Aside.]\nSoft.\n"),
        ("\\[Within]_  \nSoft.", "[Within]\nSoft.\n"),
        ("_Burthen _\\[dispersedly, within_", "[Burthen dispersedly, within]\n"),
        ("No, no; he'll __\\[ ]_", "No, no; he'll [ ]\n"),
        ("Twice being \\[by the people chosen]", "Twice being [by the people chosen]\n"),
        ("\\--'tis so;'\\--and", "--'tis so;'--and\n"),
        ("1\\. A lively flourish.", "1. A lively flourish.\n"),
        ("_Exit_\n\nSpeech between.\n\n_Exeunt_", "[Exit]\n\nSpeech between.\n\n[Exeunt]\n"),
        ("\n\none\n\n\n\n\ntwo   \n\n", "one\n\ntwo\n"),
    ],
)
def test_markdown_becomes_plain_play_text(markdown: str, expected: str) -> None:
    assert plain_text(markdown) == expected


def test_an_unclosed_mark_does_not_swallow_the_speech_after_it() -> None:
    assert plain_text("_Exit\n\nTo be\n\n_Exeunt_").endswith("To be\n\n[Exeunt]\n")


def test_plays_come_in_order_of_their_names_with_an_empty_line_between() -> None:
    members = {"plays/b.md": b"# B\r\n\r\ntwo\r\n", "plays/a.md": b"# A\n\none\n"}
    assert read_plays(members) == "A\n\none\n\nB\n\ntwo\n"
