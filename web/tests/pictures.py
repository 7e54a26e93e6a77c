"""Take the README's pictures of the lab anew: ``python -m web.tests.pictures``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from web.tests.lab import CHROMIUM, QUIET, ROOT, Lab, Scene

#: Name, address and height of each.
SHOTS = {
    "notebook": ("#/notebook?text=HELL&step=3&unit=12", 1310),
    "telephone": ("#/telephone?step=60", 1010),
    "gates": ("#/gates?step=8&unit=7", 1160),
}


def main() -> None:
    """Write docs/pictures/lab-*.png."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        runs = Path(folder) / "runs"
        runs.mkdir()
        lab = Lab(runs, Path(folder) / "cache")
        lab.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        context = browser.new_context(viewport={"width": 1180, "height": 900}, color_scheme="light")
        context.add_init_script("localStorage.setItem('remy-tour', 'seen')")
        page = context.new_page()
        for name, (address, height) in SHOTS.items():
            Scene(page, lab.url).open(address)
            page.wait_for_timeout(500)
            clip = {"x": 0, "y": 0, "width": 1180, "height": height}
            page.screenshot(path=ROOT / "docs" / "pictures" / f"lab-{name}.png", full_page=True, clip=clip)  # type: ignore[arg-type]
        browser.close()
        lab.stop()


if __name__ == "__main__":
    main()
