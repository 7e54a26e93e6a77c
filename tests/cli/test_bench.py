"""`remy bench`: the table, the JSON, missing peers, words that make no sense."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from remy.bench import short
from remy.bench.peers.torch_nn import TorchNN
from remy.bench.results import Results
from remy.cli.app import run
from remy.errors import UsageError
from tests.bench import small


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Make the benchmark small, and one of its peers absent; what it is called with is noted."""
    whole, calls = short.run, []

    def run_little(**options: Any) -> Results:
        calls.append(options)
        peers = [TorchNN(), small.NotInstalled()]
        return whole(shapes=[(1, 2, 3)], units=[4], peers=peers, **{**options, "turns": 1})

    monkeypatch.setattr(short, "run", run_little)
    monkeypatch.setattr("remy.bench.session.Ceiling", small.ceiling)
    return calls


def test_the_table_has_a_row_a_case_and_names_who_is_missing(
    tiny: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bench", "--cell", "gru", "--cell", "lstm", "--threads", "1"]) == 0
    captured = capsys.readouterr()
    rows = [line for line in captured.out.splitlines() if line.endswith("x")]
    assert [row.split()[:2] for row in rows] == [
        ["GRU", "inference"],
        ["LSTM", "inference"],
        ["GRU", "training"],
        ["LSTM", "training"],
        ["GRU", "step"],
        ["LSTM", "step"],
    ]
    assert "missing: absent" in captured.out
    assert "pip install 'remy-rnn[bench]'" in captured.out
    assert captured.err.count("remy: GRU") == 3
    assert tiny[0]["turns"] == 15


def test_json_holds_everything_and_quiet_says_nothing_else(
    tiny: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bench", "--cell", "gru", "--quick", "--json", "--quiet"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    found = Results.model_validate(json.loads(captured.out))
    assert len(found.cases) == 3
    assert found.missing.keys() == {"absent"}
    assert tiny[0]["turns"] == 3


def test_a_peer_with_other_numbers_makes_the_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, tiny: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tests.cli.test_bench.TorchNN", small.SwappedGates)
    assert run(["bench", "--cell", "lstm", "--quiet"]) == 1
    captured = capsys.readouterr()
    assert "failed: LSTM training B1 T2 u3: swapped: outputs: off by" in captured.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--cell", "ltsm"], "did you mean 'lstm'?"),
        (["--turns", "0"], "expected at least 1 turn, got 0"),
        (["--threads", "0"], "expected from 1 to 1024 threads, got 0"),
        (["--turns", "many"], "'--turns': Input should be a valid integer"),
    ],
)
def test_words_that_make_no_sense_exit_2_with_one_sentence(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bench", *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("remy: error: ")
    assert captured.err.count("\n") == 1
    assert message in captured.err


def test_sizes_below_one_are_refused() -> None:
    with pytest.raises(UsageError, match="sizes of at least 1"):
        short.run(shapes=[(1, 0, 3)])


def test_help_names_every_flag(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    for word in ("--cell", "--turns", "--quick", "--threads", "--json", "[15]", "[all]"):
        assert word in shown


def test_without_torch_one_sentence_says_what_to_install() -> None:
    blocked = "import sys; sys.modules['torch'] = None; from remy.cli import main; main(['bench'])"
    done = subprocess.run([sys.executable, "-c", blocked], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "remy: error: bench: torch is not installed; pip install 'remy-rnn[bench]'\n"
