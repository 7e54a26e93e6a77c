"""What has to hold in every scene: accessible, whole at every width, its state in the address."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from web.tests.lab import ROOT, Lab, Scene
from web.tests.looks import assert_accessible, assert_whole

SCENES = ["notebook", "telephone", "gates", "bank", "tower", "patterns", "race", "own"]


def show(scene: Scene, name: str) -> None:
    """Open a scene; of the race, when there is something to see."""
    if name == "race":
        scene.race()
    else:
        scene.open(f"#/{name}")


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_is_accessible_and_whole_and_every_picture_is_told_in_words_and_numbers(
    scene: Scene, name: str
) -> None:
    """In one opening, as a race takes a while until there is something to see."""
    show(scene, name)
    assert_accessible(scene.page)
    assert_whole(scene.page, name)
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
    other = Scene(context.new_page(), lab.address)
    other.open(address)
    assert other.page.evaluate(controls) == shown
    assert other.address() == address
    context.close()


def test_a_scene_is_found_as_it_was_left_and_its_own_link_begins_anew(scene: Scene) -> None:
    scene.open("#/gates?units=64&step=5")
    scene.page.get_by_label("Text", exact=True).fill("ROMEO")
    scene.settle()
    links = scene.page.get_by_role("navigation", name="Scenes")
    links.get_by_role("link", name="The bank").click()
    scene.page.wait_for_selector("main figure")
    links.get_by_role("link", name="Gates").click()
    scene.page.wait_for_selector("main figure")
    assert scene.address() == "#/gates?text=ROMEO&units=64&step=4"
    links.get_by_role("link", name="Gates").click()
    scene.settle()
    assert scene.address() == "#/gates"


def test_what_explains_a_term_is_no_part_of_a_name(scene: Scene) -> None:
    scene.open("#/gates")
    names = scene.page.get_by_role("heading", level=2).all_inner_texts()
    for name in names:
        scene.page.get_by_role("figure", name=name, exact=True).wait_for()
        scene.page.get_by_role("heading", name=name, exact=True).wait_for()
    scene.page.get_by_role("group", name="Units", exact=True).wait_for()


@pytest.mark.parametrize("name", ["notebook", "gates", "tower", "patterns"])
def test_every_example_is_answered(scene: Scene, name: str) -> None:
    show(scene, name)
    for example in scene.page.locator("main .examples button").all():
        example.click()
        scene.settle()
        assert scene.page.locator("main .fault").all_inner_texts() == [], example.inner_text()


def test_the_pictures_for_the_readme_are_there() -> None:
    for name in ("notebook", "telephone", "gates"):
        assert (ROOT / "docs" / "pictures" / f"lab-{name}.png").is_file()
