"""`remy generate`."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from remy import runtime
from remy.cli.app import run


def test_the_text_goes_on_from_the_prompt_and_the_seed_decides_it(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["generate", str(finished), "--prompt", "the king", "--length", "40", "--seed", "7"]
    assert run(line) == 0
    first = capsys.readouterr()
    assert first.err == ""
    expected = runtime.load(finished).generate("the king", 40, seed=7)
    assert first.out == f"the king{expected}\n"
    run(line)
    assert capsys.readouterr().out == first.out


def test_json_keeps_prompt_and_text_apart(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["generate", str(finished), "--prompt", "my", "--length", "9", "--json", "--seed", "1"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["prompt"], len(result["text"]), result["seed"]) == ("my", 9, 1)


def test_a_prompt_may_come_from_standard_input(finished: Path) -> None:
    line = [sys.executable, "-m", "remy.cli", "generate", str(finished), "--prompt", "-", "--length", "3"]
    shown = subprocess.run(line, input=b"good night\n", capture_output=True, check=True).stdout
    assert shown.startswith(b"good night")
    assert len(shown) == len(b"good night") + 3 + 1


def test_without_a_prompt_it_starts_by_itself(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["generate", str(finished), "--length", "12"]) == 0
    assert len(capsys.readouterr().out) == 13


def test_text_is_written_as_it_comes(
    finished: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Watched(io.StringIO):
        flushed: list[str]

        def flush(self) -> None:
            self.flushed.append(self.getvalue())

    screen = Watched()
    screen.flushed = []
    monkeypatch.setattr(sys, "stdout", screen)
    assert run(["generate", str(finished), "--length", "10"]) == 0
    assert len(set(screen.flushed)) >= 9


@pytest.mark.parametrize(
    ("flags", "code", "message"),
    [
        (["--prompt", "Ωx"], 1, "'Ω'"),
        (["--length", "-1"], 2, "length: expected at least 0, got -1"),
        (["--temperature", "-0.5"], 2, "temperature"),
        (["--top-k", "0"], 2, "top_k"),
        (["--top-p", "1.5"], 2, "top_p"),
        (["--seed", "-1"], 2, "seed"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_sentence(
    flags: list[str], code: int, message: str, finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["generate", str(finished), *flags]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("remy: error: ")
    assert captured.err.count("\n") == 1
    assert message in captured.err
