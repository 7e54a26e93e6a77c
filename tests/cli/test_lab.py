"""`remy lab`: what it says and what it hands on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from remy.cli.app import run
from tests.cli.test_without_torch import WITHOUT_TORCH

URL = "http://127.0.0.1:8717/?token=abc"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was handed on to a lab that ends at once."""
    calls: list[Any] = []

    def serve(opened: Path | None, **options: Any) -> None:
        options.pop("ready")(URL)
        calls.append((opened, options))
        raise KeyboardInterrupt

    monkeypatch.setattr("remy.lab.serving.serve", serve)
    return calls


def test_the_address_is_said_on_standard_error(served: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lab"]) == 130
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == f"remy: the lab: {URL}  (Ctrl-C stops it)\nremy: the lab is closed\n"
    told = {"host": "127.0.0.1", "port": None, "open_browser": True, "new_token": False}
    assert served == [(None, told)]


def test_the_address_can_be_had_as_json(served: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lab", "--json"]) == 130
    said = capsys.readouterr()
    assert json.loads(said.out) == {"url": URL}
    assert said.err == "remy: the lab is closed\n"


def test_every_flag_is_handed_on(served: list[Any]) -> None:
    run(["lab", "runs/one", "--port", "9000", "--host", "::1", "--no-open", "--new-token"])
    told = {"host": "::1", "port": 9000, "open_browser": False, "new_token": True}
    assert served == [(Path("runs/one"), told)]


def test_a_run_that_is_not_there_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lab", str(tmp_path / "none"), "--no-open"]) == 1
    said = f"remy: error: {tmp_path / 'none'}: there is no such run, model file or folder of runs\n"
    assert capsys.readouterr().err == said


def test_a_host_that_others_can_reach_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lab", "--no-open", "--host", "0.0.0.0"]) == 2
    assert capsys.readouterr().err == (
        "remy: error: lab: expected a host of this machine alone (127.0.0.1, localhost, ::1), got 0.0.0.0; "
        "to see the lab from elsewhere, forward the port with ssh -L\n"
    )


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (("torch",), "torch is not installed"),
        (("starlette", "uvicorn"), "starlette and uvicorn are not installed"),
    ],
)
def test_what_is_missing_is_named_with_the_command_that_brings_it(
    missing: tuple[str, ...], said: str
) -> None:
    program = WITHOUT_TORCH.replace('== "torch"', f"in {missing!r}")
    done = subprocess.run(
        [sys.executable, "-c", program, "lab", "--no-open"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == f"remy: error: lab: {said}; pip install 'remy-rnn[lab]'\n"


def test_the_command_line_loads_no_server_before_it_is_wanted() -> None:
    program = "import sys, remy.cli; print({'starlette', 'uvicorn', 'remy.lab'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
