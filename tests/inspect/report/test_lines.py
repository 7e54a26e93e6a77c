"""What lines of a terminal say of a trace."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from rich.cells import cell_len

from remy.errors import UsageError
from remy.inspect import Override, Trace, gradient_flow, trace
from remy.inspect.attribution import attribute
from remy.inspect.gates import time_constants
from remy.inspect.report import (
    View,
    answer_lines,
    as_text,
    choose_layer,
    choose_steps,
    contribution_lines,
    flow_sentences,
    gradient_lines,
    held_sentences,
    residual_sentences,
    step_lines,
    unit_lines,
)
from remy.inspect.report.marks import strip
from remy.inspect.report.names import fitted, shown
from remy.layers import GRU, LSTM, SimpleRNN


def view_of(found: Trace) -> View:
    return choose_steps(found, choose_layer(found))


def lstm(units: int = 3, **options: object) -> Trace:
    torch.manual_seed(3)
    layer = LSTM(units, input_size=2, return_sequences=True)
    return trace(layer, torch.randn(1, 5, 2), **options)  # type: ignore[arg-type]


def test_a_line_holds_the_gates_means_and_the_lengths_of_the_states() -> None:
    found = lstm()
    layer = found.layers[0]
    assert layer.c is not None
    lines = as_text(step_lines(view_of(found))).splitlines()
    assert lines[1].split()[:6] == ["step", "input", "forget", "output", "|h|", "|c|"]
    assert len(lines) == 2 + 5
    for step, line in enumerate(lines[2:]):
        numbers = [layer.gate(name)[0, step].mean() for name in ("input", "forget", "output")]
        numbers += [np.linalg.norm(layer.h[0, step]), np.linalg.norm(layer.c[0, step])]
        assert line.split()[:6] == [str(step), *(f"{number:.2f}" for number in numbers)]


@pytest.mark.parametrize(("layer", "gates"), [(GRU(2), ["update", "reset"]), (SimpleRNN(2), [])])
def test_every_cell_has_its_own_gates(layer: torch.nn.Module, gates: list[str]) -> None:
    heading = as_text(step_lines(view_of(trace(layer, torch.ones(1, 3, 2))))).splitlines()[1]
    assert heading.split() == ["step", *gates, "|h|", "h"]


def test_the_strip_is_read_without_colour_and_in_ascii() -> None:
    values = np.array([-1.0, -0.01, 0.01, 1.0, 9.0, -9.0])
    assert as_text([strip(values, 1.0)]) == "▁▄▅██▁"
    plain = as_text([strip(np.linspace(-1, 1, 9), 1.0, plain=True)])
    assert plain.isascii()
    assert len(set(plain)) == 8


def test_the_most_active_units_are_shown_in_their_order() -> None:
    found = lstm(units=6)
    order = np.argsort(-np.abs(found.layers[0].h[0]).mean(axis=0))[:2]
    first = as_text(step_lines(view_of(found), units=2)).splitlines()[0]
    assert f"the 2 most active of 6 units: {', '.join(map(str, sorted(order)))};" in first


def test_a_masked_step_says_so() -> None:
    torch.manual_seed(0)
    mask = torch.tensor([[True, False, True]])
    found = trace(GRU(2), torch.ones(1, 3, 2), mask=mask)
    rows = as_text(step_lines(view_of(found))).splitlines()[2:]
    assert ["masked" in row for row in rows] == [False, True, False]
    assert ["masked" in row for row in as_text(unit_lines(view_of(found), 0)).splitlines()[2:]] == [
        False,
        True,
        False,
    ]


def test_the_likeliest_answers_come_first_by_their_names() -> None:
    found = replace(lstm(), probabilities=np.array([[[0.1, 0.7, 0.2]] * 5]), outputs=("a", " ", "c"))
    assert as_text(step_lines(view_of(found), top=2)).splitlines()[2].endswith("  ' ' 0.70  c 0.20")
    once = replace(found, scores=found.scores[:, 0], probabilities=np.array([[0.1, 0.7, 0.2]]))
    assert as_text(answer_lines(once, top=1)) == "answer: ' ' 0.70"
    assert answer_lines(found) == []


def test_a_unit_is_followed_by_its_states_gates_and_time_constant() -> None:
    found = lstm()
    layer = found.layers[0]
    lines = as_text(unit_lines(view_of(found), 1)).splitlines()
    assert f"{time_constants(layer)[1]:.3g} steps (its time constant)" in lines[0]
    assert [part for part in lines[1].split() if part.isalpha()] == [
        *("step", "h", "c", "input", "forget", "candidate", "output"),
    ]
    assert f"{layer.h[0, 4, 1]:.3f}" in lines[6]
    assert f"{layer.gate('forget')[0, 4, 1]:.2f}" in lines[6]
    with pytest.raises(UsageError, match="unit: expected 0 to 2 in lstm, got 3"):
        unit_lines(view_of(found), 3)


def test_a_simple_cell_has_no_time_constant_and_says_so() -> None:
    found = trace(SimpleRNN(2), torch.ones(1, 3, 2))
    assert "no time constant" in as_text(unit_lines(view_of(found), 0))


def test_gradients_stand_at_every_step_and_the_bar_is_full_at_the_largest() -> None:
    found = lstm(target=torch.zeros(1, 5, 3))
    gradients = found.layers[0].gradients
    assert gradients is not None
    lines = as_text(gradient_lines(view_of(found))).splitlines()[1:]
    for step, line in enumerate(lines):
        assert line.split()[:2] == [str(step), f"{gradients.norms['h'][0, step]:.1e}"]
        assert line.split()[4:6] == [
            f"{gradients.cell_road[0, step]:.1e}",
            f"{gradients.gate_road[0, step]:.1e}",
        ]
    norms = gradients.norms["h"][0]
    assert "█" * 16 in lines[int(norms.argmax())]
    tiny = replace(gradients, h=np.where(np.arange(5)[None, :, None] == 2, gradients.h, gradients.h * 1e-4))
    short = replace(found, layers=(replace(found.layers[0], gradients=tiny),))
    bars = [line.count("█") for line in as_text(gradient_lines(view_of(short))).splitlines()[1:]]
    # Four decades are 8 of the 16 marks; the norms differ by less than one decade.
    assert bars[2] == 16
    assert all(6 <= bar <= 9 for step, bar in enumerate(bars) if step != 2)
    with pytest.raises(UsageError, match="give it a target"):
        gradient_lines(view_of(lstm()))


def test_sentences_are_computed_from_the_trace() -> None:
    found = lstm(target=torch.zeros(1, 5, 3))
    measured = replace(found.residuals, reference=0.25, reference_gradients=0.5, forward=0.125)
    said = residual_sentences(replace(found, residuals=measured))
    assert "float64 reference to 0.2 at a sample of steps, their gradients to 0.5" in said[0]
    assert "the model's own to 0.1" in said[1]
    assert len(said) == 2
    assert "at every step" in residual_sentences(found, full=True)[0]


def test_what_is_held_is_said_and_no_scores_are_compared() -> None:
    found = lstm(override=Override("forget", 0.0, steps=[2]))
    assert held_sentences(found) == ["held: forget = 0, steps 2"]
    assert not any("scores" in sentence for sentence in residual_sentences(found))


def test_the_flow_says_what_was_measured() -> None:
    torch.manual_seed(1)
    layer, x = LSTM(2, input_size=1), torch.randn(1, 6, 1)
    target = torch.zeros(1, 2)
    found, flows = trace(layer, x, target), gradient_flow(layer, x, target)
    said = flow_sentences(found, flows)
    assert said[0].startswith(f"loss {found.loss:.4g};")
    assert said[-1] == str(flows[0])
    assert flow_sentences(trace(layer, x), flows) == []


def test_contributions_come_with_their_sum() -> None:
    def constant(value: float):  # type: ignore[no-untyped-def]
        return lambda w: w.fill_(value)

    layer = SimpleRNN(
        1, activation="linear", kernel_initializer=constant(1.0), recurrent_initializer=constant(0.5)
    )
    found = attribute(layer, torch.tensor([[[4.0], [2.0], [-1.0]]]), method="leave_one_out")
    lines = as_text(contribution_lines(found, most=2)).splitlines()
    assert [line.split()[2] for line in lines[2:4]] == ["+1", "+1"]
    assert lines[4].startswith("... 1 more items")
    assert "add up to +1; they miss the difference by 0 (0 of it)" in lines[-1]


@pytest.mark.parametrize("name", ["\x1b[31mred", "\n", "", " a", "\u200b", "\u0301"])
def test_a_name_cannot_disturb_the_terminal(name: str) -> None:
    assert shown(name).isprintable()
    assert shown(name).strip("'\"") == shown(name)[1:-1]


def test_wide_letters_keep_the_columns() -> None:
    assert fitted("日本", 6) == "日本  "
    assert cell_len(fitted("日本語", 4)) == 4
    assert fitted("日本語", 4).endswith("…")
