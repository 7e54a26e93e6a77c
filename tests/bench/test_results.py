"""Results: kept as JSON, read back, shown as text, table and chart, and held against the bars."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.bars import BARS, judge, report
from benchmarks.chart import draw
from benchmarks.table import markdown
from remy.bench.cases import Case
from remy.bench.results import Memory, read_results, write_results
from remy.bench.text import case_line, short_table, where
from remy.errors import DataError
from tests.bench import small

LAYER = Case("lstm", "training", 32, 100, 128, 128)


def test_json_gives_back_the_same_results(tmp_path: Path) -> None:
    found = small.results(missing={"Keras-JAX": "no"}, capped={"ONNX Runtime": False})
    write_results(tmp_path / "r.json", found)
    assert read_results(tmp_path / "r.json") == found


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        (b"\xff\xfe", "is no text"),
        (b"{", "is not the JSON file of a benchmark run (Invalid JSON"),
        (b'{"format": "other"}', "is not the JSON file of a benchmark run (format:"),
        (b"[]", "is not the JSON file of a benchmark run"),
    ],
)
def test_anything_else_is_refused_in_one_sentence(
    content: bytes | None, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "r.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_results(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_table_shows_bars_ratios_spread_memory_and_where() -> None:
    shown = markdown(small.results())
    assert "a processor, 2 cores, 2 threads, avx2; large product 140 GFLOP/s" in shown
    assert "| LSTM B32 T100 u128 | 10.0 ms | 0.1 | 0.80 | **3.00** (2.90–3.10) |" in shown
    assert "(**0.90** of torch.nn)" in shown
    assert "| training step against torch.nn, geometric mean | ≥ 2.8 | 3.00 | met |" in shown
    rows = [line for line in shown.splitlines() if line.startswith("| LSTM B")]
    assert len(rows) == 14


def test_failures_and_missing_peers_are_in_the_table_and_the_text() -> None:
    failed = small.one(LAYER, "layers", []).model_copy(update={"failures": {"torch.nn": "outputs: off by 1"}})
    found = small.results(cases=[failed], memory=[], missing={"ONNX Runtime": "not there"})
    for shown in (markdown(found), "\n".join([*where(found), short_table(found)])):
        assert "LSTM training B32 T100 u128: torch.nn: outputs: off by 1" in shown
        assert "missing: ONNX Runtime (not there)" in shown
        assert " failed" in shown
    assert "torch.nn FAILED: outputs: off by 1" in case_line(failed)
    assert found.failures == ["LSTM training B32 T100 u128: torch.nn: outputs: off by 1"]


def test_a_capped_run_says_who_is_free() -> None:
    found = small.results(capped={"Remy": True, "ONNX Runtime": False})
    assert "instruction set capped to avx2, but for: ONNX Runtime" in markdown(found)


def test_the_chart_is_an_svg_with_every_case_peer_and_the_axis_named() -> None:
    drawn = draw(small.results())
    assert drawn == draw(small.results())
    root = ElementTree.fromstring(drawn)
    words = " ".join("".join(element.itertext()) for element in root.iter() if element.tag.endswith("text"))
    for expected in ("training step", "torch.nn", "Keras-JAX", "PackedSequence", "ONNX Runtime", "log scale"):
        assert expected in words
    assert words.count("GRU B64 T50 u256") == 2
    assert "a processor, 2 threads, avx2" in words


def test_a_chart_of_nothing_is_refused() -> None:
    with pytest.raises(DataError, match="at least one ratio to a peer"):
        draw(small.results(cases=[]))


def test_a_complete_run_has_all_cases_of_every_bar() -> None:
    verdicts = judge(small.results())
    assert [verdict.cases for verdict in verdicts] == [bar.cases for bar in BARS]
    words = {verdict.bar.what: verdict.word for verdict in verdicts}
    assert words["training step against torch.nn, geometric mean"] == "met"
    assert words["mixed lengths against PackedSequence, training, LSTM and GRU, the lower"] == "not met"
    assert words["cost of recurrent_dropout over none, the higher"] == "not met"
    assert words["peak memory of a training step against torch.nn, worst case"] == "met"


def test_a_bar_without_all_its_cases_says_so() -> None:
    found = small.results(cases=[small.one(LAYER, "layers", ["torch.nn"])], memory=[])
    words = {verdict.bar.what: verdict.word for verdict in judge(found)}
    assert words["training step against torch.nn, geometric mean"] == "met (1 of 21 cases)"
    assert words["training step against Keras-JAX, geometric mean"] == "not measured"
    assert "not measured" in report(found)


def test_the_worst_case_decides_the_bars_that_say_so() -> None:
    slow = small.one(LAYER, "layers", ["torch.nn"], ratio=0.5)
    complete = small.results()
    found = complete.model_copy(update={"cases": [slow if c.case == LAYER else c for c in complete.cases]})
    figures = {verdict.bar.what: verdict.figure for verdict in judge(found)}
    assert figures["training step against torch.nn, worst case"] == 0.5
    assert figures["inference against torch.nn, worst case"] == 3.0


def test_every_bar_has_words_of_its_own() -> None:
    assert len({bar.what for bar in BARS}) == len(BARS) == 16


def test_memory_too_small_to_tell_is_not_compared() -> None:
    tiny = Memory(case=LAYER, bytes={"Remy": 500_000, "torch.nn": 100_000})
    found = small.results(memory=[tiny])
    assert judge(found)[-1].figure is None
    assert "Remy 0.5, torch.nn 0.1 |" in markdown(found)
