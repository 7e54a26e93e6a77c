"""Event files: what is in them, that none is overwritten, and what is said where they cannot be written."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import pytest
from tensorboardX.proto.event_pb2 import SessionLog

from remy.errors import DataError, UsageError
from remy.training.charts import EventFile, curves
from tests.training.events import events


def test_every_value_is_in_the_file_as_soon_as_it_was_added(tmp_path: Path) -> None:
    file = EventFile(tmp_path / "new" / "tensorboard", update=0)
    file.add(10, {"loss/train": 1.5, "loss/valid": 2.0})
    file.add(20, {"loss/train": float("nan"), "learning_rate": 0.25})
    (path,) = (tmp_path / "new" / "tensorboard").iterdir()
    first, session, *rest = events(path)
    assert first.file_version == "brain.Event:2"
    assert (session.step, session.session_log.status) == (1, SessionLog.START)
    found = [(event.step, value.tag, value.simple_value) for event in rest for value in event.summary.value]
    assert found == [(10, "loss/train", 1.5), (10, "loss/valid", 2.0), (20, "learning_rate", 0.25)]
    file.close()


def test_a_session_of_the_same_second_has_a_file_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", lambda: 1_700_000_000.0)
    for update in (0, 5, 9):
        file = EventFile(tmp_path, update=update)
        file.add(update + 1, {"loss/valid": float(update)})
        file.close()
    paths = sorted(tmp_path.iterdir())
    assert len(paths) == 3
    # From here on TensorBoard shows only what this session says.
    assert [events(path)[1].step for path in paths] == [1, 6, 10]


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(DataError, match=r"taken: cannot write: "):
        EventFile(tmp_path / "taken", update=0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    file = EventFile(tmp_path, update=0)
    file._writer._py_recordio_writer._writer.close()
    with suppress(OSError), Path("/dev/full").open("wb") as full:
        file._writer._py_recordio_writer._writer = full
        with pytest.raises(DataError, match="cannot write: No space left on device"):
            file.add(1, {"loss/valid": 1.0})
        file.close()  # and hides nothing of it


def test_without_the_package_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(
        UsageError, match=r"tensorboardX is not installed; pip install 'remy-rnn\[tensorboard"
    ):
        EventFile(tmp_path / "tensorboard", update=0)
    assert not (tmp_path / "tensorboard").exists()


def test_a_validation_adds_losses_scores_and_the_rate() -> None:
    found = curves(None, {"loss": 2.0, "accuracy": 0.5}, rate=0.1)
    assert found == {"loss/valid": 2.0, "accuracy/valid": 0.5, "learning_rate": 0.1}
    assert curves(1.0, {"loss": 2.0}, rate=0.1)["loss/train"] == 1.0
