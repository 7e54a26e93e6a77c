"""Standard streams that are closed or cannot write every character."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

from tests.training import tiny


def shell(
    line: str, *words: str, redirection: str = "", encoding: str = "utf-8"
) -> subprocess.CompletedProcess[str]:
    command = f"{shlex.join([sys.executable, '-m', 'remy.cli', line, *words])} {redirection}"
    return subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )


def test_a_closed_standard_input_is_an_empty_one(finished: Path) -> None:
    closed = shell("predict", str(finished), "-", redirection="<&-")
    empty = shell("predict", str(finished), "-", redirection="</dev/null")
    assert "fault" not in closed.stderr
    assert (closed.returncode, closed.stdout, closed.stderr) == (
        empty.returncode,
        empty.stdout,
        empty.stderr,
    )


def test_a_closed_standard_output_is_no_error(finished: Path) -> None:
    done = shell("predict", str(finished), "H", redirection=">&-")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_with_standard_error_closed_only_the_result_is_on_standard_output(
    finished: Path, tmp_path: Path, words: list[str]
) -> None:
    text = str(finished.parent / "text.txt")
    done = shell("train", text, "-o", str(tmp_path / "run"), "--json", *words, redirection="2>&-")
    assert done.returncode == 0
    assert json.loads(done.stdout)["run"] == str(tmp_path / "run")


def test_a_character_that_the_encoding_lacks_is_shown_by_its_number(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "text.txt").write_text(tiny.text().replace(" ", "→"), encoding="utf-8")
    run = str(tmp_path / "run")
    assert shell("train", str(tmp_path / "text.txt"), "-o", run, *words).returncode == 0
    for encoding in ("ascii", "latin-1"):
        written = shell("generate", run, "--prompt", "→", "--length", "3", encoding=encoding)
        assert (written.returncode, written.stderr) == (0, "")
        assert written.stdout.startswith("\\u2192")
        listed = shell("predict", run, "→", "--top", "99", encoding=encoding)
        assert (listed.returncode, listed.stderr) == (0, "")
        assert "'\\u2192'" in listed.stdout
        assert json.loads(shell("predict", run, "→", "--json", encoding=encoding).stdout)["text"] == "→"
