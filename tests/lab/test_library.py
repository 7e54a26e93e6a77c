"""What can be looked into: found, described and loaded, and nothing outside the folder."""

from __future__ import annotations

import json
import math
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import remy
from remy.errors import DataError, ModelFileError, RemyError, UsageError
from remy.io import model_file
from remy.lab import library as libraries
from remy.lab.answering import encode
from remy.lab.library import Library
from remy.lab.schemas.models import ModelCard
from tests.lab import trained
from tests.training import tiny

NOBODY = Path("there-are-no-models-here")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one run, and a model beside it that is in no folder of runs."""
    trained.save(trained.letters(), tmp_path / "runs" / "one")
    trained.save(trained.letters(), tmp_path / "other")
    return tmp_path / "runs"


def only_runs(folder: Path) -> Library:
    return Library(folder, shipped=NOBODY)


def refused(library: Library, id: str, error: type[RemyError] = UsageError) -> str:
    """Return the sentence with which a model is refused, the same for its card and the model itself."""
    with pytest.raises(error) as of_card:
        library.card(id)
    with pytest.raises(error) as of_model:
        library.load(id)
    assert str(of_card.value) == str(of_model.value)
    return str(of_card.value)


def card(id: str) -> ModelCard:
    return trained.library().card(id)


def test_those_that_ship_come_first_and_runs_follow_by_name() -> None:
    found = trained.library().cards()
    names = [each.id for each in found.models]
    assert names[0] == trained.LETTERS
    assert names[1:] == sorted(names[1:])
    assert {each.source for each in found.models[1:]} == {"run"}
    assert found.opened is None


def test_what_is_no_model_is_a_fault_and_hides_nothing_else() -> None:
    library = trained.library()
    (fault,) = library.cards().faults
    assert "broken/model.safetensors: not a safetensors file" in fault
    assert "not a safetensors file" in refused(library, "run:broken", ModelFileError)


@pytest.mark.parametrize(
    ("id", "task", "takes", "features", "picture"),
    [
        ("letters", "language_model", "text", None, None),
        ("reviews", "classifier", "text", None, None),
        ("ways", "classifier", "numbers", 2, None),
        ("heights", "regressor", "numbers", 2, None),
        ("tags", "tagger", "words", None, None),
        ("phrases", "translator", "text", None, None),
        ("shapes", "captioner", "picture", None, 16),
        ("vectors", "captioner", "numbers", 6, None),
        ("days", "forecaster", "numbers", 1, None),
        ("chords", "piano_roll", "numbers", 88, None),
    ],
)
def test_a_card_says_what_every_task_reads_and_what_it_answers(
    id: str, task: str, takes: str, features: int | None, picture: int | None
) -> None:
    found = card(f"run:{id}")
    assert (found.task, found.takes, found.features, found.picture) == (task, takes, features, picture)
    subject = _subject(id)
    assert found.outputs == (None if subject.names is None else tuple(subject.names))
    weights = trained.library().load(f"run:{id}")._need("count").model_file.tensors
    assert found.parameters == sum(weight.size for weight in weights.values())


def _subject(id: str) -> Any:
    from remy.lab.binding import bind
    from remy.lab.schemas.choices import TrainedModel

    found = card(f"run:{id}")
    assert found.begin is not None
    return bind(trained.library(), TrainedModel(kind="trained", id=f"run:{id}"), found.begin).of


def test_a_card_says_what_the_network_is() -> None:
    found = card("run:tags")
    assert (found.cell, found.units, found.layers, found.bidirectional) == ("lstm", 12, 1, True)
    shipped = card(trained.LETTERS)
    assert (shipped.units, shipped.layers, shipped.bidirectional) == (8, 2, False)
    assert shipped.title == "Letters: LSTM, 2 layers of 8 units"


def test_the_scores_are_those_beside_the_model_with_the_baselines(folder: Path) -> None:
    shown = [(each.who, each.name, each.value) for each in card(trained.LETTERS).scores]
    assert shown == [("model", "bits/char", 4.25), ("counts of letters", "bits/char", 4.5)]
    metrics = {
        "model": {"nats_per_character": 1.5},
        "baseline": {"name": "n-gram", "nats_per_character": 2.0},
    }
    (folder / "one" / "metrics.json").write_text(json.dumps(metrics))
    found = only_runs(folder).card("run:one").scores
    assert [(each.who, each.value) for each in found] == [("model", 1.5), ("n-gram", 2.0)]


def test_without_scores_beside_it_a_run_has_those_of_its_file(folder: Path) -> None:
    header = model_file.read_header(folder / "one" / "model.safetensors")
    found = {(each.who, each.name): each.value for each in only_runs(folder).card("run:one").scores}
    assert found["model", "nats/char"] == header["metrics"]["model"]["nats_per_character"]
    assert found["order-4 n-gram, interpolated", "nats/char"] > 0


@pytest.mark.parametrize("damaged", ["{", "[]", '{"model": 3, "baselines": 4}', '{"baseline": null}', "\x00"])
def test_scores_that_cannot_be_read_are_none(folder: Path, damaged: str) -> None:
    (folder / "one" / "metrics.json").write_text(damaged)
    assert isinstance(only_runs(folder).card("run:one"), ModelCard)
    assert only_runs(folder).cards().faults == ()


def test_scores_that_are_no_numbers_are_left_out(folder: Path) -> None:
    record = {"model": {"nats_per_character": math.nan, "bits_per_character": None}, "baselines": ["many"]}
    (folder / "one" / "metrics.json").write_text(json.dumps(record))
    assert only_runs(folder).card("run:one").scores == ()


def test_examples_are_texts_that_the_model_can_read() -> None:
    library = trained.library()
    vocabulary = set(library.letters())
    assert all(set(text) <= vocabulary for text in card(trained.LETTERS).examples)
    assert card("run:letters").examples == (card("run:letters").begin.text,)  # type: ignore[union-attr]
    assert card("run:tags").examples == (" ".join(card("run:tags").begin.words),)  # type: ignore[union-attr]
    assert card("run:chords").examples == ()


def test_every_model_brings_an_input_of_its_kind_with_it() -> None:
    for found in trained.library().cards().models:
        assert found.begin is not None
        assert found.begin.kind in (found.takes, "colours")


def test_a_run_is_opened_by_itself_or_with_its_folder_or_by_its_file(folder: Path) -> None:
    trained.save(trained.letters(), folder / "two")
    one, every = only_runs(folder / "one"), only_runs(folder)
    by_file = only_runs(folder / "one" / "model.safetensors")
    assert [each.id for each in every.cards().models] == ["run:one", "run:two"]
    assert [each.id for each in one.cards().models] == ["run:one"]
    assert (one.opened, every.opened) == ("run:one", None)
    assert by_file.opened == "run:model.safetensors"
    for library, id in ((one, "run:one"), (by_file, "run:model.safetensors")):
        assert library.cards().opened == id
        assert isinstance(library.load(id), remy.LanguageModel)
        assert library.card(id).title == id.removeprefix("run:").removesuffix(".safetensors")


def test_beside_an_opened_run_nothing_else_is_seen(folder: Path) -> None:
    trained.save(trained.letters(), folder / "two")
    assert refused(only_runs(folder / "one"), "run:two") == f"model: 'run:two' is not in {folder}"
    by_file = only_runs(folder / "one" / "model.safetensors")
    assert "is not in" in refused(by_file, "run:metrics.json")


def test_a_folder_has_its_runs_whenever_it_is_asked_for_them(folder: Path) -> None:
    library = only_runs(folder)
    assert len(library.cards().models) == 1
    trained.save(trained.letters(), folder / "later")
    assert [each.id for each in library.cards().models] == ["run:later", "run:one"]


def test_a_folder_without_a_run_says_so(tmp_path: Path) -> None:
    found = only_runs(tmp_path).cards()
    assert found.models == ()
    assert found.faults == (f"{tmp_path}: has no run yet, which is a folder with a model.safetensors",)


def test_what_cannot_be_opened_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no such run, model file or folder of runs"):
        only_runs(tmp_path / "nothing")
    (tmp_path / "text.txt").write_text("a text, longer than eight bytes")
    with pytest.raises(ModelFileError, match=r"text\.txt: not a safetensors file"):
        only_runs(tmp_path / "text.txt")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "model.safetensors").symlink_to(tmp_path / "gone")
    with pytest.raises(UsageError, match=r"is no run in .*: it has no model\.safetensors"):
        only_runs(tmp_path / "run")


@pytest.mark.parametrize(
    "name", ["../other", "/", "", ".", "..", "one/..", "one/../../other", "\x00", "a" * 300]
)
def test_what_leaves_the_folder_is_refused(folder: Path, name: str) -> None:
    assert refused(only_runs(folder), f"run:{name}") == f"model: 'run:{name}' is not in {folder}"


def test_an_absolute_path_is_refused_and_so_are_links_that_lead_out(folder: Path) -> None:
    outside = folder.parent / "other"
    (folder / "link").symlink_to(outside)
    (folder / "file").mkdir()
    (folder / "file" / "model.safetensors").symlink_to(outside / "model.safetensors")
    (folder / "scores").mkdir()
    trained.save(trained.letters(), folder / "scores")
    (folder / "scores" / "metrics.json").symlink_to(folder.parent / "secret")
    (folder / "circle").symlink_to(folder / "circle")
    library = only_runs(folder)
    for name in (str(outside), "link", "file", "scores", "circle"):
        assert refused(library, f"run:{name}") == f"model: 'run:{name}' is not in {folder}"
    listed = library.cards()
    assert [each.id for each in listed.models] == ["run:one"]
    assert len(listed.faults) == 3


def test_a_link_inside_the_folder_is_followed(folder: Path) -> None:
    (folder / "best").symlink_to(folder / "one")
    assert isinstance(only_runs(folder).load("run:best"), remy.LanguageModel)


def test_an_unknown_model_is_refused_with_the_nearest_name(folder: Path) -> None:
    library = trained.library()
    assert refused(library, "letters-lstm-65") == (
        "model: there is no 'letters-lstm-65'; did you mean 'letters-lstm-64'?"
    )
    assert "is no run in" in refused(library, "run:nothing")
    without = Library(shipped=trained.shipped())
    assert refused(without, "run:letters") == (
        "model: 'run:letters' is a run, and the lab was opened without any: remy lab RUN"
    )


def test_a_pipe_is_no_model_file(folder: Path) -> None:
    (folder / "pipe").mkdir()
    os.mkfifo(folder / "pipe" / "model.safetensors")
    assert "is no run in" in refused(only_runs(folder), "run:pipe")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"task": "painter"}, "expected a task out of language_model, .*, got 'painter'"),
        ({"tokenizer": None}, "damaged: its header does not say what the model reads"),
        ({"architecture": {"kind": "language_model"}}, "the setting 'cell' is missing|is missing"),
    ],
)
def test_a_header_that_is_none_of_a_model_is_a_fault(
    folder: Path, changes: dict[str, Any], said: str
) -> None:
    path = folder / "one" / "model.safetensors"
    _rewrite(path, changes)
    with pytest.raises(ModelFileError, match=f"{path}: .*({said})"):
        only_runs(folder).card("run:one")
    assert len(only_runs(folder).cards().faults) == 1


def test_names_that_are_no_text_are_a_fault_that_can_be_sent(folder: Path) -> None:
    strange = os.fsdecode(b"caf\xe9")
    (folder / strange).mkdir()
    (folder / strange / "model.safetensors").write_bytes(b"nothing")
    (fault,) = only_runs(folder).cards().faults
    assert "caf\\udce9" in fault.encode().decode()


def test_cards_read_no_weight(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a weight was read")

    monkeypatch.setattr("remy.io.tensor_file.read_array", never)
    assert len(only_runs(folder).cards().models) == 1


def test_an_unchanged_header_is_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    real = model_file.read_header
    monkeypatch.setattr(libraries, "read_header", lambda path: (read.append(path), real(path))[1])
    library = only_runs(folder)
    assert library.cards() == library.cards()
    assert len(read) == 1


def test_what_is_loaded_is_what_remy_load_returns_and_is_kept(folder: Path) -> None:
    library = only_runs(folder)
    found = library.load("run:one")
    assert found.predict("the k") == remy.load(folder / "one").predict("the k")
    assert library.load("run:one") is found


def test_a_file_that_changed_is_read_anew(folder: Path) -> None:
    library = only_runs(folder)
    before, card_before = library.load("run:one"), library.card("run:one")
    other = remy.LanguageModel(units=5, layers=1, embedding=3, epochs=1, batch_size=2, steps=8)
    trained.save(other.fit(tiny.text(400)), folder / "one")
    assert library.load("run:one") is not before
    assert library.load("run:one")._need("ask").model_file.architecture["units"] == 5
    assert (card_before.units, library.card("run:one").units) == (8, 5)
    (folder / "one" / "metrics.json").write_text(json.dumps({"model": {"nats_per_character": 9.0}}))
    assert [each.value for each in library.card("run:one").scores] == [9.0]
    (folder / "one" / "model.safetensors").unlink()
    assert "is no run" in refused(library, "run:one")


def test_threads_that_ask_at_once_get_one_model(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library, started = only_runs(folder), threading.Barrier(8)
    loads: list[Path] = []
    real = libraries._load
    monkeypatch.setattr(libraries, "_load", lambda file: (loads.append(file), real(file))[1])
    found: list[Any] = []

    def ask() -> None:
        started.wait()
        found.append(library.load("run:one"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(each) for each in found}) == 1
    assert len(loads) == 1


def test_a_forecaster_is_loaded_without_the_series_it_learned_from() -> None:
    run = trained.library().load("run:days")._need("ask")
    assert run.parts is None
    assert run.model.scaler.columns.target == ("y",)


def test_letters_are_those_of_the_models_that_ship_else_what_can_be_printed() -> None:
    own = trained.letters()._need("ask").tokenizer.vocabulary
    assert trained.library().letters() == own
    assert Library(shipped=NOBODY).letters() == ("\n", *map(chr, range(32, 127)))


def _rewrite(path: Path, changes: dict[str, Any]) -> None:
    """Change a model file's header, with a checksum that fits."""
    from remy.io import tensor_file

    tensors, metadata = tensor_file.read(path)
    body = json.loads(metadata["remy"])
    version = body.pop("format_version")
    body = {**{key: value for key, value in body.items() if key != "crc32"}, **changes}
    check = model_file._header_crc32(body)
    header = {"format_version": version, "crc32": check, **body}
    arrays = {name: np.asarray(value) for name, value in tensors.items()}
    tensor_file.write(path, arrays, {"remy": json.dumps(header)})


def test_a_run_whose_name_is_no_text_is_a_fault_and_the_others_are_listed(folder: Path) -> None:
    odd = os.fsdecode(b"r\xff\xfe")
    try:
        trained.save(trained.letters(), folder / odd)
    except OSError:
        pytest.skip("the file system takes names of text alone")
    found = only_runs(folder).cards()
    assert [each.id for each in found.models] == ["run:one"]
    [fault] = found.faults
    assert fault == "run:r\\udcff\\udcfe: its name is not UTF-8, so no question can ask for it; rename it"
    encode(found)
    with pytest.raises(DataError, match="its name is not UTF-8"):
        only_runs(folder / odd)
