"""A trained language model can be traced."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import remy
from remy.errors import DataError, ShapeError, UsageError
from remy.inspect import trace
from remy.tasks import LanguageModel
from tests.tasks.language.test_estimator import small
from tests.tasks.traced import checked_trace, loss_of, refuses
from tests.training import tiny

TEXT, FOLLOWED = "the heart", "he heart "


@pytest.fixture(scope="module")
def fitted() -> LanguageModel:
    return small(layers=2, epochs=2).fit(tiny.text(3000))


def test_a_trace_agrees_with_the_runtime_the_reference_and_finite_differences(fitted: LanguageModel) -> None:
    found = checked_trace(fitted, TEXT, FOLLOWED)
    assert [layer.name for layer in found.layers] == ["rnn_0", "rnn_1"]
    assert found.scores.shape == (1, len(TEXT), len(found.outputs or ()))
    assert found.items_of(found.layers[1]) == tuple(TEXT)


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("cell", ["gru", "simple_rnn"])
def test_other_cells_and_outputs_are_traced_too(cell: str, tied: bool) -> None:
    options = {"train.threads": 1, "model.tied": tied}
    model = small(cell=cell, epochs=1, embedding=16, options=options).fit(tiny.text(2000))
    checked_trace(model, TEXT, FOLLOWED)


def test_probabilities_after_each_character_are_those_of_predict(fitted: LanguageModel) -> None:
    found = trace(fitted, TEXT)
    assert found.probabilities is not None
    assert found.outputs is not None
    for step in range(len(TEXT)):
        expected = dict(fitted.predict(TEXT[: step + 1], top=len(found.outputs)))
        traced = dict(zip(found.outputs, found.probabilities[0, step], strict=True))
        assert traced == pytest.approx(expected, abs=1e-5)


def test_the_loss_is_what_the_characters_that_followed_cost(fitted: LanguageModel) -> None:
    whole = TEXT + FOLLOWED[-1]
    chances = [dict(fitted.predict(whole[:k], top=99))[whole[k]] for k in range(1, len(whole))]
    nats = -np.log(chances)
    assert loss_of(fitted, TEXT, FOLLOWED) == pytest.approx(nats.mean(), rel=1e-4)
    assert trace(fitted, TEXT, FOLLOWED, at=2).loss == pytest.approx(nats[2], rel=1e-4)
    others = [-np.log(dict(fitted.predict(TEXT[: k + 1], top=99))["e"]) for k in range(len(TEXT))]
    assert loss_of(fitted, TEXT, "e" * len(TEXT)) == pytest.approx(np.mean(others), rel=1e-4)


def test_what_cannot_be_traced_is_refused_in_a_sentence(fitted: LanguageModel) -> None:
    refuses(fitted, "the", "he", ShapeError, "a target of 3 characters, one for each that is read, got 2")
    refuses(fitted, "", None, DataError, "at least one character")
    refuses(fitted, "the", "", DataError, "target as a text with at least one character")
    refuses(fitted, 3, None, DataError, "expected x as a text, got int")
    refuses(fitted, "the", ["h", "e", " "], DataError, "expected target as a text, got list")
    refuses(fitted, "thé", None, DataError, "outside the model's vocabulary .*'é' .*position 2")
    refuses(fitted, "the", "hé ", DataError, "target: .*outside the model's vocabulary")
    refuses(LanguageModel(), "the", None, UsageError, "call fit first")


def test_a_loaded_model_traces_as_the_fitted_one_and_needs_torch_only_then(
    fitted: LanguageModel, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    fitted.save(path)
    assert np.array_equal(trace(remy.load(path), TEXT).scores, trace(fitted, TEXT).scores)
    code = (
        f"import remy, sys; model = remy.load({str(path)!r}); model.predict('the'); "
        "assert 'torch' not in sys.modules; model.subject('the'); assert 'torch' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_network_made_in_inference_mode_has_a_way_back_later() -> None:
    model = small(epochs=1).fit(tiny.text(1000))
    with torch.inference_mode():
        model.subject(TEXT)
    gradients = trace(model, TEXT, FOLLOWED).layers[0].gradients
    assert gradients is not None
    assert np.abs(gradients.h).max() > 0


def test_a_second_trace_is_not_disturbed_by_the_first(fitted: LanguageModel) -> None:
    first = trace(fitted, TEXT, FOLLOWED)
    trace(fitted, "hear the", "ear the ", override={"forget": 0})
    second = trace(fitted, TEXT, FOLLOWED)
    assert second.loss == first.loss
    assert np.array_equal(second.layers[0].h, first.layers[0].h)
