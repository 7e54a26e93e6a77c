"""Classifying from the command line: a file in, a run, answers and scores out."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from remy.cli.app import run
from remy.cli.rows import write_rows
from remy.errors import DataError
from tests.cli.test_without_torch import WITHOUT_TORCH
from tests.tasks.classification import toy

FLAGS = [
    *("--units", "8", "--epochs", "12", "--lr", "0.02", "--dropout", "0", "--threads", "1"),
    *("--set", "model.embedding=8", "--set", "data.min_count=1", "--quiet"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of reviews, one of recordings, and a finished run of each."""
    place = tmp_path_factory.mktemp("classifier")
    (place / "reviews.csv").write_text(toy.table(*toy.reviews()), encoding="utf-8")
    values, labels = toy.recordings()
    lengths = [len(value) for value in values]
    padded = np.zeros((len(values), max(lengths), 2), np.float32)
    for row, value in enumerate(values):
        padded[row, : len(value)] = value
    np.savez(place / "recordings.npz", x=padded, lengths=np.array(lengths), y=np.array(labels))
    for name, file in (("run", "reviews.csv"), ("numbers", "recordings.npz")):
        assert run(["train", str(place / file), "-o", str(place / name), *FLAGS]) == 0
    return place


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_table_is_known_for_what_it_is_and_the_flags_say_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text(toy.table(*toy.reviews()), encoding="utf-8")
    words = [word for word in FLAGS if word != "--quiet"]
    assert run(["train", str(path), "-o", str(tmp_path / "a"), *words]) == 0
    captured = capsys.readouterr()
    assert "task: classifier (guessed: .csv with a text column 'text')" in captured.err
    assert "the label is column 'label'" in captured.err
    assert "72 records to learn from (good 36, bad 36), 8 held out" in captured.err
    (line,) = [line for line in captured.err.splitlines() if line.startswith("remy:   remy train ")]
    again = line.removeprefix("remy:   remy ").replace(str(tmp_path / "a"), str(tmp_path / "b")).split()
    assert run([*again, "--quiet"]) == 0
    models = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("a", "b")]
    assert models[0] == models[1]
    assert "majority class" in captured.out
    assert "TF-IDF + logistic regression" in captured.out
    assert "the model " in captured.out
    made = {path.relative_to(tmp_path / "a").as_posix() for path in (tmp_path / "a").rglob("*.png")}
    assert made == {"plots/learning_curve.png", "plots/confusion.png"}


def test_answers_stand_behind_the_columns_of_the_file(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "more.csv"
    path.write_text('id,text,stars\n7,"so good, and fine",5\n8,very awful,1\n', encoding="utf-8")
    assert run(["predict", str(folder / "run"), str(path)]) == 0
    found = rows(capsys.readouterr().out)
    assert [list(row) for row in found] == [["id", "text", "stars", "predicted", "probability"]] * 2
    assert [row["predicted"] for row in found] == ["good", "bad"]
    assert found[0]["text"] == "so good, and fine"
    assert all(0.5 < float(row["probability"]) <= 1.0 for row in found)


def test_json_lines_have_the_likeliest_labels(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["predict", str(folder / "run"), str(folder / "reviews.csv"), "--json", "--top", "2"]
    assert run(words) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == 80
    for line in lines:
        assert line["top"][0] == [line["predicted"], line["probability"]]
        assert sum(probability for _, probability in line["top"]) == pytest.approx(1.0)


def test_lines_of_standard_input_are_answered_in_order(folder: Path) -> None:
    line = [sys.executable, "-m", "remy.cli", "predict", str(folder / "run"), "-"]
    shown = subprocess.run(
        line, input="a great film\na dull film\n", text=True, capture_output=True, check=True
    )
    assert [row["predicted"] for row in rows(shown.stdout)] == ["good", "bad"]


def test_a_line_without_a_text_keeps_its_place_without_an_answer(folder: Path) -> None:
    line = [sys.executable, "-m", "remy.cli", "predict", str(folder / "run"), "-"]
    said = "a great film\n\na dull film\n"
    shown = subprocess.run(line, input=said, text=True, capture_output=True, check=True)
    assert [row["predicted"] for row in rows(shown.stdout)] == ["good", "", "bad"]


def test_each_line_is_answered_before_the_next_is_there(folder: Path) -> None:
    line = [sys.executable, "-m", "remy.cli", "predict", str(folder / "run"), "-"]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("a great film\n")
        process.stdin.flush()
        assert process.stdout.readline().startswith("text,predicted")
        assert process.stdout.readline().startswith("a great film,good")
        process.stdin.close()


@pytest.mark.parametrize("text", ["great film " * 60, "good...bad"])
def test_a_text_is_no_file_however_long_or_dotted(
    text: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["predict", str(folder / "run"), text]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_the_column_of_training_is_read_where_the_file_has_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = list(zip(*toy.reviews(40), strict=True))
    lines = [f"{number},{text},{label},9" for number, (text, label) in enumerate(pairs)]
    path = tmp_path / "cols.csv"
    path.write_text("\n".join(["id,blurb,genre,price", *lines, ""]), encoding="utf-8")
    flags = ["--text", "blurb", "--label", "genre", "--task", "classifier"]
    assert run(["train", str(path), "-o", str(tmp_path / "run"), *flags, *FLAGS]) == 0
    capsys.readouterr()
    assert run(["predict", str(tmp_path / "run"), str(path)]) == 0
    assert [row["genre"] for row in rows(capsys.readouterr().out)] == [label for _, label in pairs]


def test_a_text_itself_is_answered_with_all_labels(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict", str(folder / "run"), "a lovely film"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("good  0.")
    assert second.startswith("bad   0.")


def test_a_row_with_a_column_more_than_the_first_is_no_table() -> None:
    with pytest.raises(DataError, match="record 2 has a column 'b' that the first one lacks; --json"):
        write_rows([{"a": 1}, {"a": 2, "b": 3}], out=None, as_json=False)


def test_recordings_are_answered_by_number_into_a_file(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "answers.csv"
    assert run(["predict", str(folder / "numbers"), str(folder / "recordings.npz"), "-o", str(out)]) == 0
    found = rows(out.read_text(encoding="utf-8"))
    assert [row["record"] for row in found] == [str(number) for number in range(1, 61)]
    assert np.mean([row["predicted"] == row["label"] for row in found]) > 0.95


def test_evaluation_shows_classes_confusion_and_baselines_and_draws(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.csv"
    other.write_text(toy.table(*toy.reviews(seed=8)), encoding="utf-8")
    plot = tmp_path / "confusion.svg"
    assert run(["evaluate", str(folder / "run"), str(other), "--plot", str(plot)]) == 0
    captured = capsys.readouterr()
    assert "80 records of" in captured.err
    assert captured.out.split()[:3] == ["accuracy", "macro", "f1"]
    for word in ("majority class", "TF-IDF", "precision", "recall", "right (rows), answered (columns)"):
        assert word in captured.out
    assert plot.read_bytes().startswith(b"<?xml")


def test_without_a_file_the_scores_of_the_training_run_come_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("run", "numbers"):
        assert run(["evaluate", str(folder / name), "--json"]) == 0
        result = json.loads(capsys.readouterr().out)
        metrics = json.loads((folder / name / "metrics.json").read_text(encoding="utf-8"))
        assert result["model"] == metrics["model"]
        assert result["baselines"] == metrics["baselines"]


def test_labels_unseen_in_training_are_named_and_count_as_wrong(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(toy.table(["good", "bad"], ["good", "ugly"]), encoding="utf-8")
    assert run(["evaluate", str(folder / "run"), str(path), "--json"]) == 0
    model = json.loads(capsys.readouterr().out)["model"]
    assert model["labels_not_in_training"] == ["ugly"]
    assert model["accuracy"] == 0.5


def test_records_that_were_learned_from_are_remarked_upon(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["evaluate", str(folder / "run"), str(folder / "reviews.csv")]) == 0
    assert "are in the training data too" in capsys.readouterr().err


def test_after_training_nothing_needs_torch(folder: Path) -> None:
    for words in (["predict", "RUN", "a film"], ["evaluate", "RUN"], ["info", "RUN", "--verify"]):
        line = [str(folder / "run") if word == "RUN" else word for word in words]
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT_TORCH, *line], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


GOOD = toy.table(*toy.reviews())


@pytest.mark.parametrize(
    ("content", "flags", "code", "message"),
    [
        (GOOD, ["--label", "sentiment"], 1, "the columns are text, label"),
        (
            toy.table(["a", "b", "c"], ["x", "x", "x"]),
            [],
            1,
            "at least two classes to tell apart, got only 'x'",
        ),
        ("text,label\n", [], 1, "a header (text, label) without rows"),
        ('text,label\n"a",x\n"b",y,z\n', [], 1, "table.csv:3"),
        ("text,label\n,x\n ,y\n", [], 1, "2 dropped: 2 with an empty text"),
        (
            "text,label\na,x\nb,y\n",
            ["--pooling", "sum"],
            2,
            "--pooling: expected one of last, mean",
        ),
        (GOOD, ["--live", "--bidirectional"], 2, "live reads no future"),
        (GOOD, ["--metric", "macrof1"], 2, "did you mean 'macro_f1'?"),
        (GOOD, ["--task", "regressor"], 1, "expected a number to learn in column 'label', got 'good'"),
        (
            GOOD,
            ["--task", "regressor", "--metric", "accuracy"],
            2,
            "--metric: expected one of rmse, mae, loss",
        ),
        (GOOD, ["--valid", "nowhere.csv"], 1, "nowhere.csv"),
        (GOOD, ["--horizon", "3"], 2, "--horizon: the task classifier has no such option"),
        (GOOD, ["--set", "model.poling=max"], 2, "unknown key 'model.poling'; did you mean 'model.pooling'?"),
        ("caf\xe9,label\n", [], 1, "table.csv:1"),
    ],
)
def test_bad_input_is_one_clear_sentence_and_makes_no_run(
    content: str,
    flags: list[str],
    code: int,
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content.encode("latin-1"))
    before = sorted(tmp_path.rglob("*"))
    assert run(["train", str(path), "-o", str(tmp_path / "run"), *flags, "--quiet"]) == code
    complaint = capsys.readouterr().err
    assert complaint.startswith("remy: error: ")
    assert complaint.count("\n") == 1
    assert message in complaint
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["predict", "RUN", "none.csv"], 1, "none.csv"),
        (["predict", "RUN", "NUMBERS"], 1, "the model reads texts, got numbers"),
        (["predict", "RUN", "FILE", "--text", "body"], 1, "'body'"),
        (["predict", "RUN", "TAKEN"], 1, "has a column 'predicted' already"),
        (["evaluate", "RUN", "NUMBERS"], 1, "the model reads texts, got numbers"),
        (["evaluate", "NUMERIC", "FILE"], 1, "the model reads numeric sequences, got texts"),
        (["predict", "RUN", "FILE", "--top", "0"], 2, "top: expected at least 1, got 0"),
        (["generate", "RUN"], 1, "expected a model of the task language_model, got a classifier"),
        (["evaluate", "RUN", "--plot", "a.jpg"], 2, "ends in .png or .svg"),
        (["check", "none.csv"], 1, "none.csv"),
    ],
)
def test_what_cannot_be_answered_is_one_clear_sentence(
    words: list[str], code: int, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "taken.csv").write_text("text,predicted\ngreat,MINE\n", encoding="utf-8")
    names = {"RUN": "run", "NUMERIC": "numbers", "NUMBERS": "recordings.npz", "FILE": "reviews.csv"}
    names |= {"TAKEN": "taken.csv"}
    line = [str(folder / names[word]) if word in names else word for word in words]
    assert run(line) == code
    complaint = capsys.readouterr().err
    assert complaint.startswith("remy: error: ")
    assert complaint.count("\n") == 1
    assert message in complaint


def test_a_line_of_200_000_words_is_read_from_its_beginning_and_that_is_said(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts, labels = toy.reviews()
    texts[0] = "good " * 200_000
    path = tmp_path / "long.csv"
    path.write_text(toy.table(texts, labels), encoding="utf-8")
    words = [word for word in FLAGS if word != "--quiet"]
    assert run(["train", str(path), "-o", str(tmp_path / "run"), *words]) == 0
    assert (
        "1 of the sequences are longer than 1000 tokens; only their beginning is read"
        in capsys.readouterr().err
    )
    assert run(["predict", str(tmp_path / "run"), str(path)]) == 0


def test_a_check_says_what_a_file_holds_and_what_both_files_have(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(folder / "reviews.csv")
    assert run(["check", path, "--test", path, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["kept"] == 80
    assert report["labels"] == {"bad": 40, "good": 40}
    assert report["against"]["shared"] == 80
    assert run(["check", path]) == 0
    assert "label good: 40 (50.0 %)" in capsys.readouterr().out
