"""What a run says while it runs."""

import dataclasses
import io
import sys

import pytest

from remy.training.lesson import Words
from remy.training.progress import Bar, PlainLines, Report, Silent, choose_reporter, format_seconds

REPORT = Report(
    update=30,
    updates=120,
    loss=1.8125,
    scores={"loss": 1.75},
    metric="loss",
    best=1.75,
    items_per_second=123456.0,
    seconds_left=75.0,
    words=Words(loss="nats/char", item="char"),
)


def test_elsewhere_than_on_a_terminal_there_is_one_plain_line_a_validation(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reporter = PlainLines()
    for _ in range(100):
        assert not reporter.due()
        reporter.progress(REPORT)
    reporter.validated(REPORT)
    captured = capsys.readouterr()
    assert captured.out == ""
    line = "update 30/120  train 1.812  valid 1.750  best 1.750 nats/char  123k char/s  1:15 left\n"
    assert captured.err == line


def test_a_metric_other_than_the_loss_stands_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    scores = {"loss": 0.5, "macro_f1": 0.875}
    words = Words(loss="nats", item="word")
    report = dataclasses.replace(REPORT, scores=scores, metric="macro_f1", best=0.9, words=words)
    PlainLines().validated(report)
    line = "train 1.812  valid 0.500 nats  macro f1 0.875  best 0.900  123k word/s"
    assert line in capsys.readouterr().err


def test_the_bar_is_drawn_at_most_four_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    now = [0.0]
    bar = Bar(clock=lambda: now[0])
    drawn = 0
    for tick in range(1000):
        now[0] = tick * 0.01
        if bar.due():
            bar.progress(REPORT)
            drawn += 1
    bar.close()
    assert 35 <= drawn <= 41


def test_the_bar_shows_loss_best_speed_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    bar = Bar()
    bar.progress(REPORT)
    bar.validated(REPORT)
    bar.close()
    text = screen.getvalue()
    for part in ("25%", "loss 1.812", "best 1.750", "123k char/s", "1:15 left", "update     30"):
        assert part in text


def test_quiet_means_silence_and_no_terminal_means_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert isinstance(choose_reporter(quiet=True), Silent)
    assert isinstance(choose_reporter(), PlainLines)


def test_silence_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = Silent()
    assert not reporter.due()
    reporter.progress(REPORT)
    reporter.validated(REPORT)
    reporter.note("hello")
    reporter.close()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "0:00"), (59.6, "1:00"), (3723, "1:02:03"), (-5, "0:00")]
)
def test_seconds_are_shown_as_a_clock_shows_them(seconds: float, text: str) -> None:
    assert format_seconds(seconds) == text
