"""The file of old tunes."""

from __future__ import annotations

import pytest

from remy import datasets
from remy.data.music import read_music
from remy.data.notation import ABC
from remy.datasets.tunes import make_tunes
from tests import music


def made(*tunes: str) -> list[str]:
    members = {f"{number}.abc": tune.encode() for number, tune in enumerate(tunes)}
    [(name, data)] = make_tunes(members)
    assert name == "tunes.abc"
    return ABC.tunes(data.decode())


def test_tunes_are_numbered_in_the_plain_form() -> None:
    found = made(music.SCALE + "\n" + music.JIG.replace("K:G", "Z:me\nK:G"))
    assert {tune[3:] for tune in found} == {music.SCALE[2:][1:] + "\n", music.JIG[2:][1:] + "\n"}
    assert [tune[:4] for tune in found] == ["X:1\n", "X:2\n"]


def test_their_order_is_that_of_their_titles_hashes_and_not_that_of_the_files() -> None:
    tunes = [music.SCALE.replace("Scale", f"Tune {chr(65 + k)}") for k in range(20)]
    titles = [tune.split("\n")[1] for tune in made(*tunes)]
    assert titles == [tune.split("\n")[1] for tune in made(*reversed(tunes))]
    assert titles != sorted(titles)


def test_settings_of_one_tune_lie_side_by_side() -> None:
    others = [music.SCALE.replace("Scale", f"Tune {chr(65 + k)}") for k in range(20)]
    names = ("The Top of Cork Road", "Top of Cork Road, The", "THE TOP OF CORK ROAD. [2]")
    same = [music.JIG.replace("Jig", name) for name in names]
    found = made(same[0], *others, same[1], *others, same[2])
    places = [k for k, tune in enumerate(found) if "cork" in tune.lower()]
    assert places == list(range(places[0], places[0] + 3))


@pytest.mark.slow
def test_the_real_tunes_are_all_there() -> None:
    found = datasets.files("tunes")
    assert found.sha256 == "03d2b1eb63b7d439b230ed63290f4f1be41e71a6a0e2c13af7ff08d4748b752d"
    assert (found.test, found.others) == (None, ())
    music_of = read_music(found.path)
    assert (len(music_of.tunes), music_of.skipped) == (4248, 0)
