"""What is built: how much of it there is."""

from __future__ import annotations

import gzip

from web.tests.lab import ROOT

PAGE = ROOT / "src" / "remy" / "lab" / "page"


def test_all_javascript_together_is_at_most_120_kilobytes_compressed() -> None:
    """As the server sends it, every file by itself."""
    sizes = {path.name: len(gzip.compress(path.read_bytes(), 6)) for path in PAGE.rglob("*.js")}
    print(f"{sum(sizes.values()):,} bytes in {len(sizes)} files")
    assert sizes
    assert sum(sizes.values()) <= 120_000


def test_the_page_names_no_other_host() -> None:
    for path in [*PAGE.rglob("*.html"), *PAGE.rglob("*.css")]:
        assert "//" not in path.read_text().replace("http://www.w3.org/2000/svg", ""), path
