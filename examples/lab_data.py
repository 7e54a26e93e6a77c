"""What the lab's small models learn from, as files that ``remy train`` reads, made from packaged data sets.

Each function writes NAME, NAME-valid and NAME-test into a folder: what is learned from, what the best model
is chosen on, and what it is scored on. All randomness comes from a seed: the files are always the same.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image, ImageFilter

from remy import datasets

SEED = 0

#: A word is one of the dictionary's with up to so many vowel sounds; 136 of 117,493 have more or none.
MOST_SYLLABLES = 6

#: Width and height of an icon in pixels: those that its designers drew on.
ICON_SIZE = 24
#: Icons are left out whose names have more words, a word that fewer names have, or one that says nothing.
_NAME_WORDS, _NAME_COUNT, _SAYS_NOTHING = 3, 8, "variant"
#: Pictures made of each icon that is learned from, by the words of its name: a plain circle is rare, and what
#: people draw.
_DRAWINGS = {1: 40, 2: 8, 3: 4}

#: A speech is cut between sentences where it has more words.
_SPEECH_WORDS = 40
_WORD = re.compile(r"('?[a-z]+(?:['-][a-z]+)*'?)([,.?!;:]?)")
_SPEAKER = re.compile(r"[A-Z][A-Za-z .'-]*:")
_STRESS = re.compile(r"\d")

Row = TypeVar("Row")


def write_syllables(folder: Path) -> None:
    """Write words and the number of their vowel sounds: of the sounds that carry a stress mark."""
    rows = [(word, str(len(_STRESS.findall(sounds)))) for word, sounds in _pronunciations()]
    rows = [row for row in rows if 1 <= int(row[1]) <= MOST_SYLLABLES]
    for name, part in _parts("syllables", rows):
        _write_table(folder / f"{name}.csv", ("word", "syllables"), part)


def write_sounds(folder: Path) -> None:
    """Write words and their sounds, without the marks of stress."""
    rows = [(word, _STRESS.sub("", sounds)) for word, sounds in _pronunciations()]
    for name, part in _parts("sounds", rows):
        _write_table(folder / f"{name}.csv", ("letters", "sounds"), part)


def count_vowel_letters(word: str) -> str:
    """Return how many syllables a rule without learning counts: the runs of vowel letters, not a last e.

    Examples
    --------
    >>> [count_vowel_letters(word) for word in ("banana", "cake", "the", "quiet")]
    ['3', '1', '1', '1']
    """
    runs = re.findall("[aeiouy]+", word)
    silent = len(runs) > 1 and word.endswith("e") and runs[-1] == "e"
    return str(max(1, len(runs) - silent))


def write_tags(folder: Path) -> None:
    """Write the words of speeches, each with the mark that follows it as its tag.

    A colon counts as a semicolon. The last plays are held out.
    """
    pieces = [piece for speech in _speeches() for piece in _cut(speech)]
    ends = (0, round(0.9 * len(pieces)), round(0.95 * len(pieces)), len(pieces))
    for name, (start, end) in zip(_names("tags"), itertools.pairwise(ends), strict=True):
        lines = ("".join(f"{word}\t{mark}\n" for word, mark in piece) for piece in pieces[start:end])
        (folder / f"{name}.conll").write_text("\n".join(lines), encoding="ascii")


def write_icons(folder: Path) -> None:
    """Write icons in black and white, and their names; those to learn from in several drawings."""
    table = datasets.files("icons").path
    with table.open(encoding="ascii", newline="") as file:
        rows = _with_frequent_words([(row["image"], row["caption"]) for row in csv.DictReader(file)])
    draw = np.random.default_rng(SEED)
    for name, part in _parts("icons", rows):
        (folder / name).mkdir()
        written: list[tuple[str, str]] = []
        for image, caption in part:
            with Image.open(table.parent / image) as picture:
                drawings = [_in_black(picture)]
                if name == "icons":
                    drawings += [
                        _in_black(_varied(picture, draw)) for _ in range(_DRAWINGS[len(caption.split())] - 1)
                    ]
            for number, drawing in enumerate(drawings):
                path = f"{name}/{Path(image).stem}-{number}.png"
                drawing.save(folder / path)
                written.append((path, caption))
        _write_table(folder / f"{name}.csv", ("image", "caption"), written)


def _pronunciations() -> list[tuple[str, str]]:
    lines = datasets.files("pronunciations").path.read_text(encoding="ascii").splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    return [(word, sounds) for word, sounds in rows if _STRESS.search(sounds)]


def _names(name: str) -> tuple[str, str, str]:
    return name, f"{name}-valid", f"{name}-test"


def _parts(name: str, rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Yield nine tenths, a twentieth and another of `rows`, drawn at random, each in their order."""
    order = np.random.default_rng(SEED).permutation(len(rows))
    ends = (0, round(0.9 * len(rows)), round(0.95 * len(rows)), len(rows))
    for each, (start, end) in zip(_names(name), itertools.pairwise(ends), strict=True):
        yield each, [rows[place] for place in np.sort(order[start:end])]


def _write_table(path: Path, columns: tuple[str, str], rows: Sequence[tuple[str, str]]) -> None:
    with path.open("w", encoding="ascii", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])


def _speeches() -> Iterator[list[tuple[str, str]]]:
    """Yield the words of each speech, with the mark behind each; those with dashes or digits are left out."""
    for block in datasets.load("shakespeare").text.split("\n\n"):
        speaker, _, lines = block.partition("\n")
        if not _SPEAKER.fullmatch(speaker):
            continue
        found = [_WORD.fullmatch(word) for word in re.sub(r"\[[^\]]*\]", " ", lines).lower().split()]
        words = [(each[1], each[2].replace(":", ";") or "none") for each in found if each]
        if words and len(words) == len(found):
            yield words


def _cut(speech: list[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """Yield the pieces of a speech, of whole sentences."""
    start = end = 0
    for place, (_, mark) in enumerate(speech, start=1):
        if mark in ".?!" or place == len(speech):
            if place - start > _SPEECH_WORDS and end > start:
                yield speech[start:end]
                start = end
            end = place
    yield speech[start:]


def _with_frequent_words(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the icons whose names have few words, and words that other names have too."""
    rows = [row for row in rows if len(words := row[1].split()) <= _NAME_WORDS and _SAYS_NOTHING not in words]
    while True:
        counts = Counter(word for _, caption in rows for word in caption.split())
        kept = [row for row in rows if all(counts[word] >= _NAME_COUNT for word in row[1].split())]
        if len(kept) == len(rows):
            return kept
        rows = kept


def _varied(picture: Image.Image, draw: np.random.Generator) -> Image.Image:
    """Return a picture of the same icon as another hand might draw it: other stroke, slant, size, place."""
    strokes: list[Callable[[Image.Image], Image.Image]] = [
        lambda one: one,
        lambda one: one.filter(ImageFilter.MinFilter(3)),
        lambda one: one.filter(ImageFilter.MinFilter(5)),
    ]
    picture = strokes[draw.integers(len(strokes))](picture)
    picture = picture.rotate(draw.uniform(-8.0, 8.0), Image.Resampling.BILINEAR, fillcolor=255)
    width, height = (round(picture.width * share) for share in draw.uniform(0.7, 1.1, 2))
    free = np.array(picture.size) - (width, height)
    left, top = (int(draw.integers(min(0, room), max(0, room) + 1)) for room in free)
    canvas = Image.new("L", picture.size, 255)
    canvas.paste(picture.resize((width, height), Image.Resampling.BILINEAR), (left, top))
    return canvas


def _in_black(picture: Image.Image) -> Image.Image:
    small = picture.resize((ICON_SIZE, ICON_SIZE), Image.Resampling.BOX)
    return small.point(lambda level: 255 if level >= 128 else 0)
