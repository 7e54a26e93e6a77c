"""The tour of a first visit, by keyboard alone."""

from __future__ import annotations

from playwright.sync_api import Browser

from web.tests.lab import Lab


def test_the_tour_begins_at_the_first_visit_and_is_done_by_keyboard(lab: Lab, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(lab.url)
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    seen = []
    for _ in range(30):
        page.wait_for_selector("main figure, main .scene")
        seen.append(page.locator("#heading").inner_text())
        # Tab from the dialog's beginning to its last button, and press it.
        name = "Next" if dialog.get_by_role("button", name="Next").count() else "Done"
        for _ in range(6):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent") == name:
                break
        page.keyboard.press("Enter")
        if name == "Done":
            break
    dialog.wait_for(state="detached")
    assert len(set(seen)) == 8
    page.reload()
    page.wait_for_selector("figure")
    assert page.get_by_role("dialog").count() == 0
    page.get_by_role("button", name="Tour").press("Enter")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    assert page.evaluate("document.activeElement.textContent") == "Tour"
    context.close()
