"""`remy forecast`: rows after the end of series, a picture, and refusals of one sentence."""

import csv
import json
from pathlib import Path

import pytest

from remy.cli.app import run
from remy.tasks.forecasting.opening import open_forecaster
from remy.tasks.starting import start
from tests.tasks.forecasting import small


@pytest.fixture(scope="session")
def shop_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run over ``shops.csv`` beside it, and ``future.csv`` with the promotions of the next three days."""
    folder = tmp_path_factory.mktemp("forecast")
    path = small.write(folder / "shops.csv")
    days = ("2020-06-29", "2020-06-30", "2020-07-01")
    lines = [f"{day},{shop},{place % 2}" for shop in "ab" for place, day in enumerate(days)]
    (folder / "future.csv").write_text("date,shop,promo\n" + "\n".join(lines) + "\n")
    start(open_forecaster(small.config(path)), out=folder / "run")
    return folder / "run"


def test_rows_say_series_time_step_point_and_quantiles(
    shop_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    future = str(shop_run.parent / "future.csv")
    assert run(["forecast", str(shop_run), "--future", future, "--quantiles", "0.25,0.5,0.9"]) == 0
    captured = capsys.readouterr()
    rows = list(csv.DictReader(captured.out.splitlines()))
    assert captured.err == ""
    assert list(rows[0]) == ["series", "time", "step", "forecast", "q0.25", "q0.5", "q0.9"]
    assert [(row["series"], row["time"], row["step"]) for row in rows] == [
        (shop, day, str(place + 1))
        for shop in "ab"
        for place, day in enumerate(("2020-06-29", "2020-06-30", "2020-07-01"))
    ]
    assert all(float(row["q0.25"]) <= float(row["q0.5"]) <= float(row["q0.9"]) for row in rows)


def test_json_lines_a_file_and_a_picture(
    shop_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    future, data = (str(shop_run.parent / name) for name in ("future.csv", "shops.csv"))
    out, plot = tmp_path / "ahead.jsonl", tmp_path / "fan.svg"
    words = ["--horizon", "2", "--series", "b", "--json", "-o", str(out), "--plot", str(plot)]
    assert run(["forecast", str(shop_run), data, "--future", future, *words]) == 0
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(row["series"], row["step"]) for row in rows] == [("b", 1), ("b", 2)]
    assert plot.read_text().lstrip().startswith("<?xml")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ([], 1, "reads promo ahead of time; give them for the 3 steps from 2020-06-29 to 2020-07-01"),
        (["--horizon", "0"], 2, "expected at least 1 step, got 0"),
        (["--horizon", "9"], 2, "forecasts up to 3 steps, got 9; train with --horizon 9"),
        (["--quantiles", "0.5,x"], 2, "--quantiles: expected levels such as 0.1,0.5,0.9, got '0.5,x'"),
        (["--quantiles", "0.9,0.1"], 2, "--quantiles: expected rising levels, got 0.9, 0.1"),
        (["--plot", "fan.doc"], 2, "--plot: expected a file that ends in .png or .svg, got fan.doc"),
        (["--series", "c"], 2, "--series: expected one of a, b, got 'c'"),
        (["none.csv"], 1, "none.csv"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence_and_writes_nothing(
    words: list[str],
    code: int,
    message: str,
    shop_run: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "rows.csv"
    assert run(["forecast", str(shop_run), *words, "-o", str(out)]) == code
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""
    assert not out.exists()


def test_a_model_of_another_task_is_refused(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["forecast", str(finished)]) == 1
    assert "expected a model of the task forecaster, got a language_model" in capsys.readouterr().err
