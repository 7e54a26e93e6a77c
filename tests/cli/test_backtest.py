"""`remy backtest` and `remy train` of a forecaster: the baselines always stand beside the model."""

import csv
import json
from pathlib import Path

import pytest

from remy.cli.app import run
from tests.cli.test_forecast import shop_run  # noqa: F401 (a fixture)
from tests.tasks.forecasting import small


def test_scores_stand_beside_the_three_baselines_with_a_verdict(
    shop_run: Path,  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out, plot = tmp_path / "rows.csv", tmp_path / "plot.png"
    words = ["--horizon", "2", "--step", "4", "--windows", "5", "-o", str(out), "--plot", str(plot)]
    assert run(["backtest", str(shop_run), *words]) == 0
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    assert lines[0].split() == ["MAE", "RMSE", "MASE", "sMAPE", "wQL", "80", "%", "holds"]
    assert [line.split("  ")[0] for line in lines[1:5]] == ["model", "naive", "seasonal naive (7)", "drift"]
    assert lines[-1].startswith("the model ")
    assert "10 forecasts of 2 steps on the end of" in captured.err
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert len(rows) == 2 * 5 * 2
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_json_is_one_object(
    shop_run: Path,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["backtest", str(shop_run), "--json", "--quiet"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    found = json.loads(captured.out)
    assert found["task"] == "forecaster"
    assert len(found["baselines"]) == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--horizon", "0"], "horizon: expected at least 1 step, got 0"),
        (["--step", "0"], "step: expected at least 1, got 0"),
        (["--windows", "-1"], "windows: expected at least 1, got -1"),
    ],
)
def test_an_option_that_cannot_be_is_one_sentence(
    words: list[str],
    message: str,
    shop_run: Path,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["backtest", str(shop_run), *words]) == 2
    assert capsys.readouterr().err == f"remy: error: {message}\n"


def test_training_prints_the_table_and_leaves_a_run_that_can_be_evaluated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = small.write(tmp_path / "shops.csv"), tmp_path / "run"
    words = [
        "--task",
        "forecaster",
        "--target",
        "sales",
        "--series",
        "shop",
        "--known",
        "promo",
        "--horizon",
        "2",
    ]
    small_words = ["--units", "4", "--epochs", "1", "--threads", "1", "--set", "model.window=8"]
    assert run(["train", str(data), "-o", str(out), *words, *small_words]) == 0
    trained = capsys.readouterr().out.splitlines()
    assert trained[0].split()[:3] == ["MAE", "RMSE", "MASE"]
    assert run(["evaluate", str(out), "--quiet"]) == 0
    assert capsys.readouterr().out.splitlines()[:5] == trained[:5]
    assert run(["info", str(out), "--verify"]) == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("date,sales\n2020-01-01,1\n2020-01-01,2\n", "is there already in line 2"),
        ("date,sales\n2020-01-01,1\n", "has 1 step; a forecast needs at least two"),
        ("date,sales\n2020-01-01,1\n2020-01-02,\n", "column 'sales' is empty"),
        (
            "date,sales\n2020-01-01,1\n2020-01-02,2\n2020-01-03,2\n",
            "a window of 28 and a horizon of 1 steps need 29",
        ),
    ],
)
def test_series_that_cannot_be_used_exit_1_and_make_no_run(
    content: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "bad.csv", tmp_path / "run"
    path.write_text(content)
    assert run(["train", str(path), "--task", "forecaster", "-o", str(out), "--quiet"]) == 1
    complaint = capsys.readouterr().err
    assert message in complaint
    assert complaint.count("\n") == 1
    assert not out.exists()
