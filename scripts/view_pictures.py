"""Draw docs/view.png, docs/view-two.png and docs/quality.png: what `view` and `qa --html` write, in a browser.

Run from the root of the repository: `.venv/bin/python scripts/view_pictures.py`. Needs Chromium, Playwright and Pillow.
"""

import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from PIL import Image

import usd_export
from audio2blend_app.cli.main import main as audio2blend

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from tests.support.browser import opened, started  # noqa: E402 - from the folder that was just added

HELLO: Final = ROOT / "examples" / "hello.wav"
TEXT: Final = "Hello! Bob and Mary have five big maple muffins, and you may pick one."
MIDDLE_S: Final = 1.78
"""In "five", when mouth and eyes are open."""


def main() -> None:
    """Write the pages and take their pictures."""
    said = ["--text", TEXT, "--language", "en-US"]
    with TemporaryDirectory() as scratch, started() as browser:
        folder = Path(scratch)
        line, late, loud = folder / "hello.csv", folder / "late.csv", folder / "loud.csv"
        run("animate", HELLO, "-o", line)
        run("animate", HELLO, "-o", loud, "--jaw", "1.5", "--lips", "1.2")
        usd_export.write(replace(usd_export.read(line), start_s=0.09), late.with_suffix(".npz"))
        one, two, judged = (folder / f"{name}.html" for name in ("one", "two", "judged"))
        run("view", line, "--speech", HELLO, *said, "-o", one)
        run("view", line, loud, "--rig", "builtin", "--speech", HELLO, *said, "-o", two)
        score = ["qa", late.with_suffix(".npz"), "--speech", HELLO, "--text", TEXT, "--reference", line]
        run(*score, "--html", judged, fails=True)
        picture(browser, one, "view.png", height=960, scheme="light")
        picture(browser, two, "view-two.png", height=900, scheme="dark")
        picture(browser, judged, "quality.png", height=1500, scheme="light")


def run(*arguments: object, fails: bool = False) -> None:
    """Run a command, which may be known to find faults."""
    assert audio2blend([*map(str, arguments)]) == int(fails)


def picture(browser: object, page: Path, name: str, *, height: int, scheme: str) -> None:
    """Take a picture of a page in the middle of a word."""
    with opened(browser, page, viewport={"width": 1200, "height": height}, color_scheme=scheme) as view:
        view.seek(MIDDLE_S)
        view.page.wait_for_timeout(1500)
        shot = Image.open(BytesIO(view.page.screenshot()))
    shot.convert("RGB").save(ROOT / "docs" / name, optimize=True)


if __name__ == "__main__":
    main()
