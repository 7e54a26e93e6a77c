"""The pages whose examples are run as they stand: what they print is what they say."""

import doctest
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.parametrize("page", ["vanishing-gradient.md", pytest.param("memory.md", marks=pytest.mark.slow)])
def test_a_page_prints_what_its_examples_give(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = doctest.testfile(str(DOCS / page), module_relative=False)
    assert found.attempted > 20
    assert found.failed == 0
