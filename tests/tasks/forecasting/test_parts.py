"""Cutting series by time, and their scales: nothing of the future in what is learned from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from remy.data.windows import Windows
from remy.errors import DataError, UsageError
from tests.tasks.forecasting import small


def test_the_steps_ahead_of_every_window_lie_in_one_part(shops: Path) -> None:
    parts = small.parts(shops)
    horizon = 3
    assert list(parts.learned) == [126, 126]
    assert list(parts.validated) == [144, 144]
    for presents, start, stop in (
        (parts.train_presents, 8, 126),
        (parts.valid_presents, 126, 144),
        (parts.test_presents, 144, 180),
    ):
        ends = presents[presents[:, 0] == 0, 1]
        assert ends.tolist() == list(range(start, stop - horizon + 1))


def test_series_are_cut_at_the_same_moment_though_they_begin_at_different_ones(tmp_path: Path) -> None:
    late = [row for row in small.rows() if row[1] == "a" or row[0] >= "2020-03-01"]
    parts = small.parts(small.write(tmp_path / "late.csv", late))
    cuts = {track.times[stop] for track, stop in zip(parts.table.tracks, parts.learned, strict=True)}
    assert len(cuts) == 1
    assert parts.learned[0] != parts.learned[1]


def test_scales_are_those_of_the_part_that_is_learned_from_each_series_its_own(shops: Path) -> None:
    parts = small.parts(shops)
    for track in parts.table.tracks:
        mean, scale = parts.scaler.target_scale(track.name)
        np.testing.assert_allclose(mean, track.target[:126].mean(axis=0))
        np.testing.assert_allclose(scale, track.target[:126].std(axis=0))
        assert not np.allclose(mean, track.target.mean(axis=0))


def test_what_is_learned_does_not_change_with_the_future(shops: Path, tmp_path: Path) -> None:
    changed = [
        (day, shop, 1e6 if day >= str(small.DAYS[144]) else sales, promo)
        for day, shop, sales, promo in small.rows()
    ]
    ours = small.trained(shops, data__season=7)
    theirs = small.trained(small.write(tmp_path / "changed.csv", changed), data__season=7)
    assert ours.model.tokenizer == theirs.model.tokenizer
    for name, tensor in ours.model.tensors.items():
        np.testing.assert_array_equal(tensor, theirs.model.tensors[name])


def test_a_window_holds_the_past_and_what_is_known_of_the_very_steps_ahead(shops: Path) -> None:
    parts = small.parts(shops, data__calendar=[])
    track = parts.table.tracks[1]
    windows = Windows(parts.table.tracks, parts.scaler, window=8, horizon=3)
    found = windows.inputs(np.array([[1, 50]]), 3)
    mean, scale = parts.scaler.target_scale("b")
    z = (track.target[:, 0] - mean[0]) / scale[0]
    np.testing.assert_allclose(found.past[0, :, 0], z[42:50], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.past[0, :, 1], z[42:50] - z[49], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.last[0], [z[49]], rtol=1e-4)
    promo = track.known[:, 0]
    scaled = (promo - promo[:126].mean()) / promo[:126].std()
    np.testing.assert_allclose(found.past[0, :, 2], scaled[42:50], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.ahead[0, :, 1], scaled[50:53], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.ahead[0, :, 0], [1 / 3, 2 / 3, 1.0], rtol=1e-6)
    np.testing.assert_allclose(
        windows.targets(np.array([[1, 50]]), 3)[0, :, 0], z[50:53], rtol=1e-4, atol=1e-5
    )


def test_a_series_too_short_for_the_window_is_left_out_and_alone_refused(shops: Path, tmp_path: Path) -> None:
    short = [row for row in small.rows() if row[1] == "a" or row[0] >= "2020-05-01"]
    path = small.write(tmp_path / "short.csv", short)
    parts = small.parts(path)
    assert [track.name for track in parts.table.tracks] == ["a"]
    assert any("too short to learn from and left out: 'b' (" in note for note in parts.notes)
    with pytest.raises(DataError, match=r"window of 200 and a horizon of 3 steps need 203 .* 'a' \(126\)"):
        small.parts(shops, model__window=200)


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (["2020-01-01", "2020-01-02", "2020-01-02"], "is there already in line"),
        (["2020-01-03", "2020-01-01", "2020-01-02"], "sort the rows by 'date'"),
        (
            ["2020-01-01", "2020-01-02", "2020-01-04", "2020-01-05"],
            "1 gap in steps of 1 day, .* data.gaps",
        ),
        (["2020-01-01T00:00", "2020-01-01T07:01", "2020-01-03T09:30", "2020-01-09T00:07"], "are irregular"),
    ],
)
def test_times_that_are_no_grid_are_refused_in_one_sentence(
    days: list[str], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("date,sales\n" + "".join(f"{day},{n}\n" for n, day in enumerate(days)))
    with pytest.raises(DataError, match=message):
        small.parts(path, data__series=None, data__known=[])


def test_gaps_are_closed_or_filled_where_that_is_asked_for(tmp_path: Path) -> None:
    kept = [row for row in small.rows() if row[0] != "2020-02-10"]
    path = small.write(tmp_path / "gap.csv", kept)
    closed = small.parts(path, data__gaps="close").table.tracks[0]
    filled = small.parts(path, data__gaps="fill").table.tracks[0]
    assert (len(closed), len(filled)) == (179, 180)
    place = int(np.flatnonzero(filled.times == np.datetime64("2020-02-10"))[0])
    assert filled.target[place] == filled.target[place - 1] == closed.target[place - 1]
    np.testing.assert_array_equal(filled.target[place + 1 :], closed.target[place:])


def test_a_split_that_leaves_nothing_to_validate_on_is_refused() -> None:
    with pytest.raises(UsageError, match=r"they are 0\.9 and 0\.2"):
        small.config("x.csv", data__split=0.9)
    with pytest.raises(UsageError, match="validates on later times of its own series"):
        small.config("x.csv", data__valid="y.csv")
