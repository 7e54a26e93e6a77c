"""The words of ``python -m benchmarks``."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import cpuid
from benchmarks.__main__ import main
from benchmarks.arguments import PARTS, parse
from benchmarks.instruction_set import uncapped_environment
from remy import _core
from remy.bench.results import read_results, write_results
from tests.bench import small


def test_without_words_everything_is_measured() -> None:
    options = parse([])
    assert options.parts == PARTS
    assert options.cells == ("simple_rnn", "gru", "lstm")
    assert (options.turns, options.quick, options.threads, options.isa, options.out) == (
        *(15, False, None),
        *(None, None),
    )


def test_parts_and_cells_are_chosen_and_keep_their_order() -> None:
    options = parse(["--only", "memory,layers", "--cells", "lstm, gru", "--quick"])
    assert options.parts == ("layers", "memory")
    assert options.cells == ("gru", "lstm")
    assert options.turns == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--only", "layer"], "--only: expected one of layers, call"),
        (["--only", ""], "--only: expected one of"),
        (["--cells", "ltsm"], "did you mean 'lstm'?"),
        (["--turns", "0"], "--turns: expected at least 1, got 0"),
        (["--turns", "many"], "invalid int value: 'many'"),
        (["--threads", "0"], "--threads: expected from 1 to 1024, got 0"),
        (["--isa", "sse"], "--isa: expected one of portable"),
        (["--out", "/nowhere/at/all.json"], "--out: there is no directory /nowhere/at"),
        (["--frobnicate"], "unrecognized arguments: --frobnicate"),
        (["table"], "table: expected one file of results"),
        (["chart", "one.json"], "chart: expected two files"),
    ],
)
def test_words_that_make_no_sense_exit_2_with_one_sentence(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("benchmarks: error: ")
    assert captured.err.count("\n") == 1
    assert message in captured.err


@pytest.mark.parametrize("verb", [["table", "FILE"], ["chart", "FILE", "out.svg"]])
@pytest.mark.parametrize("content", [None, "{", '{"a": 1}'])
def test_a_file_of_something_else_exits_1_with_one_sentence(
    verb: list[str], content: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert main([str(path) if word == "FILE" else word for word in verb]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"benchmarks: error: {path}: ")
    assert captured.err.count("\n") == 1


def test_table_and_chart_are_made_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, chart = tmp_path / "r.json", tmp_path / "chart.svg"
    write_results(path, small.results())
    assert main(["table", str(path)]) == 0
    assert "## Training step of a layer" in capsys.readouterr().out
    assert main(["chart", str(path), str(chart)]) == 0
    assert chart.read_bytes().startswith(b"<?xml")
    assert main(["chart", str(path), str(tmp_path / "none" / "chart.svg")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_what_is_set_before_the_peers_are_loaded_is_set_once_and_keeps_what_was_there() -> None:
    before = {"XLA_FLAGS": "--other", "ONEDNN_MAX_CPU_ISA": "AVX2"}
    missing = uncapped_environment("avx2", before)
    assert missing == {
        "ATEN_CPU_CAPABILITY": "avx2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "XLA_FLAGS": "--other --xla_cpu_max_isa=AVX2",
    }
    assert uncapped_environment("avx2", {**before, **missing}) == {}
    assert uncapped_environment("portable", {}) == {}


@pytest.mark.slow
@pytest.mark.skipif("avx2" not in _core.available_isas()[:-1], reason="nothing above AVX2 to be kept from")
def test_a_capped_run_starts_anew_and_says_who_is_held(tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    words = [
        "--isa",
        "avx2",
        "--only",
        "step",
        "--cells",
        "lstm",
        "--quick",
        "--turns",
        "1",
        "--out",
        str(out),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = read_results(out)
    assert found.machine.isa == "avx2"
    assert found.capped["torch.nn"]
    free = [peer for peer in cpuid.ASKING if peer not in cpuid.installed()]
    assert [peer for peer, held in found.capped.items() if not held] == free
    assert f"capped to avx2, but for: {', '.join(free) or 'nobody'}" in done.stdout
