"""The configuration: bounds, messages, files and overrides."""

from pathlib import Path

import pytest
import yaml

from remy import config as configuration
from remy import defaults
from remy.config import LanguageModelConfig
from remy.errors import DataError, UsageError


def test_every_option_has_the_default_of_the_one_table() -> None:
    config = LanguageModelConfig()
    assert (config.model.cell, config.model.units, config.model.layers) == (
        "lstm",
        defaults.UNITS,
        defaults.LAYERS,
    )
    assert config.train.lr == defaults.LEARNING_RATE
    assert config.data.split == defaults.SPLIT


def test_every_option_is_described() -> None:
    for section in ("data", "model", "train"):
        fields = type(getattr(LanguageModelConfig(), section)).model_fields
        assert all(field.description for field in fields.values()), section


def test_writing_and_reading_a_configuration_gives_the_same_one(tmp_path: Path) -> None:
    config = configuration.build({"train": {"max_time": "8m", "patience": None}, "model": {"cell": "gru"}})
    path = tmp_path / "config.yaml"
    path.write_text(configuration.dump(config), encoding="utf-8")
    assert configuration.read(path) == config


def test_the_written_file_hides_no_default() -> None:
    written = yaml.safe_load(configuration.dump(LanguageModelConfig()))
    keys = {
        f"{section}.{key}" for section, inner in written.items() if isinstance(inner, dict) for key in inner
    }
    assert keys | {"task"} == set(configuration.known_keys())


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"train": {"lrr": 1}}, "unknown key 'train.lrr'; did you mean 'train.lr'?"),
        ({"modle": {}}, "unknown key 'modle'"),
        (
            {"model": {"cell": "lstn"}},
            "model.cell: expected one of simple_rnn, lstm, gru, got 'lstn'; did you",
        ),
        ({"model": {"units": 0}}, "model.units: expected greater than or equal to 1, got 0"),
        ({"model": {"layers": -1}}, "model.layers: expected greater than or equal to 1, got -1"),
        ({"model": {"dropout": 1.0}}, "model.dropout: expected less than 1, got 1.0"),
        ({"train": {"lr": "fast"}}, "train.lr: expected a valid number, got 'fast'"),
        ({"train": {"lr": float("nan")}}, "train.lr: expected a finite number, got nan"),
        ({"train": {"max_time": "8x"}}, "expected a duration such as 90s, 8m or 1h30m, got '8x'"),
        ({"train": {"max_time": "0s"}}, "train.max_time: expected greater than 0, got '0s'"),
        ({"model": {"activation": "relu"}}, "needs the cell simple_rnn; this one is lstm"),
        ({"model": {"tied": True}}, "tied needs an embedding as large as the units"),
        ({"data": {"split": 1.0}}, "data.split: expected less than 1, got 1.0"),
    ],
)
def test_a_wrong_value_is_refused_in_one_sentence(values: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        configuration.build(values)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90.0), ("90s", 90.0), ("8m", 480.0), ("1h30m", 5400.0), ("0.5h", 1800.0)]
)
def test_durations_are_read_as_people_write_them(text: str, seconds: float) -> None:
    assert configuration.build({"train": {"max_time": text}}).train.max_time == seconds


def test_assignments_are_read_as_yaml_and_keep_their_type() -> None:
    values = configuration.parse_assignments(
        ["train.lr=1e-3", "model.residual=true", "train.patience=null", "model.cell=gru"]
    )
    assert values == {"train.lr": 0.001, "model.residual": True, "train.patience": None, "model.cell": "gru"}


def test_an_assignment_without_a_value_is_refused() -> None:
    with pytest.raises(UsageError, match=r"expected KEY=VALUE such as train.lr=0.01, got 'train.lr'"):
        configuration.parse_assignments(["train.lr"])


def test_an_unknown_assignment_names_the_nearest_key() -> None:
    with pytest.raises(UsageError, match=r"--set: unknown key 'train.epoch'; did you mean 'train.epochs'\?"):
        configuration.override(LanguageModelConfig(), {"train.epoch": 3}, source="--set")


def test_a_message_names_the_flag_that_was_written() -> None:
    with pytest.raises(UsageError, match=r"^--cell: expected one of .* did you mean 'lstm'\?$"):
        configuration.override(LanguageModelConfig(), {"model.cell": "lstn"}, names={"model.cell": "--cell"})


def test_an_override_leaves_the_original_alone() -> None:
    before = LanguageModelConfig()
    after = configuration.override(before, {"train.lr": 0.5})
    assert (before.train.lr, after.train.lr) == (defaults.LEARNING_RATE, 0.5)


@pytest.mark.parametrize(
    ("content", "message"), [("a: [", "not a YAML file"), ("- 1", "expected keys"), ("\xff", "x")]
)
def test_a_file_that_holds_no_configuration_is_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "bad.yaml"
    if message == "x":
        path.write_bytes(b"\xff\xfe\x00")
        message = "not a YAML file"
    else:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=message) as caught:
        configuration.read(path)
    assert "\n" not in str(caught.value)


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "empty.yaml"
    path.touch()
    assert configuration.read(path) == LanguageModelConfig()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no\.yaml: cannot read the configuration: No such file"):
        configuration.read(tmp_path / "no.yaml")
