"""The torch-free forecaster answers as the torch network does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats

from remy import runtime
from remy.data.series_scaler import Columns, SeriesScaler
from remy.data.tracks import Track, from_columns
from remy.data.windows import Windows
from remy.decoding.forecast import between_levels, sample_quantiles, student_t_quantile
from remy.errors import DataError, ModelFileError, UsageError
from remy.io.model_file import ModelFile
from remy.models import ForecasterNetwork
from remy.tasks.forecasting.losses import student_t_nats

LEVELS = [0.1, 0.3, 0.5, 0.7, 0.9]


def tracks() -> list[Track]:
    """Two series of two targets on far apart levels, one column known ahead and one of the past."""
    random = np.random.default_rng(0)
    table: dict[str, Any] = {
        "t": np.tile(np.arange("2020-01-01", "2020-03-01", dtype="datetime64[D]"), 2),
        "s": np.repeat(["a", "b"], 60),
        "x": np.repeat([5.0, 900.0], 60) + random.normal(size=120) * np.repeat([1.0, 50.0], 60),
        "y": random.normal(size=120),
        "k": random.normal(size=120),
        "p": random.normal(size=120),
    }
    return from_columns(table, time="t", target=["x", "y"], series="s", known=["k"], past=["p"])


def model_file(**changes: Any) -> tuple[ModelFile, ForecasterNetwork]:
    """A model of random weights, and the network they come from."""
    columns = Columns("t", "s", ("x", "y"), ("k",), ("p",))
    scaler = SeriesScaler.fit(tracks(), columns, step=tracks()[0].step, calendar=["week"], season=7)
    settings: dict[str, Any] = {
        "kind": "forecaster", "targets": 2, "known": scaler.known_features, "past": 1, "window": 9,
        "horizon": 4, "decoding": "direct", "output": "quantiles", "outputs": 5, "from_last": True,
        "cell": "gru", "units": 7, "layers": 2, "reset_after": True, "activation": "tanh",
    } | changes  # fmt: skip
    torch.manual_seed(0)
    network = ForecasterNetwork(settings).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(0.0, 0.4)
    levels = LEVELS if settings["output"] == "quantiles" else []
    record = {**scaler.to_json(), "quantiles": levels}
    return ModelFile("forecaster", settings, network.to_tensors(), tokenizer=record), network


def ready(**changes: Any) -> runtime.Forecaster:
    """The same, ready to run."""
    return runtime.Forecaster(model_file(**changes)[0])


FUTURE = np.array([[0.5], [-1.0], [2.0], [0.0]])


@pytest.mark.parametrize("cell", ["gru", "lstm", "simple_rnn"])
@pytest.mark.parametrize("decoding", ["direct", "autoregressive"])
@pytest.mark.parametrize(("output", "outputs"), [("quantiles", 5), ("student_t", 3)])
def test_the_runtime_gives_what_torch_gives(cell: str, decoding: str, output: str, outputs: int) -> None:
    file, network = model_file(cell=cell, decoding=decoding, output=output, outputs=outputs)
    model = runtime.Forecaster(file)
    windows = Windows(tracks(), model.scaler, window=9, horizon=4)
    presents = np.array([[0, 20], [1, 31], [1, 56]])
    inputs, true = windows.inputs(presents, 4), windows.targets(presents, 4)
    with torch.no_grad():
        arrays = (torch.from_numpy(each) for each in (inputs.past, inputs.ahead, inputs.last, true))
        expected = network(*arrays).double().numpy()
    np.testing.assert_allclose(model._network.parameters(inputs, true), expected, rtol=1e-4, atol=1e-5)


def test_forecasts_are_in_the_units_of_their_own_series() -> None:
    file, network = model_file()
    model = runtime.Forecaster(file)
    both = tracks()
    presents = np.array([[1, 40], [0, 40]])
    point, quantiles = model.at(both, presents, 4, quantiles=LEVELS)
    inputs = Windows(both, model.scaler, window=9, horizon=4).inputs(presents, 4)
    with torch.no_grad():
        arrays = (torch.from_numpy(each) for each in (inputs.past, inputs.ahead, inputs.last))
        scaled = network(*arrays, None).double().numpy()
    for row, track in enumerate((both[1], both[0])):
        mean, scale = track.target.mean(axis=0), track.target.std(axis=0)
        expected = scaled[row] * scale[:, None] + mean[:, None]
        np.testing.assert_allclose(quantiles[row], expected, rtol=1e-4, atol=1e-3)
        np.testing.assert_allclose(point[row], expected[..., 2], rtol=1e-4, atol=1e-3)


def test_a_forecast_after_the_end_is_the_one_from_a_present_within() -> None:
    model, track = ready(), tracks()[0]
    found = model.forecast(track.until(40), quantiles=LEVELS, future=track.known[40:44])
    _, expected = model.at([track], np.array([[0, 40]]), 4, quantiles=LEVELS)
    np.testing.assert_allclose(found.quantiles, expected[0], rtol=1e-6)
    np.testing.assert_array_equal(found.times, track.times[40:44])
    shifted = model.forecast(track.until(40), quantiles=LEVELS, future=track.known[41:45])
    assert not np.allclose(shifted.quantiles, expected[0])


@pytest.mark.parametrize(("output", "outputs"), [("quantiles", 5), ("student_t", 3)])
def test_sampled_paths_have_the_distribution_of_the_first_step(output: str, outputs: int) -> None:
    model = ready(decoding="autoregressive", output=output, outputs=outputs)
    track = tracks()[0]
    exact = model.forecast(track, 1, quantiles=LEVELS, future=FUTURE[:1])
    sampled = model.forecast(track, 4, quantiles=LEVELS, future=FUTURE)
    width = exact.quantiles[..., -1] - exact.quantiles[..., 0]
    assert (np.abs(sampled.quantiles[:1] - exact.quantiles) < 0.1 * width[..., None]).all()
    assert (np.diff(sampled.quantiles, axis=2) >= 0.0).all()
    longer = model.forecast(track, 6, quantiles=LEVELS, future=np.zeros((6, 1)))
    assert len(longer.times) == 6


@pytest.mark.parametrize("decoding", ["direct", "autoregressive"])
def test_a_forecast_does_not_depend_on_those_made_beside_it(decoding: str) -> None:
    model, both = ready(decoding=decoding), tracks()
    presents = np.array([[number, end] for end in range(20, 56) for number in (0, 1)])
    together = model.at(both, presents, 4, quantiles=LEVELS)[1]
    alone = model.at(both, presents[7:8], 4, quantiles=LEVELS)[1]
    np.testing.assert_allclose(together[7], alone[0], rtol=1e-5, atol=1e-5)


def test_a_golden_example_replays_and_a_changed_weight_shows() -> None:
    file, _ = model_file()
    example = runtime.Forecaster(file).golden(tracks()[1])
    assert runtime.Forecaster(replace(file, golden=example)).verify() < 1e-6
    bent = {**file.tensors, "dense/bias": file.tensors["dense/bias"] + np.float32(0.5)}
    with pytest.raises(ModelFileError, match="ahead of its golden example the model forecasts"):
        runtime.Forecaster(replace(file, golden=example, tensors=bent)).verify()
    for broken in (None, {}, {**example, "target": "x"}):
        with pytest.raises(ModelFileError, match="golden example"):
            runtime.Forecaster(replace(file, golden=broken)).verify()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda m, t: m.forecast(t, 0, future=FUTURE), UsageError, "expected at least 1 step, got 0"),
        (lambda m, t: m.forecast(t, 5, future=FUTURE), UsageError, "forecasts up to 4 steps, got 5"),
        (lambda m, t: m.forecast(t), DataError, "reads k ahead of time; give them for the 4 steps from"),
        (
            lambda m, t: m.forecast(t, future=FUTURE[:3]),
            DataError,
            r"shape \(H, C\) = \(4, 1\), got \(3, 1\)",
        ),
        (lambda m, t: m.forecast(t.until(8), future=FUTURE), DataError, "reads 9 steps of the past, got 8"),
        (lambda m, t: m.forecast(replace(t, name="c"), future=FUTURE), DataError, "it knows a, b"),
        (
            lambda m, t: m.forecast(t, future=FUTURE, quantiles=[0.05]),
            UsageError,
            "levels from 0.1 to 0.9, got 0.05",
        ),
        (
            lambda m, t: m.forecast(t, future=FUTURE, quantiles=[0.5, 0.2]),
            UsageError,
            "expected rising levels, got 0.5",
        ),
        (
            lambda m, t: m.forecast(t, future=FUTURE, quantiles=[1.0]),
            UsageError,
            "levels between 0 and 1, got 1",
        ),
    ],
)
def test_what_cannot_be_answered_is_refused_in_one_sentence(
    call: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        call(ready(), tracks()[0])


@pytest.mark.parametrize("record", [None, {}, {"kind": "series"}])
def test_a_model_without_its_scales_is_not_one(record: Any) -> None:
    file, _ = model_file()
    with pytest.raises(ModelFileError, match="record of the series' columns and scales"):
        runtime.Forecaster(replace(file, tokenizer=record))


def test_levels_that_are_not_as_many_as_the_outputs_are_refused() -> None:
    file, _ = model_file()
    record = {**(file.tokenizer or {}), "quantiles": [0.1, 0.5]}
    with pytest.raises(ModelFileError, match=r"expected 5 rising levels with 0\.5"):
        runtime.Forecaster(replace(file, tokenizer=record))


def test_quantiles_of_a_student_t_are_those_of_scipy() -> None:
    freedom = np.array([2.001, 2.5, 4.0, 9.0, 40.0, 900.0, 1e7])
    for level in (0.005, 0.1, 0.4, 0.5, 0.75, 0.975):
        np.testing.assert_allclose(
            student_t_quantile(level, freedom), stats.t.ppf(level, freedom), rtol=3e-4, atol=1e-12
        )


def test_the_likelihood_of_a_student_t_is_that_of_scipy() -> None:
    found = student_t_nats(torch.tensor([[[[1.0, 2.0, 3.5]]]]), torch.tensor([[[2.5]]]))
    assert float(found) == pytest.approx(-stats.t.logpdf(2.5, 3.5, 1.0, 2.0), rel=1e-5)


def test_levels_between_the_learned_ones_lie_on_the_line_and_samples_have_them() -> None:
    quantiles = np.array([-1.0, 0.0, 4.0])
    np.testing.assert_allclose(between_levels(quantiles, [0.1, 0.5, 0.9], [0.1, 0.7, 0.9]), [-1.0, 2.0, 4.0])
    uniform = (np.arange(10_000) + 0.5) / 10_000
    drawn = sample_quantiles(np.tile(quantiles, (10_000, 1)), [0.1, 0.5, 0.9], uniform)
    np.testing.assert_allclose(np.quantile(drawn, [0.1, 0.3, 0.5, 0.9]), [-1.0, -0.5, 0.0, 4.0], atol=2e-3)


def test_sampled_paths_go_on_from_what_was_drawn() -> None:
    file, _ = model_file(decoding="autoregressive")
    tensors = {name: np.zeros_like(tensor) for name, tensor in file.tensors.items()}
    model = runtime.Forecaster(replace(file, tensors=tensors))  # a random walk: the same width at each step
    found = model.forecast(tracks()[0], 4, quantiles=[0.1, 0.9], future=FUTURE).quantiles
    widths = np.diff(found, axis=2)[:, 0, 0]
    np.testing.assert_allclose(widths[1:] / widths[0], np.sqrt([2.0, 3.0, 4.0]), rtol=0.15)
