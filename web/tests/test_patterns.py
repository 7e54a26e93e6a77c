"""Scene 6: what the four patterns show is what the runtime and a trace computed here say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator

from remy.inspect import trace
from remy.lab.patterns.drawings import drawn
from remy.lab.patterns.kinds import KINDS
from remy.lab.patterns.marks import words_and_marks
from remy.lab.patterns.samples import as_pixels
from web.tests.lab import Lab, Scene, as_shown, number
from web.tests.looks import assert_accessible, assert_whole

UNROLLED, ANSWER, MARKS = "The network unrolled", "The answer", "The mark after every word"
WRITES, LOOKS, KEPT = "What it writes", "Where it looks while it writes", "What the search kept"
LINE = "To be, or not to be, that is the question."
TABS = {
    "syllables": "#/patterns",
    "vowels": "#/patterns?model=vowels",
    "icons": "#/patterns?pattern=one-to-many",
    "tags": f"#/patterns?pattern=many-to-many&text={LINE.replace(' ', '+')}",
    "sounds": "#/patterns?pattern=encoder-decoder&text=thought",
}
#: Four digits are shown.
HALF_A_DIGIT = 5.01e-4
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def model(name: str) -> Any:
    """Return the model that ships under a name."""
    from remy.lab.library import Library

    return Library().load(name)


def numbers(rows: list[list[str]], first: int) -> list[list[float]]:
    """Return the numbers of a table, from a column on."""
    return [[number(value) for value in row[first:]] for row in rows]


def rounded(values: Any) -> list[list[float]]:
    return [[as_shown(value) for value in row] for row in np.asarray(values).tolist()]


def tab(scene: Scene, name: str) -> Locator:
    return scene.page.get_by_role("tab", name=name, exact=True)


def test_syllables_are_those_of_the_runtime_at_every_letter(scene: Scene) -> None:
    scene.open("#/patterns?text=extraordinary")
    columns, rows = scene.table(ANSWER)
    assert columns[2:] == list(model("syllables").labels)
    assert [row[1] for row in rows] == list("extraordinary")
    assert numbers(rows, 2) == rounded(model("syllables").predict_prefixes("extraordinary"))
    [best] = model("syllables").predict(["extraordinary"])
    assert f"the likeliest is “{best}”" in scene.sentences(ANSWER)


def test_without_the_recordings_the_model_files_own_is_heard_and_can_be_cut(scene: Scene) -> None:
    scene.open(TABS["vowels"])
    speaks = model("vowels")
    heard = np.array(speaks._need("test").model_file.golden["input"])
    assert "not in this user's cache" in scene.page.locator("main").inner_text()
    assert numbers(scene.table(ANSWER)[1], 2) == rounded(speaks.predict_prefixes(heard))
    scene.page.get_by_role("slider", name="Read only the first").press("ArrowLeft")
    scene.settle()
    assert numbers(scene.table(ANSWER)[1], 2) == rounded(speaks.predict_prefixes(heard[:-1]))


def test_tags_and_their_loss_are_those_of_the_runtime(scene: Scene) -> None:
    scene.open(TABS["tags"])
    words, marks = words_and_marks(LINE)
    trained = model("tags")._need("test")
    columns, rows = scene.table(MARKS)
    assert columns[2:] == list(trained.labels)
    assert numbers(rows, 2) == rounded(trained.probabilities([list(words)])[0])
    columns, rows = scene.table(UNROLLED)
    own = [row for row in rows if row[0] == " ".join(words)]
    right, loss = columns.index("right"), columns.index("loss")
    assert tuple(row[right] for row in own) == marks
    mean = np.mean([number(row[loss]) for row in own])
    assert mean == pytest.approx(trained.mean_loss([words], [marks]), rel=HALF_A_DIGIT)


def test_states_in_the_diagram_are_those_of_a_trace(scene: Scene) -> None:
    scene.open(TABS["tags"])
    words, _ = words_and_marks(LINE)
    columns, rows = scene.table(UNROLLED)
    own = [row for row in rows if row[0] == " ".join(words)]
    beside = [row for row in rows if row[0] != " ".join(words)]
    for layer in trace(model("tags"), list(words)).layers:
        if layer.name == "rnn_0":
            name = layer.name if layer.direction == "forward" else f"{layer.name} backward"
            found = [number(row[columns.index(name)]) for row in own]
            sizes = np.sqrt((layer.h[0].astype(np.float64) ** 2).mean(axis=1))
            assert found == pytest.approx(sizes, rel=HALF_A_DIGIT)
    # Rows of one length, the shorter one filled up; what fills it has no loss.
    assert len(own) == len(beside)
    padding = [row for row in beside if row[3] == "padding"]
    assert 0 < len(padding) < len(beside)
    assert {row[-1] for row in padding} == {"–"}


def test_sounds_attention_and_candidates_are_those_of_the_runtime(scene: Scene) -> None:
    scene.open(TABS["sounds"])
    [found] = model("sounds").translate(["thought"], beam=4, n_best=4)
    _, rows = scene.table(KEPT)
    assert [row[1] for row in rows] == [one.text for one in found]
    assert numbers([row[:4] for row in rows], 2) == rounded(
        [[one.score, one.log_probability] for one in found]
    )
    columns, rows = scene.table(LOOKS)
    assert columns[2:] == [*"thought", "(end)"]
    shares = numbers(rows, 2)
    # The end is written too; the sequence itself has the items before it.
    assert shares[:-1] == rounded(found[0].attention)
    assert [sum(row) for row in shares] == pytest.approx([1] * len(rows), abs=HALF_A_DIGIT)
    columns, rows = scene.table(WRITES)
    chosen = [number(row[columns.index(row[1])]) for row in rows]
    assert np.log(chosen).sum() == pytest.approx(found[0].log_probability, abs=len(rows) * HALF_A_DIGIT)


def test_captions_are_those_of_the_runtime(scene: Scene) -> None:
    scene.open(TABS["icons"])
    picture = as_pixels(drawn("circle", model("icons")._need("test").size), 1)
    [found] = model("icons").describe(picture[None], beam=4, n_best=4)
    _, rows = scene.table(KEPT)
    assert [row[1] for row in rows] == [one.text for one in found]
    assert numbers(scene.table(LOOKS)[1], 2)[: len(found[0].pieces)] == rounded(found[0].attention)


def test_another_right_answer_changes_the_loss_and_no_answer(scene: Scene) -> None:
    scene.open(TABS["syllables"])
    answers, before = scene.table(ANSWER), scene.sentences(UNROLLED)
    assert "what is known to be right" in before
    scene.page.get_by_label("Right number").fill("5")
    scene.settle()
    assert scene.table(ANSWER) == answers
    assert "what was given as right" in scene.sentences(UNROLLED)
    columns, rows = scene.table(UNROLLED)
    last = [row for row in rows if row[0] == "banana"][-1]
    [shares] = model("syllables").predict_proba(["banana"])
    five = shares[model("syllables").labels.index("5")]
    assert number(last[columns.index("loss")]) == pytest.approx(-np.log(five), rel=HALF_A_DIGIT)


def test_what_is_right_and_unknown_to_the_model_is_named(scene: Scene) -> None:
    scene.open("#/patterns")
    scene.page.get_by_label("Right number").fill("many")
    scene.settle()
    assert "expected one of 1, 2, 3" in scene.page.get_by_role("alert").inner_text()


def test_tabs_go_by_the_arrow_keys_and_bring_a_sample_of_their_own(scene: Scene) -> None:
    scene.open("#/patterns")
    tab(scene, "Many to one").press("ArrowLeft")
    scene.settle()
    assert tab(scene, "Encoder and decoder").get_attribute("aria-selected") == "true"
    assert scene.page.get_by_label("Word", exact=True).input_value() in KINDS["sounds"].samples
    tab(scene, "Encoder and decoder").press("Home")
    scene.settle()
    assert tab(scene, "Many to one").get_attribute("aria-selected") == "true"


def test_the_cursor_moves_the_column_of_the_diagram_and_the_bars(scene: Scene) -> None:
    scene.open(TABS["sounds"])
    bars = scene.figure(WRITES).locator("ol").last
    before = bars.inner_text()
    columns = scene.figure(UNROLLED).locator("rect.cursor")
    left = columns.first.get_attribute("x")
    scene.page.locator("h1").press("ArrowRight")
    scene.settle()
    assert bars.inner_text() != before
    assert columns.first.get_attribute("x") != left
    assert "step=1" in scene.address()


def test_settings_come_back_from_the_address(scene: Scene) -> None:
    scene.open(TABS["sounds"])
    scene.page.get_by_label("Word", exact=True).fill("phone")
    scene.page.get_by_label("Right sounds").fill("f ow n")
    scene.page.get_by_role("slider", name="Sequences alive").press("End")
    scene.settle()
    address, kept = scene.address(), scene.table(KEPT)
    assert len(kept[1]) == 8
    scene.open("#/notebook")
    scene.open(address)
    assert scene.page.get_by_label("Word", exact=True).input_value() == "phone"
    assert scene.page.get_by_label("Right sounds").input_value() == "f ow n"
    assert scene.table(KEPT) == kept


def drawing_of(address: str, size: int) -> np.ndarray[Any, Any]:
    """Return the ink that an address holds."""
    text = address.partition("drawing=")[2].partition("&")[0]
    bits = [_DIGITS.index(digit) >> bit & 1 for digit in text for bit in range(6)]
    return np.array((bits + [0] * size**2)[: size**2], np.uint8).reshape(size, size)


def test_the_board_is_drawn_on_by_keyboard_and_the_address_holds_it(scene: Scene) -> None:
    scene.open(TABS["icons"])
    size = model("icons")._need("test").size
    scene.page.get_by_role("button", name="Clear").click()
    board = scene.page.get_by_role("application", name="Drawing")
    for key in ("Space", "ArrowRight", "Space", "ArrowDown", "ArrowDown", "Space", "Space"):
        board.press(key)
    scene.settle()
    ink = drawing_of(scene.address(), size)
    middle = size // 2
    assert np.argwhere(ink).tolist() == [[middle, middle], [middle, middle + 1]]
    assert "step=" not in scene.address()
    [found] = model("icons").describe(as_pixels(ink, 1)[None], beam=4, n_best=4)
    assert [row[1] for row in scene.table(KEPT)[1]] == [one.text for one in found]


def test_the_board_is_drawn_on_by_mouse_and_rubbed_out(scene: Scene) -> None:
    scene.open(TABS["icons"])
    size = model("icons")._need("test").size
    scene.page.get_by_role("button", name="Clear").click()
    box = scene.page.get_by_role("application", name="Drawing").bounding_box()
    assert box is not None

    def drag(row: int) -> None:
        y = box["y"] + (row + 0.5) * box["height"] / size
        scene.page.mouse.move(box["x"] + 4, y)
        scene.page.mouse.down()
        scene.page.mouse.move(box["x"] + box["width"] - 4, y)
        scene.page.mouse.up()
        scene.settle()

    drag(5)
    assert np.argwhere(drawing_of(scene.address(), size).any(axis=1)).ravel().tolist() == [5]
    assert drawing_of(scene.address(), size)[5].all()
    scene.page.get_by_role("button", name="Rub out").click()
    drag(5)
    assert not drawing_of(scene.address(), size).any()


@pytest.mark.parametrize("name", sorted(TABS))
def test_the_program_is_copied_and_the_page_says_so(scene: Scene, lab: Lab, name: str) -> None:
    scene.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=lab.address)
    scene.open(TABS[name])
    scene.page.get_by_role("button", name="Copy").click()
    scene.page.get_by_text("Copied.").wait_for()
    assert scene.page.evaluate("navigator.clipboard.readText()") == KINDS[name].program


def test_without_a_clipboard_the_program_is_selected_and_copied_by_the_old_way(scene: Scene) -> None:
    scene.open("#/patterns")
    scene.page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')) }"
    )
    scene.page.get_by_role("button", name="Copy").click()
    status = scene.page.get_by_role("status").filter(has_text=".")
    assert status.inner_text() in ("Copied.", "Selected: press Ctrl+C to copy.")
    assert scene.page.evaluate("getSelection().toString()").strip() == KINDS["syllables"].program.strip()


@pytest.mark.parametrize("name", sorted(TABS))
def test_scores_stand_beside_those_of_a_baseline(scene: Scene, name: str) -> None:
    scene.open(TABS[name])
    text = scene.page.locator("main section", has_text="Scores on what it never saw").inner_text()
    card = next(card for card in _cards() if card.id == name)
    assert {score.who for score in card.scores} > {"model"}
    for score in card.scores:
        assert number(f"{as_shown(score.value):.4g}") == as_shown(score.value)
        assert f"{as_shown(score.value):.4g}" in text


def _cards() -> Any:
    from remy.lab.library import Library

    return Library().cards().models


@pytest.mark.parametrize("name", sorted(TABS))
def test_every_pattern_is_accessible_and_whole(scene: Scene, name: str) -> None:
    scene.open(TABS[name])
    assert_accessible(scene.page)
    assert_whole(scene.page, f"patterns-{name}")
