"""Two models on one input: answers over the same names, and where they are furthest apart."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import remy
from remy.errors import UsageError
from remy.inspect import trace
from remy.lab.library import Library
from remy.lab.own.comparing import compare
from remy.lab.schemas.choices import NumbersInput, TextInput
from remy.lab.schemas.own import CompareAsked
from remy.lab.wording import number
from tests.lab.own.runs import series
from tests.tasks.classification import toy as recordings

TEXT = "the king, my lord.\n"
GIVEN = TextInput(kind="text", text=TEXT)


def test_the_distance_is_the_total_variation_of_both_models_own_probabilities(library: Library) -> None:
    found = compare(library, CompareAsked(models=("run:letters", "run:others"), input=GIVEN))
    both = [trace(library.load(f"run:{name}"), TEXT) for name in ("letters", "others")]
    assert [each.outputs for each in both] == [found.names, found.names]
    first, second = (
        each.probabilities[0].astype(np.float64) for each in both if each.probabilities is not None
    )
    apart = np.abs(first - second).sum(axis=1) / 2
    assert found.apart is not None
    assert found.answers is not None
    np.testing.assert_allclose(found.apart, apart, rtol=1e-6)
    np.testing.assert_allclose(found.answers, np.stack([first, second], axis=1), rtol=1e-6)
    assert found.distance == "total variation"
    most = int(apart.argmax())
    assert found.sentences[0].startswith(f"The answers are {number(apart[most])} apart")
    assert f"after step {most}" in found.sentences[0]
    same = int((first.argmax(axis=1) == second.argmax(axis=1)).sum())
    assert f"At {same} of {len(TEXT)} steps both have the same first choice." in found.sentences


def test_the_lower_loss_is_named(library: Library) -> None:
    found = compare(library, CompareAsked(models=("run:letters", "run:others"), input=GIVEN, target="next"))
    losses = [each.loss for each in found.traces]
    assert losses[0] is not None
    assert losses[1] is not None
    better = "letters" if losses[0] < losses[1] else "others"
    assert found.sentences[-1].endswith(f"lower by {number(abs(losses[0] - losses[1]))} of {better}.")
    turned = compare(library, CompareAsked(models=("run:others", "run:letters"), input=GIVEN, target="next"))
    assert turned.sentences[-1].endswith(f"of {better}.")


def test_states_are_compared_by_their_size_alone(library: Library) -> None:
    found = compare(library, CompareAsked(models=("run:letters", "run:others"), input=GIVEN))
    expected = [
        np.abs(trace(library.load(f"run:{name}"), TEXT).layers[-1].h[0].astype(np.float64)).mean(axis=1)
        for name in ("letters", "others")
    ]
    assert found.sizes is not None
    np.testing.assert_allclose(found.sizes, expected, rtol=1e-6)
    assert "letters has 8 units" in found.state_sentences[0]
    assert "others 6" in found.state_sentences[0]


def test_a_model_beside_itself_is_no_distance_away(library: Library) -> None:
    found = compare(library, CompareAsked(models=("run:letters", "run:letters"), input=GIVEN))
    assert found.apart is not None
    assert not found.apart.any()
    assert found.sentences[0] == "Both models give the very same answers (largest total variation 0)."


def test_answers_to_different_questions_are_not_compared(library: Library) -> None:
    text = TextInput(kind="text", text="the film was lovely")
    found = compare(library, CompareAsked(models=("run:phrases", "run:reviews"), input=text))
    assert found.apart is None
    assert found.distance is None
    assert "cannot be compared" in found.sentences[0]
    values = NumbersInput(kind="numbers", values=((0.1, 0.2), (0.3, 0.4)))
    found = compare(library, CompareAsked(models=("run:ways", "run:heights"), input=values))
    assert "one answer (softmax)" in found.sentences[0]
    assert "one answer (numbers)" in found.sentences[0]


@pytest.mark.parametrize(
    ("models", "sentence"),
    [
        (("run:letters", "run:tags"), "expected two models of one kind of input"),
        (("run:ways", "run:steps"), "expected two models that read as many numbers a step"),
    ],
)
def test_models_of_different_inputs_are_refused(
    library: Library, models: tuple[str, str], sentence: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(sentence)):
        compare(library, CompareAsked(models=models, input=GIVEN))


def _regressor(shift: float, scale: float) -> Any:
    values, _ = recordings.recordings()
    quick = {**recordings.QUICK, "epochs": 2, "options": recordings.SMALL}
    return remy.Regressor(**quick).fit(values, [scale * float(each[-1, 0]) + shift for each in values])


def test_regressors_of_other_targets_are_compared_in_the_unit_of_the_data(tmp_path: Path) -> None:
    models = [_regressor(0.0, 1.0), _regressor(5000.0, 100.0)]
    for name, model in zip("ab", models, strict=True):
        (tmp_path / name).mkdir()
        model.save(tmp_path / name / "model.safetensors")
    given = NumbersInput(kind="numbers", values=((0.1, 0.2), (0.3, 0.4)))
    library = Library(tmp_path, shipped=Path("nowhere"))
    found = compare(library, CompareAsked(models=("run:a", "run:b"), input=given, target="1.0"))
    predicted = [float(model.predict([np.array(given.values)])[0]) for model in models]
    assert found.apart is not None
    assert found.answers is not None
    np.testing.assert_allclose(found.answers[0, :, 0], predicted, rtol=1e-5)
    np.testing.assert_allclose(found.apart, [abs(predicted[1] - predicted[0])], rtol=1e-5)
    assert found.sentences[0].startswith(f"The answers are {number(found.apart[0])} apart")
    assert found.sentences[-1].endswith("each in the units of its own training: they cannot be compared.")
    again = compare(library, CompareAsked(models=("run:b", "run:b"), input=given, target="1.0"))
    assert "cannot be compared" not in again.sentences[-1]


@pytest.mark.parametrize("output", ["quantiles", "student_t"])
def test_forecasts_are_compared_in_the_unit_of_the_data(tmp_path: Path, output: str) -> None:
    days = series(30)
    larger = {**days, "y": 1000.0 + 50.0 * days["y"]}
    quick: dict[str, Any] = {"units": 4, "window": 8, "epochs": 1, "threads": 1, "horizon": 3}
    models = [remy.Forecaster(**quick, output=output).fit(each, target="y") for each in (days, larger)]
    for name, model in zip("ab", models, strict=True):
        (tmp_path / name).mkdir()
        model.save(tmp_path / name / "model.safetensors")
    library = Library(tmp_path, shipped=Path("nowhere"))
    given = library.card("run:a").begin
    assert isinstance(given, NumbersInput)
    asked = CompareAsked(models=("run:a", "run:b"), input=given, target="1.0, 2.0, 3.0")
    found = compare(library, asked)
    assert found.answers is not None
    assert found.names is not None
    for place, model in enumerate(models):
        mean, scale = model._need("trace").model.scaler.target_scale(given.series or "y")
        for column, name in enumerate(found.names):
            raw = found.traces[place].scores[:, column].astype(np.float64)
            expected = {"width": raw * scale, "freedom": raw}.get(name, raw * scale + mean)
            np.testing.assert_allclose(found.answers[:, place, column], expected, rtol=1e-6)
    assert found.sentences[-1].endswith("each in the units of its own training: they cannot be compared.")
