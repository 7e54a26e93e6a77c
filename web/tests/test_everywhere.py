"""What has to hold in every scene: accessible, whole at every width, its state in the address."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from web.tests.lab import READY, ROOT, Lab, Scene

SCENES = ["notebook", "telephone", "gates", "bank", "tower", "patterns", "race", "own"]
AXE = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text()
PICTURES = ROOT / "build" / "screenshots"
#: A phone, a tablet, a laptop.
WIDTHS = [390, 768, 1280]
#: A screen of 1280 at 200 %.
ZOOMED = 640


def show(scene: Scene, name: str) -> None:
    """Open a scene; of the race, when there is something to see."""
    if name == "race":
        scene.race()
    else:
        scene.open(f"#/{name}")


@pytest.mark.parametrize("name", SCENES)
def test_axe_finds_no_violation_in_light_and_dark(scene: Scene, name: str) -> None:
    show(scene, name)
    scene.page.evaluate(AXE)
    for colours in ("light", "dark"):
        scene.page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        scene.page.wait_for_timeout(200)
        found = scene.page.evaluate("axe.run().then(result => result.violations)")
        said = [
            (each["id"], each["help"], [node["html"][:150] for node in each["nodes"][:3]]) for each in found
        ]
        assert said == [], colours


#: Elements that reach beyond the window without standing in a box that scrolls.
BEYOND = """
() => {
  const scrolls = (element) => {
    for (let at = element; at !== null && at !== document.body; at = at.parentElement)
      if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(at).overflowX)) return true;
    return false;
  };
  return [...document.querySelectorAll('body *')]
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && !scrolls(each))
    .map((each) => each.outerHTML.slice(0, 120));
}
"""
#: Controls and texts of a scene that lie over one another.
OVERLAPPING = """
() => {
  const parts = ['button', 'select', 'input', 'h2', 'figcaption', 'label'].map((each) => `main ${each}`);
  const shown = [...document.querySelectorAll(parts.join())]
    .filter((each) => each.checkVisibility() && !each.closest('[popover]'));
  const boxes = shown.map((each) => each.getBoundingClientRect());
  const found = [];
  for (let i = 0; i < shown.length; i++)
    for (let j = 0; j < i; j++) {
      if (shown[i].contains(shown[j]) || shown[j].contains(shown[i])) continue;
      const [a, b] = [boxes[i], boxes[j]];
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 2 && high > 2)
        found.push([shown[i].outerHTML.slice(0, 90), shown[j].outerHTML.slice(0, 90)]);
    }
  return found;
}
"""


@pytest.mark.parametrize("name", SCENES)
def test_nothing_is_cut_and_nothing_overlaps(scene: Scene, name: str) -> None:
    """Neither at each width nor at a zoom of 200 %, which is half the width in CSS pixels."""
    show(scene, name)
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width in (*WIDTHS, ZOOMED):
        scene.page.set_viewport_size({"width": width, "height": 450 if width == ZOOMED else 900})
        scene.page.wait_for_timeout(250)
        scene.page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
        assert scene.page.evaluate("document.documentElement.scrollWidth") <= width
        assert scene.page.evaluate(BEYOND) == [], width
        assert scene.page.evaluate(OVERLAPPING) == [], width


@pytest.mark.parametrize("name", SCENES)
def test_every_picture_has_two_sentences_and_a_table_of_its_numbers(scene: Scene, name: str) -> None:
    show(scene, name)
    titles = scene.page.eval_on_selector_all("figure", "all => all.map(each => each.dataset.figure)")
    assert titles
    for title in titles:
        said = scene.figure(title).locator("figcaption span").all_inner_texts()
        assert len([each for each in said if each.strip()]) >= 2, title
        columns, rows = scene.table(title)
        assert columns, title
        assert rows, title
        assert all(len(row) == len(columns) for row in rows), title


@pytest.mark.parametrize("name", SCENES)
def test_the_address_restores_what_was_on_screen(scene: Scene, lab: Lab, browser: Browser, name: str) -> None:
    scene.open(f"#/{name}")
    page = scene.page
    for radio in page.locator("main input[type=radio]:not(:checked):not(:disabled)").all()[:3]:
        if radio.is_visible():
            radio.check(force=True)
            scene.settle()
    for slider in page.locator("main .control input[type=range]:not(:disabled)").all()[:2]:
        if slider.is_visible():
            slider.press("ArrowRight")
            scene.settle()
    page.locator("body").press("ArrowRight")
    scene.settle()
    address = scene.address()
    controls = """() => [...document.querySelectorAll('main input, main select')]
        .map(each => each.type === 'radio' || each.type === 'checkbox' ? each.checked : each.value)"""
    shown = page.evaluate(controls)
    assert "?" in address
    context = browser.new_context(
        storage_state=page.context.storage_state(), viewport={"width": 1280, "height": 900}
    )
    other = Scene(context.new_page())
    other.page.goto(f"{lab.address}{address}")
    other.page.wait_for_selector(READY)
    other.settle()
    assert other.page.evaluate(controls) == shown
    assert other.address() == address
    context.close()


@pytest.mark.parametrize("name", ["notebook", "gates", "tower", "patterns"])
def test_every_example_is_answered(scene: Scene, name: str) -> None:
    show(scene, name)
    for example in scene.page.locator("main .examples button").all():
        example.click()
        scene.settle()
        assert scene.page.locator("main .fault").all_inner_texts() == [], example.inner_text()


def test_the_pictures_for_the_readme_are_there() -> None:
    for name in ("notebook", "telephone", "gates"):
        assert (Path(ROOT) / "docs" / "pictures" / f"lab-{name}.png").is_file()
