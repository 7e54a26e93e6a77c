"""Scene 8: any run, any input; what is shown and saved is what a trace computed here says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import Browser, Download, Page

import remy
from remy.inspect import attribute, input_influence, trace
from tests.lab.own.files import npy
from tests.lab.own.runs import train_some
from web.tests.lab import ROOT, Lab, Scene, as_shown, number

AXE = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text()
TEXT = "the king, my lord."


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two language models, a classifier of numbers, a tagger, a captioner, and something that is none."""
    return train_some(tmp_path_factory.mktemp("own"), "letters", "others", "ways", "tags", "shapes")


@pytest.fixture(scope="module")
def lab(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab that was opened with them."""
    found = Lab(runs, tmp_path_factory.mktemp("cache"))
    found.start()
    yield found
    found.stop()


def address(**settings: str | int) -> str:
    query = "&".join(f"{name}={quote(str(value))}" for name, value in settings.items())
    return f"#/own?{query}"


def numbers(rows: list[list[str]], first: int = 2) -> list[list[float]]:
    return [[number(value) for value in row[first:]] for row in rows]


def same(rows: list[list[str]], values: object, first: int = 2) -> None:
    """Check that a table shows numbers (T, N) to its four digits: off by half of the last one at most."""
    shown, exact = np.array(numbers(rows, first)), np.asarray(values, np.float64)
    assert shown.shape == exact.shape
    sizes = np.floor(np.log10(np.maximum(np.abs(exact), 1e-300)))
    # What was sent was rounded already, to seven digits.
    assert (np.abs(shown - exact) <= (0.5 + 1e-3) * 10 ** (sizes - 3)).all()


def saved(scene: Scene, title: str, kind: str) -> Path:
    with scene.page.expect_download() as found:
        scene.figure(title).get_by_label("Save").select_option(kind)
    return download(found.value)


def download(found: Download) -> Path:
    path = found.path()
    assert path is not None
    return Path(path)


def upload(page: Page, name: str, content: bytes) -> None:
    page.get_by_label("File").set_input_files({"name": name, "mimeType": "", "buffer": content})


def test_every_picture_of_a_language_model_shows_the_numbers_of_its_trace(scene: Scene, runs: Path) -> None:
    scene.open(address(model="run:letters", text=TEXT, target="next", step=4))
    model = remy.load(runs / "letters")
    found = trace(model, TEXT)
    layer = found.layers[0]
    same(scene.table("State h")[1], layer.h[0])
    assert layer.c is not None
    same(scene.table("Cell state c")[1], layer.c[0])
    for name in layer.gate_names:
        title = "Candidate" if name == "candidate" else f"{name.capitalize()} gate"
        same(scene.table(title)[1], layer.gate(name)[0])
    assert found.probabilities is not None
    same(scene.table("Answers")[1], found.probabilities[0])
    jacobians = layer.jacobians
    expected = [jacobians.state[0], jacobians.hidden[0], jacobians.cell_road[0], jacobians.gate_road[0]]
    same(scene.table("Links")[1], np.stack(expected, axis=1))
    judged = trace(model, TEXT[:-1], TEXT[1:]).layers[0].gradients
    assert judged is not None
    expected = [judged.norms[name][0] for name in ("h", "c", "x")]
    # The last character's follower is not known: no gradient arrives there, and none was asked for here.
    shown = numbers(scene.table("Gradient by step")[1])
    np.testing.assert_allclose(shown[:-1], np.stack(expected, axis=1), rtol=1e-3)
    assert shown[-1] == [0, 0, 0]
    roads = numbers(scene.table("Both roads back")[1])[:-1]
    np.testing.assert_allclose(roads, np.stack([judged.cell_road[0], judged.gate_road[0]], axis=1), rtol=1e-3)


def test_the_unit_and_the_step_at_the_cursor_are_followed(scene: Scene, runs: Path) -> None:
    scene.open(address(model="run:letters", text=TEXT, unit=3, step=5))
    layer = trace(remy.load(runs / "letters"), TEXT).layers[0]
    columns, rows = scene.table("One unit over time")
    assert columns[2:] == ["h", "c", "input", "forget", "candidate", "output"]
    same([row[:3] for row in rows], layer.h[0, :, 3:4])
    assert scene.sentences("One unit over time").startswith("Unit 3 after step 5, “i”")
    scene.page.locator("body").press("ArrowRight")
    scene.page.locator("body").press("ArrowUp")
    assert scene.sentences("One unit over time").startswith("Unit 2 after step 6, “n”")
    assert "After step 6" in scene.sentences("Answers")


def test_what_an_answer_rests_on_is_measured_by_the_library(scene: Scene, runs: Path) -> None:
    scene.open(address(model="run:letters", text=TEXT))
    model = remy.load(runs / "letters")
    expected = attribute(model, TEXT, method="gradient_x_input").values[0]
    shown = [row[0] for row in numbers(scene.table("What the answer rests on")[1])]
    np.testing.assert_allclose(shown, expected, rtol=1e-3, atol=1e-9)
    scene.figure("What the answer rests on").get_by_label("Method").select_option("leave_one_out")
    scene.settle()
    expected = attribute(model, TEXT, method="leave_one_out").values[0]
    shown = [row[0] for row in numbers(scene.table("What the answer rests on")[1])]
    np.testing.assert_allclose(shown, expected, rtol=1e-3, atol=1e-6)
    moves = [row[0] for row in numbers(scene.table("What moves the answer")[1], first=1)]
    np.testing.assert_allclose(moves, input_influence(model, TEXT).moves, rtol=1e-3, atol=1e-12)


def test_numbers_are_typed_and_judged_by_a_label(scene: Scene, runs: Path) -> None:
    scene.open(address(model="run:ways"))
    scene.page.get_by_label("Input", exact=True).fill("1, 0.5\n2, -1\n3, 0.25")
    scene.settle()
    model = remy.load(runs / "ways")
    values = np.array([[1, 0.5], [2, -1], [3, 0.25]])
    found = trace(model, values)
    same(scene.table("State h")[1], found.layers[0].h[0])
    assert found.probabilities is not None
    same(scene.table("Answers")[1], found.probabilities)
    scene.page.get_by_role("button", name="up", exact=True).click()
    scene.settle()
    loss = trace(model, values, "up").loss
    assert loss is not None
    assert f"loss {as_shown(loss)}" in scene.page.locator("main").inner_text()
    scene.page.get_by_text("backward", exact=True).click()
    same(scene.table("State h")[1], found.layers[1].h[0])


def test_a_sentence_is_tagged_in_the_models_own_words(scene: Scene, runs: Path) -> None:
    scene.open(address(model="run:tags", text="the fish walks", target="DET NOUN VERB"))
    found = trace(remy.load(runs / "tags"), ["the", "fish", "walks"])
    columns, rows = scene.table("Answers")
    assert columns[2:] == list(found.outputs or ())
    assert [row[1] for row in rows] == ["the", "fish", "walks"]
    assert found.probabilities is not None
    same(rows, found.probabilities[0])
    assert scene.figure("Gradient by step").is_visible()


def test_a_file_is_read_and_each_of_its_inputs_can_be_picked(scene: Scene, runs: Path) -> None:
    scene.open(address(model="run:ways"))
    x = np.arange(16, dtype=np.float32).reshape(2, 4, 2) / 10
    upload(scene.page, "two.npy", npy(x))
    picked = scene.page.get_by_label("Input of the file")
    picked.select_option("1")
    scene.settle()
    same(scene.table("State h")[1], trace(remy.load(runs / "ways"), x[1]).layers[0].h[0])
    assert scene.page.get_by_label("Input", exact=True).input_value().startswith("0.8, 0.9")
    scene.page.get_by_label("Input", exact=True).fill("1 2")
    scene.settle()
    assert len(scene.table("State h")[1]) == 1


def test_a_picture_is_shown_as_the_model_reads_it(scene: Scene) -> None:
    from io import BytesIO

    from PIL import Image

    buffer = BytesIO()
    Image.new("L", (30, 30), 0).save(buffer, "PNG")
    scene.open(address(model="run:shapes"))
    before = scene.table("State h")[1]
    upload(scene.page, "black.png", buffer.getvalue())
    scene.until(lambda: scene.table("State h")[1] != before)
    seen = scene.page.get_by_role("img", name="The picture that the model reads, 16 by 16 pixels")
    pixel = seen.locator("canvas").evaluate("c => [...c.getContext('2d').getImageData(3, 3, 1, 1).data]")
    assert pixel == [0, 0, 0, 255]


def test_two_models_are_compared_on_one_input(scene: Scene, runs: Path) -> None:
    scene.open(address(model="run:letters", other="run:others", text=TEXT, target="next", step=2))
    one, other = (trace(remy.load(runs / name), TEXT) for name in ("letters", "others"))
    assert one.probabilities is not None
    assert other.probabilities is not None
    columns, rows = scene.table("Both answers")
    assert columns[:4] == ["step", "item", "model", "apart"]
    same(rows[::2], one.probabilities[0], first=4)
    same(rows[1::2], other.probabilities[0], first=4)
    apart = np.abs(one.probabilities[0].astype(float) - other.probabilities[0]).sum(axis=1) / 2
    np.testing.assert_allclose([number(row[3]) for row in rows[::2]], apart, rtol=1e-3)
    assert f"after step {int(apart.argmax())}" in scene.sentences("Both answers")
    assert "The loss is" in scene.sentences("Both answers")
    scene.page.locator("fieldset", has_text="Pictures below").get_by_text("others").click()
    scene.settle()
    assert "lane=1" in scene.address()
    same(scene.table("State h")[1], other.layers[0].h[0])


def test_the_address_brings_everything_back(scene: Scene, lab: Lab) -> None:
    scene.open(address(model="run:letters"))
    page = scene.page
    page.get_by_label("Input", exact=True).fill("my lord, good night.")
    page.get_by_label("Compare with").select_option("run:others")
    page.get_by_role("button", name="next", exact=True).click()
    scene.settle()
    page.locator("body").press("End")
    page.locator("body").press("ArrowLeft")
    page.get_by_role("button", name="alone").click()
    page.get_by_label("Method").select_option("integrated_gradients")
    scene.settle()
    kept = scene.address()
    state, said = scene.table("State h")[1], scene.sentences("What the answer rests on")
    assert "integrated" in kept
    page.goto(f"{lab.address}icon.svg")
    page.goto(f"{lab.address}{kept}")
    page.wait_for_selector("figure")
    scene.settle()
    assert scene.address() == kept
    assert scene.table("State h")[1] == state
    assert scene.sentences("What the answer rests on") == said
    assert page.get_by_label("Input", exact=True).input_value() == "my lord, good night."


def test_what_cannot_be_read_is_said(scene: Scene) -> None:
    scene.open(address(model="run:letters"))
    page = scene.page
    assert "not a safetensors file" in page.locator(".broken").inner_text()
    page.get_by_label("Input", exact=True).fill("HELLO☃")
    scene.settle()
    assert "☃" in page.get_by_role("alert").first.inner_text()
    for name, content, sentence in (
        ("empty.txt", b"", "expected a file with something in it, got an empty one"),
        ("a.png", b"x", "expected a text for a language_model in a file that ends in .txt"),
        ("a.txt", b"\x00\x01", "expected a text file, got a binary one"),
        ("large.txt", b"a" * 4_000_000, "expected a file of at most 3.7 MB, got 4.0 MB"),
    ):
        upload(page, name, content)
        page.get_by_text(f"{name}: {sentence}").wait_for()


def test_a_model_outside_the_folder_is_not_looked_for(scene: Scene) -> None:
    scene.open(address(model="run:letters"))
    scene.page.evaluate("location.hash = '#/own?model=run%3A..%2F..%2Fetc'")
    scene.page.get_by_text("There is no model “run:../../etc” in this lab.").wait_for()


def test_pictures_and_data_are_saved(scene: Scene, runs: Path) -> None:
    scene.open(address(model="run:letters", text=TEXT, target="next"))
    for title in ("State h", "Forget gate", "Answers", "One unit over time", "What the answer rests on"):
        assert b"<svg" in saved(scene, title, "svg").read_bytes()[:600]
        assert saved(scene, title, "png").read_bytes()[:4] == b"\x89PNG"
    rows = saved(scene, "State h", "csv").read_text().splitlines()
    assert len(rows) == len(TEXT) + 1
    page = scene.page
    with page.expect_download() as found:
        page.get_by_role("button", name="Data (JSON)").click()
    record = json.loads(download(found.value).read_text())
    assert record["schema"] == "remy-trace/1"
    expected = trace(remy.load(runs / "letters"), TEXT).layers[0].h[0]
    np.testing.assert_array_equal(np.array(record["layers"][0]["h"], np.float32), expected)
    with page.expect_download() as found:
        page.get_by_role("button", name="Data (CSV)").click()
    assert (
        download(found.value).read_text().startswith("layer,direction,step,item,counts,quantity,unit,value")
    )


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_saved_page_moves_without_the_lab(
    scene: Scene, browser: Browser, tmp_path: Path, colours: str
) -> None:
    scene.open(address(model="run:letters", text=TEXT * 12, target="next"))
    with scene.page.expect_download() as found:
        scene.page.get_by_role("button", name="Page that moves").click()
    path = tmp_path / "trace.html"
    found.value.save_as(path)
    context = browser.new_context(color_scheme=colours, viewport={"width": 390, "height": 800})  # type: ignore[arg-type]
    alone = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    alone.on("request", lambda request: asked.append(request.url))
    alone.on("console", lambda message: said.append(message.text))
    alone.goto(path.as_uri())
    assert alone.locator("#cell").inner_text().startswith("step 0 t, unit 0: state h")
    alone.locator("#map").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        alone.keyboard.press(key)
    assert alone.locator("#cell").inner_text().startswith("step 2 e, unit 1: state h")
    alone.keyboard.press("End")
    frame = alone.locator("#map").locator("..")
    assert frame.evaluate("each => each.scrollLeft") > 0
    ground = alone.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(255, 255, 255)" if colours == "light" else "rgb(21, 24, 28)")
    assert [url for url in asked if url != path.as_uri()] == []
    assert said == []
    context.close()
    # axe itself is a script that the page's own policy refuses.
    context = browser.new_context(color_scheme=colours, bypass_csp=True)  # type: ignore[arg-type]
    checked = context.new_page()
    checked.goto(path.as_uri())
    checked.evaluate(AXE)
    violations = checked.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes[0].html]))")
    context.close()
    assert violations == []
