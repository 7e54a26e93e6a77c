"""Tunes in ABC notation: the plain form, and what is finished."""

from __future__ import annotations

import pytest

from remy.data.abc import Found, find_tunes, finish, tidy, title
from remy.errors import DataError
from tests import music


def plain(text: str) -> list[str]:
    return [tidy(found) for found in find_tunes(text)]


def test_a_tune_in_the_plain_form_stays_as_it_is() -> None:
    assert plain(music.SCALE) == [music.SCALE]
    assert plain(music.SCALE + "\n" + music.JIG) == [music.SCALE, music.JIG]


def test_tunes_begin_at_their_numbers_with_or_without_an_empty_line_between() -> None:
    text = "% of mine\n\nX:3\nT:A\nK:C\nCDE|\nX:4\nT:B\nK:G\nGAB|\n\nby hand\n\nX:5\nK:D\nd|\n"
    assert [found.line for found in find_tunes(text)] == [3, 7, 14]
    assert plain(text) == ["X:1\nT:A\nK:C\nCDE|\n", "X:1\nT:B\nK:G\nGAB|\n", "X:1\nK:D\nd|\n"]


def test_what_is_told_about_a_tune_is_left_out() -> None:
    text = """X: 12
T: The Road
T: Another name
C: Anon.
A: Kerry
H: A long story
that goes on
+: and on
N: not loud
O: Ireland
S: a book
B: the same
D: a record
F: http://example.org
G: flute
I: linebreak $
Z: me
r: a remark
%%MIDI program 72
M: 6/8
R: jig
L: 1/8
K: D % two sharps
ABc d2e |% a bar
N: between
+: two bars
%%newpage
 % by hand
f2d   cBA|\\
"""
    assert plain(text) == ["X:1\nT:The Road\nR:jig\nM:6/8\nL:1/8\nK:D\nABc d2e |\nf2d cBA|\\\n"]


def test_what_changes_the_music_or_is_sung_stays_in_its_place() -> None:
    body = "V:1\nABc|\nw:la la la\nK:G\nM:3/4\nL:1/4\n[K:D]GAB|\nP:B\n+:more\nW:words\n"
    assert plain(f"X:1\nK:D\n{body}") == [f"X:1\nK:D\n{body}"]


def test_fields_before_the_first_tune_hold_for_those_without_one() -> None:
    text = "M: 3/4\nL: 1/16\nZ: me\n\nX:1\nK:C\nCDE|\n\nX:2\nM:C\nK:C\nCDE|\n"
    assert plain(text) == ["X:1\nM:3/4\nL:1/16\nK:C\nCDE|\n", "X:1\nM:C\nL:1/16\nK:C\nCDE|\n"]


def test_fields_come_in_one_order() -> None:
    text = "X:1\nQ:1/4=100\nL:1/8\nM:C\nR:reel\nT:A\nK:D\nd|\n"
    assert plain(text) == ["X:1\nT:A\nR:reel\nM:C\nL:1/8\nQ:1/4=100\nK:D\nd|\n"]


def test_music_that_looks_like_a_field_stays_music() -> None:
    body = "GABc|\nA:|\nB::c|\n C:d|\n"
    [tune] = plain(f"X:1\nK:D\n{body}")
    assert tune == f"X:1\nK:D\n{body}"
    assert plain(tune) == [tune]


def test_what_only_lines_bars_up_is_left_out() -> None:
    assert plain("X:1\nK:D\n  AB`c   d2\t|  e``f |  \n") == ["X:1\nK:D\nABc d2 | ef |\n"]


def test_a_percent_sign_behind_a_backslash_is_no_comment() -> None:
    assert plain("X:1\nT:100 \\% wool % mine\nK:D\nABc|\n") == ["X:1\nT:100 \\% wool\nK:D\nABc|\n"]


def test_an_empty_line_ends_the_music_but_not_the_header() -> None:
    assert plain("X:1\n\nT:A\n\nK:D\n\nABc|\n   \ndef|\n") == ["X:1\nT:A\nK:D\nABc|\n"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("X:1\nT:A\nABc|\n", r"no key \(K:\)"),
        ("X:1\nT:A\n", r"no key \(K:\)"),
        ("X:1\nK:D\n", "no notes"),
        ("X:1\nK:D\nz4|z4|\n", "no notes"),
        ('X:1\nK:D\n"Am"z4|!fade!z4|[M:C]z4|\nP:A\n', "no notes"),
    ],
)
def test_a_tune_without_a_key_or_notes_cannot_be_used(text: str, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        plain(text)


def test_the_title_is_the_first_one() -> None:
    assert title(music.JIG) == "Jig"
    assert title("X:1\nK:C\nCDE|\n") == ""


def test_a_whole_tune_is_finished_as_it_is() -> None:
    assert finish(music.SCALE, whole=True) == music.SCALE
    assert finish("X:1\nT:A\nM:C\nK:D\nABc", whole=True) == "X:1\nT:A\nM:C\nK:D\nABc\n"


@pytest.mark.parametrize(
    ("music_line", "kept"),
    [
        ("ABc|def|ga", "ABc|def|"),
        ("ABc||d", "ABc||"),
        ("ABc|]d", "ABc|]"),
        ("ABc:|d", "ABc:|"),
        ("ABc:|]d", "ABc:|]"),
        ("ABc|:de", "ABc|"),
        ("ABc|[1 de", "ABc|"),
        ("ABc|1 de", "ABc|"),
        ("ABc::de", "ABc:|"),
        ("ABc|def|", "ABc|def|"),
        ('ABc|"a|b"d', "ABc|"),
        ("ABc|d[r:|]e", "ABc|"),
        ("ABc|\ndef|\nga", "ABc|\ndef|"),
        ("ABc|\nw:la | la", "ABc|"),
        ("|:ABc|de", "|:ABc|"),
    ],
)
def test_an_unfinished_tune_is_cut_after_its_last_whole_bar(music_line: str, kept: str) -> None:
    header = "X:1\nT:A\nM:C\nK:D\n"
    assert finish(header + music_line, whole=False) == f"{header}{kept}\n"


def test_what_the_header_lacks_is_put_in() -> None:
    assert finish("ABc|", whole=True) == "X:1\nT:Untitled\nM:none\nK:C\nABc|\n"
    assert finish("M:3/4\nABc|\nT:late\n", whole=True) == "X:1\nT:Untitled\nM:3/4\nK:C\nABc|\nT:late\n"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("cm", "Cm"),
        ("dmix", "Dmix"),
        ("F#m", "F#m"),
        ("HP", "HP"),
        ("none", "none"),
        ("clef=bass", "clef=bass"),
        ("", ""),
        ("xy", "C"),
    ],
)
def test_a_key_is_one_that_programs_understand(written: str, key: str) -> None:
    assert finish(f"X:1\nT:A\nM:C\nK:{written}\nABc|\n", whole=True) == f"X:1\nT:A\nM:C\nK:{key}\nABc|\n"


@pytest.mark.parametrize(
    ("written", "metre"),
    [("C|", "C|"), ("6/8", "6/8"), ("(2+3)/8", "(2+3)/8"), ("none", "none"), ("6/", "none"), ("", "none")],
)
def test_a_metre_is_one_that_programs_understand(written: str, metre: str) -> None:
    assert f"\nM:{metre}\n" in finish(f"X:1\nM:{written}\nK:D\nABc|\n", whole=True)


def test_only_the_first_tune_is_taken() -> None:
    assert finish(f"\n\n{music.SCALE}\n{music.JIG}", whole=True) == music.SCALE
    assert finish(f"{music.SCALE.removeprefix('X:1')}\n{music.JIG}", whole=True) == music.SCALE


@pytest.mark.parametrize("text", ["", "X:1\nT:A\n", "X:1\nK:C\n", "X:1\nK:C\nz|", "X:1\nK:C\nABc", "|"])
def test_without_a_whole_bar_of_notes_there_is_no_tune(text: str) -> None:
    with pytest.raises(DataError, match="no tune with a whole bar of notes; try another seed"):
        finish(text, whole=False)


def test_a_bar_line_before_the_first_note_is_no_bar() -> None:
    with pytest.raises(DataError, match="no tune"):
        finish("X:1\nK:C\n|:ABc", whole=False)


def test_the_lines_of_a_tune_can_be_given_by_hand() -> None:
    assert tidy(Found(1, ["X:9", "K:D", "d|"], {"M": "C"})) == "X:1\nM:C\nK:D\nd|\n"
