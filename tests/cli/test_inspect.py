"""`remy inspect`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import remy
from remy.cli.app import run
from remy.cli.inspect_words import parse_numbers, parse_overrides
from remy.errors import UsageError
from remy.inspect import Override, gradient_flow, trace
from remy.inspect.attribution import attribute
from remy.inspect.schema import from_json
from remy.tasks import Tagger
from tests.cli.test_without_torch import WITHOUT_TORCH
from tests.tasks.classification import toy as records
from tests.tasks.tagging import toy as sentences

TEXT = "the king"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of a classifier of texts, one of numbers, and a tagger's."""
    place = tmp_path_factory.mktemp("inspect")
    words = [*("--units", "6", "--epochs", "2", "--threads", "1", "--quiet")]
    (place / "texts.csv").write_text(records.table(*records.reviews()), encoding="utf-8")
    values, labels = records.recordings()
    lengths = np.array([len(value) for value in values])
    padded = np.zeros((len(values), lengths.max(), 2), np.float32)
    for row, value in enumerate(values):
        padded[row, : len(value)] = value
    np.savez(place / "numbers.npz", x=padded, lengths=lengths, y=np.array(labels))
    for name, file in (("texts", "texts.csv"), ("numbers", "numbers.npz")):
        assert run(["train", str(place / file), "-o", str(place / name), *words]) == 0
    Tagger(units=6, epochs=1).fit(sentences.words(30), out=place / "tags")
    return place


def test_there_is_a_line_a_step_with_gates_and_the_likeliest_next(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["inspect", str(finished), TEXT]) == 0
    captured = capsys.readouterr()
    found = trace(remy.load(finished), TEXT)
    lines = captured.out.splitlines()
    assert "rnn_0: lstm, forward, 12 units; others: rnn_1 (forward)" in lines[0]
    assert len(lines) == 3 + len(TEXT) + 2
    layer, probabilities, names = found.layers[0], found.probabilities, found.outputs
    assert probabilities is not None
    assert names is not None
    for step, line in enumerate(lines[3:-2]):
        best = int(probabilities[0, step].argmax())
        shown = names[best] if names[best].strip() else repr(names[best])
        assert line.split()[0] == str(step)
        assert f"{layer.gate('forget')[0, step].mean():.2f}" in line
        assert f"  {shown} {probabilities[0, step, best]:.2f}" in line
    assert f"float64 reference to {found.residuals.reference:.1g}" in lines[-2]
    assert "\x1b" not in captured.out
    assert captured.err == ""


def test_another_layer_and_some_steps_can_be_shown(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["inspect", str(finished), TEXT, "--layer", "1", "--steps", "2-5,7", "--rows", "3"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("rnn_1:")
    assert [line.split()[0] for line in lines[3:6]] == ["2", "3", "4"]
    assert lines[6].startswith("... 2 more steps")


def test_a_long_text_is_cut_after_sixty_lines(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inspect", str(finished), "the king, " * 8]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3 + 60 + 1 + 2
    assert "... 20 more steps" in lines[63]


def test_a_unit_is_followed(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inspect", str(finished), TEXT, "--unit", "7"]) == 0
    shown = capsys.readouterr().out
    layer = trace(remy.load(finished), TEXT).layers[0]
    for line, value in zip(shown.splitlines()[3:], layer.h[0, :, 7], strict=False):
        assert f"{value:.3f}" in line
    assert "time constant" in shown


def test_gradients_are_those_of_the_texts_own_next_characters(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["inspect", str(finished), TEXT, "--gradients"]) == 0
    lines = capsys.readouterr().out.splitlines()
    model = remy.load(finished)
    found = trace(model, TEXT[:-1], TEXT[1:])
    gradients = found.layers[0].gradients
    assert gradients is not None
    assert [line.split()[0] for line in lines[2:9]] == [str(step) for step in range(7)]
    assert f"{gradients.norms['h'][0, 4]:.1e}" in lines[6]
    assert f"loss {found.loss:.4g}; the gradients above are its own" in lines
    for flow in gradient_flow(model, TEXT[:-1], TEXT[1:]):
        assert str(flow) in lines


def test_a_target_can_be_named(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inspect", str(finished), "the", "--gradients", "--target", "hey"]) == 0
    assert f"loss {trace(remy.load(finished), 'the', 'hey').loss:.4g};" in capsys.readouterr().out


def test_a_gate_is_held_where_it_is_said(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--set-gate", "rnn_1/forget=0", "--set-gate", "hidden=0.5", "--at", "3-4", "--at", "1"]
    assert run(["inspect", str(finished), TEXT, *words, "--units", "2", "--json"]) == 0
    given = [
        Override("forget", 0.0, steps=[3, 4], units=[2], layer="rnn_1"),
        Override("hidden", 0.5, steps=[1], units=[2]),
    ]
    expected = trace(remy.load(finished), TEXT, override=given)
    assert json.loads(capsys.readouterr().out) == expected.to_json()
    assert run(["inspect", str(finished), TEXT, "--set-gate", "forget=0"]) == 0
    shown = capsys.readouterr().out
    assert "held: forget = 0\n" in shown
    assert "model's own" not in shown


def test_json_is_the_whole_trace_and_nothing_else(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inspect", str(finished), TEXT, "--gradients", "--json"]) == 0
    captured = capsys.readouterr()
    record = json.loads(captured.out)
    assert record == trace(remy.load(finished), TEXT[:-1], TEXT[1:]).to_json()
    from_json(record)
    assert captured.err == ""


def test_full_checks_add_finite_differences(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inspect", str(finished), TEXT, "--check", "full"]) == 0
    shown = capsys.readouterr().out
    assert "at every step" in shown
    assert "finite differences in float64" in shown


def test_contributions_are_listed_with_their_check(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--attribution", "leave_one_out", "--target", "s"]
    assert run(["inspect", str(finished), TEXT, *words]) == 0
    lines = capsys.readouterr().out.splitlines()
    found = attribute(remy.load(finished), TEXT, "s", method="leave_one_out")
    for line, value in zip(lines[2:], found.values[0], strict=False):
        assert f"{value:+.3g}" in line
    assert "the score of s after step 7" in lines[-2]
    assert f"miss the difference by {abs(found.error[0]):.1g}" in lines[-1]


def test_a_picture_and_a_page_are_written_and_never_over_a_file(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [
        "inspect",
        str(finished),
        TEXT,
        "--plot",
        str(tmp_path / "a.svg"),
        "--html",
        str(tmp_path / "a.html"),
    ]
    assert run(words) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 2
    assert "<svg" in (tmp_path / "a.svg").read_text(encoding="utf-8")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<title>run: the king</title>" in page
    (tmp_path / "a.html").write_text("mine", encoding="utf-8")
    (tmp_path / "a.svg").unlink()
    assert run(words) == 2
    assert "a.html exists; give --force to replace it" in capsys.readouterr().err
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "a.svg").exists()
    assert run([*words, "--force", "--quiet"]) == 0
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == page
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("flag", "name"), [("--plot", "a.svg"), ("--html", "a.html")])
def test_a_link_to_nothing_is_a_file_that_is_there(
    flag: str, name: str, finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).symlink_to(tmp_path / "elsewhere")
    assert run(["inspect", str(finished), TEXT, flag, str(tmp_path / name)]) == 2
    assert f"{name} exists; give --force to replace it" in capsys.readouterr().err
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("name", ["a.svg", "a.html"])
def test_a_file_that_came_while_the_model_read_is_not_replaced(
    name: str,
    finished: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from remy.inspect import report

    made = report.page

    def slow(*given: Any, **options: Any) -> str:
        (tmp_path / name).write_text("mine", encoding="utf-8")
        return made(*given, **options)

    monkeypatch.setattr(report, "page", slow)
    words = ["--plot", str(tmp_path / "a.svg"), "--html", str(tmp_path / "a.html")]
    assert run(["inspect", str(finished), TEXT, *words]) == 2
    assert f"{name} exists; give --force to replace it" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"
    assert run(["inspect", str(finished), TEXT, *words, "--force"]) == 0
    assert (tmp_path / name).read_text(encoding="utf-8") != "mine"


def test_the_text_may_come_from_standard_input_and_go_to_any_encoding(finished: Path) -> None:
    line = [sys.executable, "-m", "remy.cli", "inspect", str(finished), "-", "--rows", "2"]
    done = subprocess.run(
        line, input=b"the king\n", capture_output=True, check=True, env={"PYTHONIOENCODING": "ascii"}
    )
    shown = done.stdout.decode("ascii")
    assert "... 6 more steps" in shown
    assert "\\u" not in shown


def test_without_torch_it_says_what_to_install(finished: Path) -> None:
    line = [sys.executable, "-c", WITHOUT_TORCH, "inspect", str(finished), TEXT]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "remy: error: inspect: torch is not installed; pip install 'remy-rnn[train]'\n"


def test_a_classifier_says_its_answer_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["inspect", str(folder / "texts"), "so good and fine"]
    assert run(words) == 0
    shown = capsys.readouterr().out
    found = trace(remy.load(folder / "texts"), "so good and fine")
    assert found.probabilities is not None
    assert f"answer: {'bad' if found.probabilities.argmax() == 0 else 'good'} " in shown
    assert run([*words, "--direction", "backward", "--gradients", "--target", "good"]) == 0
    assert capsys.readouterr().out.startswith("rnn_0: lstm, backward")


def test_numbers_are_read_from_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inspect", str(folder / "numbers"), str(folder / "numbers.npz"), "--json"]) == 0
    values, _ = records.recordings()
    expected = trace(remy.load(folder / "numbers"), values[0]).to_json()
    assert json.loads(capsys.readouterr().out) == expected


def test_a_tagger_reads_words_and_tags(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = remy.load(folder / "tags")
    tags = f"{model.labels[0]} {model.labels[1]}"
    assert run(["inspect", str(folder / "tags"), "the dog", "--gradients", "--target", tags]) == 0
    shown = capsys.readouterr().out
    found = trace(model, ["the", "dog"], tags.split())
    assert shown.startswith("rnn_0: lstm, forward, 6 units; others: characters_rnn_0 (forward)")
    assert f"loss {found.loss:.4g};" in shown
    assert run(["inspect", str(folder / "tags"), "the dog", "--attribution", "integrated_gradients"]) == 0
    assert "at what rnn_0 reads" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ([""], 1, "expected a text, a file or -, got an empty text"),
        (["Ωx"], 1, "'Ω'"),
        (["the king " * 600], 1, "give --stride 2 to keep one in so many"),
        (["the", "--unit", "12"], 2, "unit: expected 0 to 11 in rnn_0, got 12"),
        (["the", "--layer", "2"], 2, "layer: expected 0 to 1, or rnn_0 or rnn_1; got 2"),
        (["the", "--steps", "1-3"], 2, "step: expected 0 to 2 in rnn_0, got 3"),
        (["the", "--steps", "3-1"], 2, "--steps: expected numbers from 0 such as 3-7 or 1,2,5, got '3-1'"),
        (["the", "--rows", "0"], 2, "rows: expected at least 1, got 0"),
        (["the", "--stride", "0"], 2, "stride: expected"),
        (["the", "--check", "all"], 2, "check: expected one of quick, full, none, got 'all'"),
        (["the", "--set-gate", "forgot=0"], 2, "got 'forgot'; did you mean 'forget'?"),
        (["the", "--set-gate", "forget=nan"], 2, "expected GATE=VALUE such as forget=0, got 'forget=nan'"),
        (
            ["the", "--set-gate", "rnn_0/backward/forget=0"],
            2,
            "there is no layer 'rnn_0 (backward)'; there are rnn_0 (forward), rnn_1 (forward)",
        ),
        (["the", "--set-gate", "forget=0", "--at", "3"], 2, "step: expected 0 to 2, got 3"),
        (["the", "--set-gate", "forget=0", "--at", "1", "--at", "2"], 2, "--at: expected it once"),
        (["the", "--at", "1"], 2, "--at: goes with --set-gate"),
        (["the", "--target", "hey"], 2, "--target: goes with --gradients or --attribution or --check"),
        (["the", "--gradients", "--target", "x"], 1, "expected a target of 3 characters"),
        (["t", "--gradients"], 1, "--gradients: expected at least 2 characters"),
        (["the", "--attribution", "magic"], 2, "expected one of integrated_gradients"),
        (["the", "--plot", "a.pdf"], 2, "--plot: expected a file that ends in .png or .svg, got a.pdf"),
        (["the", "--html", "a.html", "--unit", "3"], 2, "--html: --unit shows one unit in the terminal"),
        (["the", "--unit", "3", "--json"], 2, "--json: --unit shows one unit in the terminal"),
        (["the", "--json", "--layer", "1"], 2, "--layer: --json prints the whole trace"),
        (["the", "--html", "none/a.html"], 1, "there is no folder none"),
        (["the", "--force"], 2, "--force: goes with --html or --plot"),
        (["the", "--future", "a.csv"], 2, "--future: a language_model knows nothing ahead"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_sentence_and_no_file_is_written(
    words: list[str],
    code: int,
    message: str,
    finished: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["inspect", str(finished), *words]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("remy: error: ")
    assert captured.err.count("\n") == 1
    assert message in captured.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("model", "words", "code", "message"),
    [
        (
            "texts",
            ["good", "--gradients"],
            2,
            "what was right is not known; give --target: a label",
        ),
        ("texts", ["good", "--gradients", "--target", "nice"], 1, "the label 'nice'"),
        ("tags", ["a b", "--gradients", "--target", "X"], 1, "expected 2 tags as the target"),
        ("tags", [" "], 1, "got only white space"),
        (
            "tags",
            ["a b", "--attribution", "leave_one_out", "--layer", "0"],
            2,
            "which has 2 rows",
        ),
        ("numbers", ["1 2 3"], 1, "1 2 3: there is no such file"),
        ("nothing", ["x"], 1, "nothing"),
    ],
)
def test_every_task_says_what_it_wants(
    model: str, words: list[str], code: int, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["inspect", str(folder / model), *words]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert message in captured.err


def test_a_file_that_is_read_as_a_text_is_said_to_be(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "king").write_text("the", encoding="utf-8")
    assert run(["inspect", str(finished), "king"]) == 0
    assert "'king' is read as a text, not as the file of that name" in capsys.readouterr().err


def test_ranges_are_whole_and_in_order() -> None:
    assert parse_numbers("--at", "5-7, 1,6") == [1, 5, 6, 7]
    for words in ("", "a", "1-", "-1", "1.5", "2-1", "1,,2", "0-99999999"):
        with pytest.raises(UsageError, match="--at: expected numbers from 0"):
            parse_numbers("--at", words)


def test_a_held_gate_may_name_its_layer_and_direction() -> None:
    words = ["a/rnn_0/backward/forget=-1", "a/rnn_0/forget=.5", "update=2"]
    assert parse_overrides(words, [], []) == (
        Override("forget", -1.0, layer="a/rnn_0", direction="backward"),
        Override("forget", 0.5, layer="a/rnn_0"),
        Override("update", 2.0),
    )
