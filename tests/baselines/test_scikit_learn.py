"""scikit-learn is loaded when it is needed and not before; where it is missing, what to install is said."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from remy.baselines import MajorityClass, StatisticsLogistic, TfidfLogistic, TfidfMultiLabel, TfidfRidge
from remy.baselines.scikit_learn import scikit_learn
from remy.errors import UsageError


@pytest.mark.parametrize("package", ["remy.baselines", "remy.metrics", "remy.decoding"])
def test_importing_the_package_loads_neither_scikit_learn_nor_torch(package: str) -> None:
    code = f"import sys, {package}; print(sorted({{'sklearn', 'scipy', 'torch'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("model", "inputs", "targets"),
    [
        (TfidfLogistic(), ["a", "b"], [0, 1]),
        (TfidfMultiLabel(), ["a", "b"], [[0], [1]]),
        (TfidfRidge(), ["a", "b"], [0.0, 1.0]),
        (StatisticsLogistic(), [[[0.0]], [[1.0]]], [0, 1]),
    ],
)
def test_a_missing_scikit_learn_is_reported_with_what_to_install(
    model: Any, inputs: Any, targets: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name == "sklearn" or name.startswith("sklearn.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(UsageError) as caught:
        model.fit(inputs, targets)
    expected = f"{type(model).__name__}: scikit-learn is not installed; pip install 'remy-rnn[train]'"
    assert str(caught.value) == expected
    assert MajorityClass().fit([1]).predict(1) == [1]


def test_something_else_missing_below_it_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError("No module named 'scipy'", name="scipy")

    monkeypatch.setattr("remy.baselines.scikit_learn.importlib.import_module", missing)
    with pytest.raises(ModuleNotFoundError, match="scipy"):
        scikit_learn("linear_model", asker="test")
