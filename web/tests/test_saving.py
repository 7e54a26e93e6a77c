"""Saving a figure: the file shows all that the figure shows, and shows it anywhere."""

from __future__ import annotations

import base64
import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator

from web.tests.lab import Scene

SCENES = ("notebook", "gates", "telephone", "bank")
#: How many colours there are in each strip of 40 rows, from top to bottom.
COLOURS = """async address => {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.width, image.height];
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  return Array.from({ length: Math.ceil(image.height / 40) }, (_, strip) => {
    const { data } = context.getImageData(0, 40 * strip, image.width, 40);
    return new Set(new Uint32Array(data.buffer)).size;
  });
}"""


def saved(scene: Scene, figure: Locator, kind: str, folder: Path) -> Path:
    """Save a figure by its menu, and return where the file lies."""
    with scene.page.expect_download() as download:
        figure.locator("header select[aria-label^='Save ']").select_option(kind)
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def strips(scene: Scene, png: Path) -> list[int]:
    """Return how many colours each strip of 40 rows of a PNG has."""
    address = "data:image/png;base64," + base64.b64encode(png.read_bytes()).decode()
    return [int(count) for count in scene.page.evaluate(COLOURS, address)]


@pytest.mark.parametrize("name", SCENES)
def test_every_figure_gives_a_png_at_twice_its_size(scene: Scene, name: str, tmp_path: Path) -> None:
    scene.open(f"#/{name}")
    figures = scene.page.locator("main figure").all()
    assert figures
    for figure in figures:
        content = saved(scene, figure, "png", tmp_path)
        box = figure.bounding_box()
        assert box is not None
        width, height = struct.unpack(">II", content.read_bytes()[16:24])
        assert width >= 2 * int(box["width"])
        assert height > 100
        found = strips(scene, content)
        # Title, picture and sentences: each has letters or colours, and the edge of the figure two at least.
        assert max(found[:2]) > 8, (content.name, found)
        assert max(found[-4:]) > 8, (content.name, found)
        assert sum(count > 2 for count in found) > len(found) / 2, (content.name, found)
        assert figure.locator(".fault").count() == 0


def test_both_maps_with_their_scales_are_in_the_picture(scene: Scene, tmp_path: Path) -> None:
    """As high as the figure on screen, from its title to the end of its sentences."""
    scene.open("#/notebook")
    figure = scene.figure("The page after every letter")
    assert figure.locator("canvas").count() == 2
    png = saved(scene, figure, "png", tmp_path)
    top, end = figure.bounding_box(), figure.locator("figcaption").bounding_box()
    assert top is not None
    assert end is not None
    _, height = struct.unpack(">II", png.read_bytes()[16:24])
    assert height >= 2 * int(end["y"] + end["height"] - top["y"])
    found = strips(scene, png)
    for canvas in figure.locator("canvas, .scale").all():
        box = canvas.bounding_box()
        assert box is not None
        middle = int(2 * (box["y"] + box["height"] / 2 - top["y"]) / 40)
        assert found[middle] > 4, (middle, found)


def test_what_is_shown_as_a_table_is_saved_as_the_picture(scene: Scene, tmp_path: Path) -> None:
    scene.open("#/notebook")
    figure = scene.figure("The page after every letter")
    before = saved(scene, figure, "png", tmp_path).read_bytes()
    scene.table("The page after every letter")
    after = saved(scene, figure, "png", tmp_path).read_bytes()
    assert before[16:24] == after[16:24]
    assert figure.locator(".table").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_svg_has_its_background_and_its_halos(scene: Scene, scheme: str, tmp_path: Path) -> None:
    scene.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    scene.open("#/gates")
    figure = scene.figure("Inside the cell")
    text = saved(scene, figure, "svg", tmp_path).read_text()
    tree = ElementTree.fromstring(text)
    background = figure.evaluate("figure => getComputedStyle(figure).backgroundColor")
    assert tree[0].tag.endswith("rect")
    assert tree[0].attrib == {"width": "100%", "height": "100%", "fill": background}
    assert "paint-order: stroke" in text
    assert "color(srgb" not in text
    assert "var(" not in text


def test_all_diagrams_of_a_figure_stand_in_one_file(scene: Scene, tmp_path: Path) -> None:
    scene.open("#/telephone")
    figure = scene.figure("The roads back")
    tree = ElementTree.parse(saved(scene, figure, "svg", tmp_path)).getroot()
    drawn = [each for each in tree if each.tag.endswith("svg")]
    assert len(drawn) == figure.locator("svg[role=img]").count() == 2
    assert float(drawn[1].attrib["y"]) == float(drawn[0].attrib["height"])
    assert float(tree.attrib["height"]) == sum(float(each.attrib["height"]) for each in drawn)


def test_a_picture_that_cannot_be_drawn_is_said_to_be_so(scene: Scene) -> None:
    scene.open("#/notebook")
    scene.page.evaluate("() => { HTMLCanvasElement.prototype.toBlob = done => done(null) }")
    figure = scene.figure("The next letter")
    figure.locator("header select[aria-label^='Save ']").select_option("png")
    assert "too large" in figure.get_by_role("alert").inner_text()
