"""A server that dies and comes back, several tabs, and who is not let in."""

from __future__ import annotations

from playwright.sync_api import Browser, Page

from web.tests.lab import Lab, Scene


def test_a_killed_server_is_told_of_and_the_page_goes_on_when_it_is_back(scene: Scene, lab: Lab) -> None:
    scene.open("#/notebook?cell=gru&units=32")
    lab.stop(kill=True)
    field = scene.page.get_by_label("Text", exact=True)
    field.fill("HELLO")
    alert = scene.page.get_by_role("alert")
    alert.wait_for()
    assert "does not answer" in alert.inner_text()
    lab.start()
    alert.wait_for(state="detached")
    scene.settle()
    _, rows = scene.table("The page after every letter")
    assert "".join(row[1] for row in rows) == "HELLO"


def test_a_second_tab_works_beside_the_first(scene: Scene, lab: Lab) -> None:
    scene.open("#/notebook?text=first")
    other = Scene(scene.page.context.new_page(), lab.address)
    other.open("#/notebook?text=second")
    for each, text in ((scene, "first"), (other, "second")):
        _, rows = each.table("The page after every letter")
        assert "".join(row[1] for row in rows) == text


def test_without_the_token_there_is_no_page(lab: Lab, browser: Browser) -> None:
    context = browser.new_context()
    page: Page = context.new_page()
    response = page.goto(lab.address)
    assert response is not None
    assert response.status == 401
    assert "terminal" in page.content()
    response = page.goto(f"{lab.address}?token=wrong")
    assert response is not None
    assert response.status == 401
    context.close()
