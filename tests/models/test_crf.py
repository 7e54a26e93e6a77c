"""The conditional random field, its values and its gradients, held against every path written down."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from remy.decoding import allowed_transitions, log_partition, viterbi
from remy.errors import DataError, ShapeError, UsageError
from remy.models.crf import ConditionalRandomField
from tests.decoding.chains import SIZES, Chain, Path, chain

LABELS = ["O", "B-A", "I-A", "B-B", "I-B"]
RULES = allowed_transitions(LABELS, "bio")
BIOES = ["O", "B-A", "I-A", "E-A", "S-A"]


def field_of(
    small: Chain, *, allowed: Any = None, dtype: torch.dtype = torch.float64
) -> ConditionalRandomField:
    field = ConditionalRandomField(len(small.start), allowed=allowed).to(dtype)
    with torch.no_grad():
        for name in ("transitions", "start", "end"):
            field.get_parameter(name).copy_(torch.from_numpy(getattr(small, name)))
    return field


def tags_of(small: Chain, *, seed: int = 0, garbage: int = -100) -> tuple[torch.Tensor, list[Path]]:
    """Draw a path for every row; what lies beyond its length is no tag at all."""
    tags = np.random.default_rng(seed).integers(0, len(small.start), small.scores.shape[:2])
    paths = [tuple(tags[:length, row].tolist()) for row, length in enumerate(small.lengths)]
    return torch.from_numpy(np.where(small.padding(), garbage, tags).T.copy()), paths


def batch_of(small: Chain, dtype: torch.dtype = torch.float64) -> tuple[torch.Tensor, torch.Tensor]:
    scores = torch.from_numpy(small.scores).to(dtype).transpose(0, 1).contiguous().requires_grad_()
    return scores, torch.from_numpy(small.lengths)


def expected_counts(small: Chain, row: int) -> dict[str, np.ndarray[Any, Any]]:
    """Return how often each weight and score is used, over all paths by their probability."""
    counts = {name: np.zeros_like(getattr(small, name)) for name in ("transitions", "start", "end")}
    counts["scores"] = np.zeros((len(small.scores), len(small.start)))
    for path, probability in small.probabilities(row).items():
        add_counts(counts, path, probability)
    return counts


def add_counts(counts: dict[str, np.ndarray[Any, Any]], path: Path, weight: float) -> None:
    for step, tag in enumerate(path):
        counts["scores"][step, tag] += weight
        if step:
            counts["transitions"][path[step - 1], tag] += weight
    if path:
        counts["start"][path[0]] += weight
        counts["end"][path[-1]] += weight


@pytest.mark.parametrize(("steps", "labels", "lengths"), SIZES)
@pytest.mark.parametrize("garbage", [-100, 10**9])
def test_the_likelihood_is_the_share_of_the_path_among_all_paths(
    steps: int, labels: int, lengths: tuple[int, ...], garbage: int
) -> None:
    small = chain(steps, labels, lengths)
    tags, paths = tags_of(small, garbage=garbage)
    scores, counts = batch_of(small)
    found = field_of(small)(scores, tags, counts)
    expected = [np.log(small.probabilities(row)[path]) for row, path in enumerate(paths)]
    np.testing.assert_allclose(found.detach().numpy(), expected, rtol=0, atol=1e-11)


@pytest.mark.parametrize(("steps", "labels", "lengths"), SIZES)
def test_the_gradient_is_the_path_less_what_all_paths_use_on_average(
    steps: int, labels: int, lengths: tuple[int, ...]
) -> None:
    small = chain(steps, labels, lengths)
    tags, paths = tags_of(small)
    scores, counts = batch_of(small)
    field = field_of(small)
    shares = np.linspace(0.5, 2.0, len(lengths))  # each row weighs differently
    (field(scores, tags, counts) * torch.from_numpy(shares)).sum().backward()
    expected = {name: np.zeros_like(getattr(small, name)) for name in ("transitions", "start", "end")}
    for row, path in enumerate(paths):
        used = {name: -value for name, value in expected_counts(small, row).items()}
        add_counts(used, path, 1.0)
        assert scores.grad is not None
        np.testing.assert_allclose(scores.grad[row], shares[row] * used["scores"], rtol=0, atol=1e-11)
        for name in expected:
            expected[name] += shares[row] * used[name]
    for name, gradient in expected.items():
        found = field.get_parameter(name).grad
        assert found is not None, name
        np.testing.assert_allclose(found, gradient, rtol=0, atol=1e-11, err_msg=name)


def test_the_gradient_is_that_of_finite_differences() -> None:
    small = chain(4, 3, (4, 0, 1, 3))
    small = small.with_weights(scores=np.nan_to_num(small.scores))  # nothing can be added to NaN
    tags, _ = tags_of(small)
    scores, counts = batch_of(small)
    field = field_of(small)

    def likelihood(scores: torch.Tensor, *weights: torch.Tensor) -> torch.Tensor:
        named = dict(zip(("transitions", "start", "end"), weights, strict=True))
        found: torch.Tensor = torch.func.functional_call(field, named, (scores, tags, counts))
        return found

    weights = [
        getattr(field, name).detach().clone().requires_grad_() for name in ("transitions", "start", "end")
    ]
    assert torch.autograd.gradcheck(likelihood, (scores, *weights), atol=1e-7)


def test_padding_gets_a_gradient_of_exactly_zero_be_it_nan() -> None:
    small = chain(5, 3, (5, 0, 1, 2, 4))
    scores, counts = batch_of(small)
    tags, _ = tags_of(small)
    field_of(small)(scores, tags, counts).sum().backward()
    assert scores.grad is not None
    padding = torch.from_numpy(small.padding().T)
    assert bool(torch.isnan(scores[padding]).all())
    assert bool((scores.grad[padding] == 0).all())
    assert bool((scores.grad[~padding] != 0).all())


def test_what_is_not_allowed_is_never_counted_whatever_its_parameter_holds() -> None:
    start, transitions, end = RULES
    small = chain(4, 5, (4, 0, 1, 3))
    legal = small.with_weights(
        **{
            name: np.where(may, getattr(small, name), -np.inf)
            for name, may in (("start", start), ("transitions", transitions), ("end", end))
        }
    )
    eager = small.with_weights(
        **{
            name: np.where(may, getattr(small, name), 1e6)
            for name, may in (("start", start), ("transitions", transitions), ("end", end))
        }
    )
    field = field_of(eager, allowed=RULES)
    scores, counts = batch_of(small)
    tags = torch.tensor([[0, 1, 2, 3], [0, 0, 0, 0], [3, 0, 0, 0], [1, 2, 2, 0]])
    found = field(scores, tags, counts)
    for row, length in enumerate(small.lengths):
        path = tuple(tags[row, :length].tolist())
        paths = legal.paths(row)
        total = np.logaddexp.reduce(list(paths.values()))
        assert float(found[row].detach()) == pytest.approx(paths[path] - total, abs=1e-9)
    found.sum().backward()
    for name, may in (("start", start), ("transitions", transitions)):
        gradient = field.get_parameter(name).grad
        assert gradient is not None
        assert bool((gradient[torch.from_numpy(~may)] == 0).all())
        assert bool((gradient[torch.from_numpy(may)] != 0).any())


def test_a_path_that_is_not_allowed_is_very_unlikely_and_its_gradient_finite() -> None:
    field = ConditionalRandomField(5, allowed=RULES)
    scores = torch.zeros(1, 2, 5, requires_grad=True)
    found = field(scores, torch.tensor([[0, 2]]), torch.tensor([2]))
    assert float(found.detach()) == pytest.approx(-1e4, rel=1e-2)
    found.sum().backward()
    assert scores.grad is not None
    assert bool(torch.isfinite(scores.grad).all())


@pytest.mark.parametrize(("labels", "scheme"), [(LABELS, "bio"), (BIOES, "bioes")])
def test_its_weights_let_viterbi_choose_legal_paths_only(labels: list[str], scheme: Any) -> None:
    start, transitions, end = allowed = allowed_transitions(labels, scheme)
    field = ConditionalRandomField(5, allowed=allowed)
    with torch.no_grad():
        for parameter in field.parameters():
            parameter.fill_(300.0)  # as if training wanted everything
    scores = np.random.default_rng(0).uniform(-300, 300, (6, 50, 5)).astype(np.float32)
    scores[:, 25:, 2] = 600.0
    lengths = np.arange(50) % 7
    tags, _ = viterbi(scores, **field.weights(), lengths=lengths)
    for row, length in enumerate(lengths):
        path = tags[:length, row]
        if length:
            assert start[path[0]]
            assert end[path[-1]]
        assert all(transitions[step] for step in pairwise(path.tolist()))


def test_its_weights_mean_the_same_to_the_decoder() -> None:
    small = chain(5, 5, (5, 0, 3))
    field = field_of(small, allowed=RULES, dtype=torch.float32)
    scores, counts = batch_of(small, torch.float32)
    tags, best = viterbi(small.scores.astype(np.float32), **field.weights(), lengths=small.lengths)
    total = log_partition(small.scores.astype(np.float32), **field.weights(), lengths=small.lengths)
    found = field(scores, torch.from_numpy(tags.T.copy()), counts)
    np.testing.assert_allclose(found.detach().numpy(), best - total, rtol=0, atol=1e-5)


def test_its_weights_hold_the_forbidden_constant_and_are_copies() -> None:
    field = ConditionalRandomField(5, allowed=RULES).double()
    weights = field.weights()
    assert list(weights) == ["transitions", "start", "end"]
    for (name, array), may in zip(weights.items(), (RULES[1], RULES[0], RULES[2]), strict=True):
        assert array.dtype == np.float32
        assert (array[~may] == -1e4).all(), name
        np.testing.assert_allclose(array[may], field.get_parameter(name).detach().numpy()[may], rtol=1e-6)
    weights["start"][:] = 7.0
    assert float(field.start.detach().abs().max()) < 1.0


def test_fresh_parameters_are_small_and_differ() -> None:
    for parameter in ConditionalRandomField(6).parameters():
        assert 0 < float(parameter.detach().abs().max()) <= 0.05
        assert parameter.detach().unique().numel() == parameter.numel()


def test_its_saved_state_is_its_three_parameters() -> None:
    field = ConditionalRandomField(5, allowed=RULES)
    assert sorted(field.state_dict()) == ["end", "start", "transitions"]
    assert sorted(name for name, _ in field.named_parameters()) == ["end", "start", "transitions"]


@pytest.mark.parametrize(("steps", "lengths"), [(0, [0, 0]), (3, [0, 0]), (3, [])])
def test_rows_without_steps_have_likelihood_zero_and_can_be_differentiated(
    steps: int, lengths: list[int]
) -> None:
    scores = torch.full((len(lengths), steps, 2), torch.nan, requires_grad=True)
    tags = torch.full((len(lengths), steps), -100)
    found = ConditionalRandomField(2)(scores, tags, torch.tensor(lengths, dtype=torch.int64))
    assert found.tolist() == [0.0] * len(lengths)
    found.sum().backward()
    assert scores.grad is None or bool((scores.grad == 0).all())


def test_tags_of_any_whole_type_and_scores_of_half_precision_are_taken() -> None:
    small = chain(4, 3, (4, 2))
    tags, _ = tags_of(small)
    scores, counts = batch_of(small)
    field = field_of(small, dtype=torch.float32)
    rough = field(scores.to(torch.bfloat16), tags.to(torch.int32), counts.to(torch.int32))
    assert rough.dtype == torch.float32
    torch.testing.assert_close(rough, field(scores.to(torch.bfloat16).float(), tags, counts))


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((2, 3, 4), (2, 3), (2,)), "expected scores of shape (B, T, K) with K = 5 labels, got (2, 3, 4)."),
        (((2, 5), (2, 3), (2,)), "expected scores of shape (B, T, K) with K = 5 labels, got (2, 5)."),
        (((2, 3, 5), (3, 2), (2,)), "expected tags of shape (B, T) = (2, 3), got (3, 2)."),
        (((2, 3, 5), (2, 3), (3,)), "expected lengths of shape (B,) = (2,), got (3,)."),
    ],
)
def test_shapes_that_do_not_fit_are_refused(shapes: Any, message: str) -> None:
    scores, tags, lengths = (torch.zeros(shape, dtype=torch.int64) for shape in shapes)
    with pytest.raises(ShapeError) as caught:
        ConditionalRandomField(5)(scores.float(), tags, lengths)
    assert str(caught.value) == f"ConditionalRandomField: {message}"


def test_lengths_and_tags_out_of_range_are_refused() -> None:
    field = ConditionalRandomField(3)
    scores, tags = torch.zeros(2, 4, 3), torch.tensor([[0, 1, 2, 3], [0, 0, 0, -1]])
    with pytest.raises(
        DataError, match=r"^ConditionalRandomField: expected lengths from 0 to 4, got 3 \.\. 5"
    ):
        field(scores, tags, torch.tensor([5, 3]))
    with pytest.raises(DataError, match=r"^ConditionalRandomField: expected tags from 0 to 2, got 0 \.\. 3"):
        field(scores, tags, torch.tensor([4, 3]))
    assert field(scores, tags, torch.tensor([3, 3])).shape == (2,)


def test_options_that_mean_nothing_are_refused() -> None:
    with pytest.raises(UsageError, match="ConditionalRandomField: expected labels of at least 1, got 0"):
        ConditionalRandomField(0)
    with pytest.raises(ShapeError) as caught:
        ConditionalRandomField(2, allowed=([True], np.ones((2, 2)), [True, True]))
    assert str(caught.value) == (
        "ConditionalRandomField: expected allowed start of shape (2,), got (1,); "
        "pass what allowed_transitions returns."
    )
