"""`remy train`: what it says, what it leaves behind, what it refuses."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from remy.cli.app import run
from tests.training import tiny


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "plays.txt"
    path.write_text(tiny.text(), encoding="utf-8")
    return path


def test_training_says_what_it_guessed_and_leaves_a_complete_run(
    text: Path, tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    assert run(["train", str(text), "-o", str(out), *words]) == 0
    captured = capsys.readouterr()
    assert "task: language_model (guessed: plain text)" in captured.err
    again = f"remy train {text} -o {out} --task language_model --split 0.9 --cell lstm --units 8"
    assert again in captured.err
    for word in ("model.embedding=4", "train.steps=16", "train.evaluations=2"):
        assert f"--set {word}" in captured.err
    assert captured.err.count("valid ") >= 2
    rows = captured.out.splitlines()
    assert rows[0].split() == ["nats/char", "bits/char"]
    assert rows[1].startswith("model ")
    assert rows[2].startswith("order-4 n-gram")
    made = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert made == {
        "model.safetensors",
        "config.yaml",
        "history.jsonl",
        "metrics.json",
        "checkpoints/last.safetensors",
        ".lock",
        "plots/learning_curve.png",
        "plots/learning_curve.svg",
    }


def test_json_is_one_object_on_standard_output_and_quiet_is_silent(
    text: Path, tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["train", str(text), "-o", str(tmp_path / "run"), "--json", "--quiet", *words]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    result = json.loads(captured.out)
    assert result["run"] == str(tmp_path / "run")
    assert result["model"]["nats_per_character"] > 0.0
    assert result["baseline"]["bits_per_character"] > 0.0
    assert result["training"]["ended_by"] == "epochs"


def test_without_out_a_fresh_directory_is_named_after_the_text(
    text: Path, tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for number in (1, 2):
        assert run(["train", text.name, "--quiet", *words]) == 0
        assert (tmp_path / f"runs/plays-{number}/model.safetensors").is_file()


def test_a_configuration_file_says_the_same_and_flags_win_over_it(
    text: Path, tmp_path: Path, words: list[str]
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        yaml.safe_dump({"data": {"train": str(text)}, "model": {"cell": "gru", "units": 30}}),
        encoding="utf-8",
    )
    out = tmp_path / "run"
    assert run(["train", "--config", str(file), "-o", str(out), "--quiet", *words]) == 0
    written = yaml.safe_load((out / "config.yaml").read_text(encoding="utf-8"))
    assert (written["model"]["cell"], written["model"]["units"]) == ("gru", 8)


def test_a_text_on_standard_input_is_kept_with_the_run(tmp_path: Path, words: list[str]) -> None:
    out = tmp_path / "run"
    subprocess.run(
        [sys.executable, "-m", "remy.cli", "train", "-", "-o", str(out), "--quiet", *words],
        input=tiny.text().encode(),
        check=True,
        capture_output=True,
    )
    assert (out / "data" / "train.txt").read_text(encoding="utf-8") == tiny.text()
    assert run(["train", "-o", str(out), "--resume", "--quiet"]) == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file"),
        (b"", "empty"),
        (b"x", "1 character is too little to learn from; at least 20 are needed"),
        (b"ab\x00cd" * 50, "binary"),
        (b"caf\xe9 " * 50, "not UTF-8: byte 0xe9 at offset 3"),
    ],
)
def test_a_text_that_cannot_be_used_exits_1_and_makes_no_run(
    content: bytes | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.txt"
    if content is not None:
        path.write_bytes(content)
    assert run(["train", str(path), "-o", str(tmp_path / "run"), "--quiet"]) == 1
    complaint = capsys.readouterr().err
    assert complaint.startswith("remy: error: ")
    assert complaint.count("\n") == 1
    assert message in complaint
    assert not (tmp_path / "run").exists()


def test_line_ends_and_marks_of_windows_make_no_difference(tmp_path: Path, words: list[str]) -> None:
    results = []
    for name, content in (("unix", tiny.text()), ("windows", "\ufeff" + tiny.text().replace("\n", "\r\n"))):
        path = tmp_path / f"{name}.txt"
        path.write_bytes(content.encode())
        assert run(["train", str(path), "-o", str(tmp_path / name), "--quiet", *words]) == 0
        metrics = json.loads((tmp_path / name / "metrics.json").read_text(encoding="utf-8"))
        results.append((metrics["data"]["sha256"], metrics["model"]))
    assert results[0] == results[1]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (
            ["--cell", "lstn"],
            "--cell: expected one of simple_rnn, lstm, gru, got 'lstn'; did you mean 'lstm'?",
        ),
        (["--units", "0"], "--units: expected greater than or equal to 1, got 0"),
        (["--layers", "-1"], "--layers: expected greater than or equal to 1, got -1"),
        (["--epochs", "0"], "--epochs: expected greater than 0, got 0.0"),
        (["--batch-size", "0"], "--batch-size: expected greater than or equal to 1, got 0"),
        (["--lr", "-1"], "--lr: expected greater than 0, got -1.0"),
        (["--dropout", "1"], "--dropout: expected less than 1, got 1.0"),
        (["--split", "0"], "--split: expected greater than 0, got 0.0"),
        (["--max-time", "soon"], "--max-time: expected a duration such as 90s, 8m or 1h30m, got 'soon'"),
        (["--task", "langauge_model"], "did you mean 'language_model'?"),
        (["--threads", "0"], "--threads: expected greater than or equal to 1, got 0"),
        (["--device", "toaster"], "--device: no 'toaster' on this machine; use cpu"),
        (["--set", "train.epoch=3"], "--set: unknown key 'train.epoch'; did you mean 'train.epochs'?"),
        (["--set", "train.lr"], "--set: expected KEY=VALUE"),
        (["--set", "train.steps=0"], "--set: train.steps: expected greater than or equal to 1, got 0"),
    ],
)
def test_an_option_that_cannot_be_used_exits_2_and_makes_no_run(
    flags: list[str], message: str, text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["train", str(text), "-o", str(tmp_path / "run"), "--quiet", *flags]) == 2
    complaint = capsys.readouterr().err
    assert complaint.startswith("remy: error: ")
    assert complaint.count("\n") == 1
    assert message in complaint
    assert not (tmp_path / "run").exists()


def test_a_flag_of_another_task_is_refused(text: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", str(text), "--label", "sentiment"]) == 2
    assert "--label: the task language_model has no such option" in capsys.readouterr().err


def test_an_unknown_task_names_the_nearest(text: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", str(text), "--task", "clasifier"]) == 2
    assert "did you mean 'classifier'?" in capsys.readouterr().err


def test_a_mistyped_data_set_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "shakespear"]) == 1
    assert "no such file or data set; did you mean 'shakespeare'?" in capsys.readouterr().err


def test_an_existing_run_needs_force(
    text: Path, tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["train", str(text), "-o", str(tmp_path / "run"), "--quiet", *words]
    assert run(line) == 0
    before = (tmp_path / "run" / "model.safetensors").read_bytes()
    assert run([*line, "--seed", "1"]) == 2
    assert (
        "this run exists; give --resume to go on with it or --force to replace it" in capsys.readouterr().err
    )
    assert (tmp_path / "run" / "model.safetensors").read_bytes() == before
    assert run([*line, "--seed", "1", "--force"]) == 0
    assert (tmp_path / "run" / "model.safetensors").read_bytes() != before


def test_force_with_a_text_that_cannot_be_used_leaves_the_old_run(
    text: Path, tmp_path: Path, words: list[str]
) -> None:
    out = tmp_path / "run"
    assert run(["train", str(text), "-o", str(out), "--quiet", *words]) == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    (tmp_path / "bad.txt").write_bytes(b"x")
    assert run(["train", str(tmp_path / "bad.txt"), "-o", str(out), "--quiet", "--force"]) == 1
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ([], "needs the run to go on with"),
        (["-o", "none"], "there is no such run to resume"),
        (["-o", "none", "--force"], "leave out --force and --config"),
    ],
)
def test_resuming_nothing_is_refused(
    flags: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert run(["train", "--resume", *flags]) in {1, 2}
    assert message in capsys.readouterr().err


def test_a_resumed_run_keeps_its_network(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "-o", str(finished), "--resume", "--units", "99"]) == 2
    assert "--units: a resumed run keeps model.units = 12, got 99" in capsys.readouterr().err


def test_ctrl_c_saves_says_how_to_go_on_and_exits_130(text: Path, tmp_path: Path, words: list[str]) -> None:
    out = tmp_path / "run"
    line = [sys.executable, "-m", "remy.cli", "train", str(text), "-o", str(out), *words, "--epochs", "5000"]
    process = subprocess.Popen(line, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 50.0
    while not (out / "history.jsonl").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)
    os.kill(process.pid, signal.SIGINT)
    shown, complaint = process.communicate(timeout=50)
    assert process.returncode == 130
    assert shown == ""
    assert f"go on with: remy train -o {out} --resume" in complaint
    assert "Traceback" not in complaint
    assert (out / "checkpoints" / "last.safetensors").is_file()
    assert run(["train", "-o", str(out), "--resume", "--quiet", "--max-time", "0.1s"]) == 0
    assert (out / "metrics.json").is_file()
