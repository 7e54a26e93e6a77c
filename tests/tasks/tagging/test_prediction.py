"""Files back with their tags, and the scores of a run."""

import gzip
import io
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from remy import config as configuration
from remy import runtime
from remy.cli.scores import score_lines
from remy.errors import DataError, ModelFileError, UsageError
from remy.io import model_file
from remy.tasks.evaluators import evaluate
from remy.tasks.starting import start
from remy.tasks.tagging.evaluation import evaluate_run
from remy.tasks.tagging.opening import open_tagger
from remy.tasks.tagging.prediction import predict_file
from tests.tasks.tagging import toy

LINE = "the fish run fishly\n"
TAGS = ["DET", "NOUN", "VERB", "ADV"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("tagger")
    (folder / "train.conllu").write_text(toy.conllu(toy.words(120)), encoding="utf-8")
    values = {"data.train": str(folder / "train.conllu")}
    start(open_tagger(configuration.override(toy.config(), values)), out=folder / "run")
    yield folder / "run"
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def tagger(run: Path) -> runtime.Tagger:
    return runtime.load_as(run, runtime.Tagger)


def standard_input(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    class Stream:
        buffer = io.BufferedReader(io.BytesIO(text.encode()))  # type: ignore[arg-type]

        def isatty(self) -> bool:
            return False

    monkeypatch.setattr(sys, "stdin", Stream())


def predicted(tagger: runtime.Tagger, location: object, **options: Any) -> str:
    return "".join(predict_file(tagger, str(location), **options))


ODD = (
    "# text = Don't\r\n1-2\tDon't\t_\t_\t_\t_\t_\t_\t_\t_\r\n"
    "1\tthe\tthe\tWRONG\tX\tA=b\t0\troot\t_\tSpaceAfter=No\r\n"
    "2\tfish\t_\t_\t_\t_\t_\t_\t_\t_\r\n2.1\tghost\t_\tGHOST\t_\t_\t_\t_\t1:x\t_\r\n"
    "3\trun\trun\tNOUN\t\u00e9\t_\t_\t_\t_\t_\r\n\r\n\r\n# last\r\n"
)


def test_every_byte_but_the_tags_stays_as_it_was(tagger: runtime.Tagger, tmp_path: Path) -> None:
    path = tmp_path / "odd.conllu"
    path.write_bytes(ODD.encode())
    found = predicted(tagger, path)
    expected = ODD.replace("\tthe\tWRONG\t", "\tthe\tDET\t").replace("2\tfish\t_\t_", "2\tfish\t_\tNOUN")
    assert found.encode() == expected.replace("\trun\tNOUN\t", "\trun\tVERB\t").encode()
    with gzip.open(tmp_path / "odd.conllu.gz", "wb") as stream:
        stream.write(ODD.encode())
    assert predicted(tagger, tmp_path / "odd.conllu.gz") == found


def test_another_column_can_take_the_tags(tagger: runtime.Tagger, tmp_path: Path) -> None:
    path = tmp_path / "a.conllu"
    path.write_text(toy.conllu(([TAGS], [TAGS])), encoding="utf-8")
    assert re.search(r"^1\tDET\tdet\tDET\t[A-Z]+\tA=b", predicted(tagger, path, tag="xpos"), re.MULTILINE)
    with pytest.raises(UsageError, match="tag: expected one of upos, xpos"):
        predicted(tagger, path, tag="uposs")


def test_columns_without_a_tag_get_one(tagger: runtime.Tagger, tmp_path: Path) -> None:
    path = tmp_path / "a.conll"
    path.write_text("the\nfish\nrun\nfishly\n\nAnna\nrun\n\n", encoding="utf-8")
    expected = "the\tDET\nfish\tNOUN\nrun\tVERB\nfishly\tADV\n\nAnna\tNAME\nrun\tVERB\n\n"
    assert predicted(tagger, path, format="conll") == expected


def test_lines_of_text_come_back_as_words_with_tags(
    tagger: runtime.Tagger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = "the\tDET\nfish\tNOUN\nrun\tVERB\nfishly\tADV\n\n"
    (tmp_path / "a.txt").write_text(f"{LINE}\n{LINE}", encoding="utf-8")
    assert predicted(tagger, tmp_path / "a.txt") == expected * 2
    standard_input(monkeypatch, LINE)
    assert predicted(tagger, "-") == expected
    with pytest.raises(UsageError, match="is plain text without columns; leave it out"):
        predicted(tagger, tmp_path / "a.txt", tag="upos")
    with pytest.raises(UsageError, match="format: expected one of conll, text, got 'csv'"):
        predicted(tagger, tmp_path / "a.txt", format="csv")


def test_standard_input_may_be_conll(tagger: runtime.Tagger, monkeypatch: pytest.MonkeyPatch) -> None:
    text = toy.conllu(([LINE.split()], [["X"] * 4]))
    for given in (text, text.partition("\n")[2]):
        standard_input(monkeypatch, given)
        expected = given
        for tag in TAGS:
            expected = expected.replace("\tX\tXX\t", f"\t{tag}\tXX\t", 1)
        assert predicted(tagger, "-") == expected


def test_a_live_tagger_answers_each_sentence_before_it_reads_the_next(
    tagger: runtime.Tagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    class Slow(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            read.append(1)
            if len(read) > 3:
                return 0
            buffer[: len(LINE)] = LINE.encode()
            return len(LINE)

    class Stream:
        buffer = io.BufferedReader(Slow())

        def isatty(self) -> bool:
            return False

    monkeypatch.setattr(sys, "stdin", Stream())
    monkeypatch.setattr(tagger, "live", True)
    answers = predict_file(tagger, "-")
    for number in range(1, 4):
        assert next(answers).startswith("the\tDET\n")
        assert len(read) == number


def test_a_malformed_line_is_named(tagger: runtime.Tagger, tmp_path: Path) -> None:
    path = tmp_path / "bad.conllu"
    path.write_text("1\tthe\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"bad\.conllu:1: expected 10 columns"):
        predicted(tagger, path)
    (tmp_path / "empty.conllu").touch()
    with pytest.raises(DataError, match=r"the file is empty|there are no words"):
        predicted(tagger, tmp_path / "empty.conllu")


def test_a_run_is_scored_as_it_was_at_its_end(run: Path) -> None:
    found = evaluate_run(run)
    metrics = runtime.load(run).model_file.metrics
    for key in ("model", "baseline", "verdict", "scored_on"):
        assert found[key] == metrics[key]
    assert evaluate(run) == found
    text = "\n".join(score_lines(found))
    assert re.search(r"accuracy +unknown word\nmodel +\d\.\d{4}", text)
    assert "most frequent tag of each word" in text
    assert re.search(r"\n +precision +recall +F1 +words\nADV", text)


def test_another_file_is_scored_beside_the_baseline(run: Path, tmp_path: Path) -> None:
    words, tags = toy.words(20, seed=3)
    words[0][0] = "zzz"
    tags[1][0] = "ODD"
    path = tmp_path / "other.conllu"
    path.write_text(toy.conllu((words, tags)), encoding="utf-8")
    found = evaluate_run(run, str(path))
    assert found["scored_on"] == {"name": str(path), "records": 20, "words": sum(map(len, words))}
    assert found["model"]["unknown_words"] == 1
    assert found["notes"] == ["tags that the model did not learn count as wrong: ODD (1)"]
    again = evaluate_run(run, str(run.parent / "train.conllu"))
    assert again["baseline"] is not None


def test_without_its_data_a_model_has_no_baseline(run: Path, tmp_path: Path) -> None:
    alone = tmp_path / "model.safetensors"
    shutil.copy(run / "model.safetensors", alone)
    with pytest.raises(
        UsageError, match="give a file to score, because this is a model file without its run"
    ):
        evaluate_run(alone)
    found = evaluate_run(alone, str(run.parent / "train.conllu"))
    assert found["baseline"] is None
    assert "unknown_word_accuracy" not in found["model"]
    assert found["notes"] == [
        "no baseline and no unknown words, because this is a model file without its run directory"
    ]
    assert "model" in "\n".join(score_lines(found))


def test_a_run_whose_data_changed_says_so(run: Path, tmp_path: Path) -> None:
    moved = tmp_path / "run"
    shutil.copytree(run, moved)
    config = (moved / "config.yaml").read_text(encoding="utf-8")
    other = tmp_path / "train.conllu"
    other.write_text(toy.conllu(toy.words(30, seed=6)), encoding="utf-8")
    (moved / "config.yaml").write_text(
        config.replace(str(run.parent / "train.conllu"), str(other)), encoding="utf-8"
    )
    with pytest.raises(UsageError, match="does not hold what the run learned from any more"):
        evaluate_run(moved)


def test_a_model_of_another_task_is_refused(run: Path, tmp_path: Path) -> None:
    from tests.runtime.small_models import model_file as language_model

    model_file.write(tmp_path / "model.safetensors", replace(language_model(), labels=None))
    with pytest.raises(ModelFileError, match="expected a model of the task tagger, got a language_model"):
        evaluate_run(tmp_path, str(run.parent / "train.conllu"))


def test_torch_is_not_needed_to_tag_and_to_score(run: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(LINE, encoding="utf-8")
    program = (
        "import sys; sys.modules['torch'] = None\n"
        "from remy import runtime\n"
        "from remy.tasks.tagging.evaluation import evaluate_run\n"
        "from remy.tasks.tagging.prediction import predict_file\n"
        "print(''.join(predict_file(runtime.load(sys.argv[1]), sys.argv[2])), end='')\n"
        "print(evaluate_run(sys.argv[1])['model']['accuracy'] > 0.9)\n"
    )
    words = [sys.executable, "-c", program, str(run), str(tmp_path / "a.txt")]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == "the\tDET\nfish\tNOUN\nrun\tVERB\nfishly\tADV\n\nTrue\n"
