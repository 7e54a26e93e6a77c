"""Whether a page is accessible and whole, whatever it shows."""

from __future__ import annotations

from playwright.sync_api import Page

from web.tests.lab import ROOT

AXE = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text()
PICTURES = ROOT / "build" / "screenshots"
#: A phone, a tablet, a laptop.
WIDTHS = [390, 768, 1280]
#: A screen of 1280 at 200 %.
ZOOMED = 640

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


def assert_accessible(page: Page) -> None:
    """Let axe find no violation, in light and in dark."""
    page.evaluate(AXE)
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        page.wait_for_timeout(200)
        found = page.evaluate("axe.run().then(result => result.violations)")
        said = [
            (each["id"], each["help"], [node["html"][:150] for node in each["nodes"][:3]]) for each in found
        ]
        assert said == [], colours


def assert_whole(page: Page, name: str) -> None:
    """Find nothing cut and nothing overlapping at each width and at a zoom of 200 %; keep the pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width in (*WIDTHS, ZOOMED):
        # A zoom of 200 % is half the width in CSS pixels.
        page.set_viewport_size({"width": width, "height": 450 if width == ZOOMED else 900})
        page.wait_for_timeout(250)
        page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(BEYOND) == [], width
        assert page.evaluate(OVERLAPPING) == [], width
