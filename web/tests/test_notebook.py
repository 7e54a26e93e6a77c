"""Scene 1: what the notebook shows is what a trace computed here says."""

from __future__ import annotations

import numpy as np
import pytest

from remy.inspect import Override, trace
from web.tests.lab import Scene, as_shown, number

PAGE, NEXT = "The page after every letter", "The next letter"


def letters(name: str) -> object:
    """Return the model that ships under a name."""
    from remy.lab.library import Library

    return Library().load(name)


@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru"])
def test_states_and_probabilities_are_those_of_a_trace(scene: Scene, cell: str) -> None:
    scene.open(f"#/notebook?text=ROMEO&cell={cell}&units=32")
    found = trace(letters(f"letters-{cell}-32"), "ROMEO")
    _, rows = scene.table(PAGE)
    states = [[number(value) for value in row[2:]] for row in rows]
    layer = found.layers[0]
    parts = [layer.h[0]] if layer.c is None else [layer.h[0], layer.c[0]]
    assert states == [[as_shown(value) for value in step] for step in np.hstack(parts).tolist()]
    _, rows = scene.table(NEXT)
    shares = [[number(value) for value in row[2:]] for row in rows]
    assert found.probabilities is not None
    assert shares == [[as_shown(value) for value in step] for step in found.probabilities[0].tolist()]


def test_after_hell_comes_o_and_the_two_ls_expect_different_letters(scene: Scene) -> None:
    scene.open("#/notebook?text=HELL&step=3")
    assert "“O”" in scene.sentences(NEXT)
    assert "differ" in scene.sentences("Pinned pages")
    assert "the same letter, “L”" in scene.sentences("Pinned pages")


def test_a_torn_page_leaves_the_letters_before_it_as_they_were(scene: Scene) -> None:
    scene.open("#/notebook?text=HELL&step=1")
    _, before = scene.table(PAGE)
    scene.page.get_by_role("button", name="Tear out page 1").click()
    scene.settle()
    _, torn = scene.table(PAGE)
    assert torn[0] == before[0]
    assert set(torn[1][2:]) == {"0"}
    assert torn[2] != before[2]
    held = [Override("hidden", 0, steps=[1]), Override("cell", 0, steps=[1])]
    found = trace(letters("letters-lstm-64"), "HELL", override=held)
    assert [number(value) for value in torn[3][2:66]] == [
        as_shown(value) for value in found.layers[0].h[0, 3].tolist()
    ]
    scene.page.get_by_role("button", name="Put page 1 back").click()
    scene.settle()
    assert scene.table(PAGE)[1] == before


def test_a_form_that_does_not_ship_is_called_untrained(scene: Scene) -> None:
    scene.open("#/notebook?units=8")
    assert "has learned nothing" in scene.page.locator("main").inner_text()
    assert "none of them trained" in scene.page.locator("main").inner_text()


def test_a_character_that_the_model_does_not_know_is_named(scene: Scene) -> None:
    scene.open("#/notebook")
    scene.page.get_by_label("Text", exact=True).fill("HELL☃")
    scene.settle()
    assert "☃" in scene.page.get_by_role("alert").inner_text()
