"""The command line as a whole: help, start-up, exit codes, messages."""

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import remy
from remy.cli.app import main, run

VERBS = ("train", "generate", "predict", "evaluate", "info")


def test_help_lists_every_verb_with_a_whole_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    for verb in VERBS:
        line = next(line for line in shown.splitlines() if line.strip().startswith(verb))
        assert line.endswith("."), line
        assert not line.endswith("..."), line


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_without_arguments_prints_its_flags_and_exits_2(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([verb]) == 2
    shown = capsys.readouterr().out
    assert f"Usage: remy {verb}" in shown
    assert "--json" in shown


def test_train_without_a_word_shows_its_flags(capsys: pytest.CaptureFixture[str]) -> None:
    run(["train"])
    shown = " ".join(capsys.readouterr().out.split())
    for default in ("[lstm; ", "[256; ", "[guessed]", "[runs/NAME-N]", "[cpu]"):  # all: see test_flags
        assert default in shown, default


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"remy {remy.__version__}\n"


def test_help_comes_fast_and_without_torch_numpy_or_pydantic() -> None:
    program = (
        "import sys\n"
        "from remy.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "heavy = {'torch', 'numpy', 'pydantic', 'yaml', 'rich', 'remy._core'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < 0.4


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["trian", "x"], "trian"),
        (["generate", "RUN", "--lenght", "5"], "--length"),
        (["generate", "RUN", "--length", "five"], "'--length': Input should be a valid integer"),
        (["predict", "RUN"], "TEXT"),
    ],
)
def test_words_that_make_no_sense_exit_2_with_one_sentence(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("remy: error: ")
    assert captured.err.count("\n") == 1
    assert message in captured.err


def test_an_error_has_no_traceback_unless_debug_is_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["info", str(tmp_path / "none")]) == 1
    plain = capsys.readouterr().err
    assert plain.count("\n") == 1
    assert run(["info", str(tmp_path / "none"), "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_fault_of_remy_is_called_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(path: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("remy.runtime.load", broken)
    assert run(["info", "RUN"]) == 1
    assert "a fault in Remy, please report it: ZeroDivisionError: oh" in capsys.readouterr().err


def test_ctrl_c_exits_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(path: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("remy.runtime.load", interrupted)
    assert run(["info", "RUN"]) == 130
    assert capsys.readouterr().err == "remy: interrupted\n"


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_too_little_memory_is_said_in_one_sentence(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def greedy(path: object) -> None:
        raise error

    monkeypatch.setattr("remy.runtime.load", greedy)
    assert run(["info", "RUN"]) == 1
    assert capsys.readouterr().err == "remy: error: not enough memory; give smaller --units or --batch-size\n"


def test_a_reader_that_leaves_early_is_no_error(finished: Path) -> None:
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "remy.cli", "generate", str(finished), "--length", "20000"],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writing)
    os.read(reading, 10)
    os.close(reading)
    _, complaint = process.communicate(timeout=60)
    assert complaint == ""


def test_main_exits_with_the_code(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["remy", "--version"])
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
