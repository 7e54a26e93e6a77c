"""The built page, as it is served."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from remy.lab.lab import Lab
from tests.lab.asked import client_of

SCRIPT = "export const answer = 42;\n" * 200


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder as Vite leaves it, and a secret beside it."""
    page = tmp_path / "page"
    (page / "assets").mkdir(parents=True)
    (page / "index.html").write_text('<script src="/assets/index-B2c.js"></script>')
    (page / "icon.svg").write_text("<svg/>")
    (page / "assets" / "index-B2c.js").write_text(SCRIPT)
    (page / "assets" / "index-B2c.css").write_text("p { margin: 0 }")
    (page / "assets" / "letters-A1.woff2").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "secret.txt").write_text("secret")
    return page


@pytest.fixture
def visitor(lab: Lab, built: Path) -> Iterator[TestClient]:
    with client_of(lab, [], page=built) as opened:
        yield opened


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/assets/index-B2c.js", "text/javascript; charset=utf-8"),
        ("/assets/index-B2c.css", "text/css; charset=utf-8"),
        ("/assets/letters-A1.woff2", "font/woff2"),
        ("/icon.svg", "image/svg+xml"),
    ],
)
def test_every_file_has_its_type(path: str, kind: str, visitor: TestClient) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind


def test_what_has_its_hash_in_its_name_is_kept_for_ever_and_the_rest_is_asked_for(
    visitor: TestClient,
) -> None:
    script = visitor.get("/assets/index-B2c.js")
    assert script.headers["cache-control"] == "private, max-age=31536000, immutable"
    page = visitor.get("/")
    assert page.headers["cache-control"] == "no-cache"
    again = visitor.get("/", headers={"If-None-Match": page.headers["etag"]})
    assert again.status_code == 304
    assert again.headers["cache-control"] == "no-cache"


def test_a_large_text_is_compressed_for_who_can_read_it(visitor: TestClient) -> None:
    packed = visitor.get("/assets/index-B2c.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == SCRIPT
    assert int(packed.headers.get("content-length", 0)) < len(SCRIPT)
    plain = visitor.get("/assets/index-B2c.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == SCRIPT
    assert len(gzip.compress(SCRIPT.encode())) < len(SCRIPT) / 5


@pytest.mark.parametrize("path", ["/", "/assets/letters-A1.woff2"])
def test_what_does_not_shrink_is_sent_as_it_is(path: str, visitor: TestClient) -> None:
    assert "content-encoding" not in visitor.get(path, headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.parametrize(
    "path", ["/nothing", "/assets/nothing.js", "/assets/", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/%00"]
)
def test_what_is_not_in_the_folder_is_not_found(path: str, visitor: TestClient) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_a_link_out_of_the_folder_is_not_followed(visitor: TestClient, built: Path) -> None:
    (built / "assets" / "link.txt").symlink_to(built.parent / "secret.txt")
    assert visitor.get("/assets/link.txt").status_code == 404


def test_a_page_is_only_read(visitor: TestClient) -> None:
    assert visitor.post("/").status_code == 405
    assert visitor.head("/").status_code == 200


def test_without_a_page_one_sentence_says_how_to_build_it(lab: Lab, tmp_path: Path) -> None:
    with client_of(lab, [], page=tmp_path / "page") as client:
        answer = client.get("/")
        assert answer.status_code == 503
        assert answer.text == (
            "remy lab: expected the built page, got none; run `make web`, then load this address again\n"
        )
        (tmp_path / "page").mkdir()
        (tmp_path / "page" / "index.html").write_text("built meanwhile")
        assert client.get("/").text == "built meanwhile"
