"""Scene 4: what a change in a sentence changes is what two traces computed here say."""

from __future__ import annotations

import numpy as np
import pytest

from remy.inspect import LayerTrace, Override, Trace, trace
from remy.lab.library import Library
from remy.tasks import Tagger
from web.tests.lab import Scene, as_shown, number

REACHES, UNITS, TAGS = "What the change reaches", "Unit by unit", "Marks"
CARRIES, MERGED = "Which direction carries more", "Both directions as one"
BEFORE = ["we", "walked", "to", "the", "bank", "by", "the", "river"]
#: The page's own second sentence, and one in which the last word alone is another.
LORD = [*BEFORE[:5], "my", "lord"]
AFTER = [*BEFORE[:-1], "road"]
ROAD = "#/bank?after=" + "+".join(AFTER)


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    library = Library()
    [id] = [card.id for card in library.cards().models if card.task == "tagger"]
    found: Tagger = library.load(id)
    return found


def called(tag: str) -> str:
    return "no mark" if tag == "none" else f"“{tag}”"


def layer_of(found: Trace, direction: str) -> LayerTrace:
    return found.layer("rnn_0", direction)


def difference(tagger: Tagger, direction: str, after: list[str]) -> np.ndarray:
    one, other = trace(tagger, BEFORE), trace(tagger, after)
    return layer_of(other, direction).h[0].astype(np.float64) - layer_of(one, direction).h[0]


def column(scene: Scene, title: str, name: str) -> list[float]:
    columns, rows = scene.table(title)
    return [number(row[columns.index(name)]) for row in rows]


def test_how_far_the_states_moved_is_the_difference_of_two_traces(scene: Scene, tagger: Tagger) -> None:
    scene.open(ROAD)
    for direction in ("forward", "backward"):
        norms = np.linalg.norm(difference(tagger, direction, AFTER), axis=1)
        assert column(scene, REACHES, direction) == pytest.approx(
            [as_shown(value) for value in norms], rel=1e-3
        )
    assert column(scene, REACHES, "forward")[:7] == [0] * 7
    said = scene.sentences(REACHES)
    assert "Forward: the states of the 7 words before the change did not change at all" in said
    norms = np.linalg.norm(difference(tagger, "backward", AFTER), axis=1)
    assert (norms[:7].argmax() == 6) == ("“the” of step 6" in said and "right beside it" in said)
    assert f"({norms[:7].max():.3g})" in said


def test_every_unit_and_every_probability_is_that_of_a_trace(scene: Scene, tagger: Tagger) -> None:
    scene.open(ROAD)
    for direction in ("forward", "backward"):
        expected = difference(tagger, direction, AFTER)
        for unit in (0, 31):
            shown = column(scene, UNITS, f"{direction} {unit}")
            assert shown == pytest.approx([as_shown(value) for value in expected[:, unit]], rel=1e-3)
    for which, words in (("first", BEFORE), ("second", AFTER)):
        shares = trace(tagger, words).probabilities
        assert shares is not None
        for tag, name in enumerate(tagger.labels):
            assert column(scene, TAGS, f"{which} {called(name)}") == [
                as_shown(value) for value in shares[0, :, tag].tolist()
            ]


def test_a_word_is_changed_where_it_stands(scene: Scene, tagger: Tagger) -> None:
    scene.open(ROAD)
    scene.page.get_by_label("word 1 of the second sentence").fill("ran")
    scene.settle()
    after = ["we", "ran", *AFTER[2:]]
    norms = np.linalg.norm(difference(tagger, "forward", after), axis=1)
    assert column(scene, REACHES, "forward") == pytest.approx([as_shown(v) for v in norms], rel=1e-3)
    assert "after=we+ran+to" in scene.address()


def test_words_are_put_in_and_taken_out_by_the_keyboard(scene: Scene) -> None:
    scene.open(ROAD)
    scene.page.get_by_role("button", name="Make the second like the first").click()
    scene.settle()
    assert set(column(scene, REACHES, "backward")) == {0}
    field = scene.page.get_by_label("word 3 of the second sentence")
    field.press("End")
    field.press(" ")
    scene.page.keyboard.type("old")
    scene.settle()
    assert [row[1] for row in scene.table(REACHES)[1]] == [*BEFORE[:4], "+old", *BEFORE[4:]]
    assert scene.page.get_by_label("word 4 of the second sentence").input_value() == "old"
    for _ in range(4):
        scene.page.keyboard.press("Backspace")
    scene.settle()
    assert [row[1] for row in scene.table(REACHES)[1]] == BEFORE
    scene.page.keyboard.type(" very old")
    scene.settle()
    assert [row[1] for row in scene.table(REACHES)[1]][4:6] == ["+very", "+old"]
    columns, rows = scene.table(REACHES)
    assert rows[4][columns.index("forward")] == "–"


def test_a_word_that_the_model_does_not_know_is_called_so(scene: Scene, tagger: Tagger) -> None:
    scene.open("#/bank?before=we+saw+the+zyzzyva&after=we+saw+the+king")
    known = tagger.knows(["we", "saw", "the", "zyzzyva", "king"])
    assert scene.page.get_by_text("unknown", exact=True).count() == 2 * known[:3].count(False) + known[
        3:
    ].count(False)
    assert not known[3]


@pytest.mark.parametrize("mode", ["concat", "sum", "ave", "mul"])
def test_the_states_of_both_are_merged_as_chosen(scene: Scene, tagger: Tagger, mode: str) -> None:
    scene.open(ROAD)
    scene.page.get_by_label("Merge mode", exact=True).select_option(mode)
    found = trace(tagger, AFTER)
    first, second = (layer_of(found, direction).h[0] for direction in ("forward", "backward"))
    expected = {
        "concat": lambda: np.concatenate([first, second], axis=1),
        "sum": lambda: first + second,
        "ave": lambda: (first + second) / 2,
        "mul": lambda: first * second,
    }[mode]()
    columns, rows = scene.table(MERGED)
    assert len(columns) == 1 + expected.shape[1]
    shown = [[number(value) for value in row[1:]] for row in rows]
    np.testing.assert_allclose(shown, [[as_shown(v) for v in row] for row in expected.tolist()], rtol=2e-3)
    said = scene.sentences(MERGED)
    assert ("it is how this model merges" in said) == (mode == "concat")
    assert ("this model itself was trained with concat" in said) == (mode != "concat")


def test_which_direction_carries_more_is_what_the_answer_loses_without_it(
    scene: Scene, tagger: Tagger
) -> None:
    scene.open(ROAD)
    whole = trace(tagger, AFTER).probabilities
    assert whole is not None
    for direction in ("forward", "backward"):
        held = Override("hidden", 0, layer="rnn_0", direction=direction)
        without = trace(tagger, AFTER, override=held).probabilities
        assert without is not None
        moved = np.abs(without[0].astype(np.float64) - whole[0]).sum(axis=1) / 2
        shown = column(scene, CARRIES, f"moved without {direction}")
        assert shown == pytest.approx([as_shown(value) for value in moved], rel=1e-3)


def test_sentences_and_cursor_come_back_from_the_address(scene: Scene) -> None:
    scene.open("#/bank?before=good+my+lord&after=good+lord&merge=mul&step=1")
    assert scene.page.get_by_label("word 1 of the first sentence").input_value() == "my"
    assert [row[1] for row in scene.table(REACHES)[1]] == ["good", "−my", "lord"]
    assert scene.page.get_by_label("Merge mode", exact=True).input_value() == "mul"
    assert "stands in one sentence only" in scene.sentences(UNITS)
    address = scene.address()
    assert "before=good+my+lord" in address
    assert "step=1" in address


def test_the_first_view_shows_a_later_change_that_gives_an_earlier_word_another_mark(
    scene: Scene, tagger: Tagger
) -> None:
    scene.open("#/bank")
    was, now = (tagger.predict([words])[0] for words in (BEFORE, LORD))
    assert was[4] != now[4]
    assert f"“bank” from {called(was[4])} to {called(now[4])}" in scene.sentences(TAGS)
    assert scene.page.get_by_text("the model guesses which mark follows it, if any").is_visible()


def test_a_very_long_word_stays_in_its_column(scene: Scene) -> None:
    scene.open(f"#/bank?before=we+saw+{'w' * 90}&after=we+saw+{'w' * 90}")
    region = scene.page.get_by_role("region", name="How far the states moved, word by word")
    row = region.locator("tbody tr").nth(2)
    button, cell = row.locator("button").bounding_box(), row.locator("td").first.bounding_box()
    assert button is not None
    assert cell is not None
    assert button["x"] + button["width"] <= cell["x"]
    assert row.locator("button").evaluate("it => it.scrollWidth <= it.clientWidth + 1")
