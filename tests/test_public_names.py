"""Generated files are compared with what they are generated from."""

from __future__ import annotations

from tests.public_names import LISTING, STUB, listing, stub


def test_the_committed_listing_holds_every_public_name_and_no_other() -> None:
    assert listing() == LISTING.read_text(), "run `make docs` and read the difference"


def test_the_stub_of_the_core_is_what_the_core_says_of_itself() -> None:
    assert stub() == STUB.read_text(), "run `make docs`"
