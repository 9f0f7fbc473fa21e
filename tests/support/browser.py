"""A headless Chromium that opens pages from the disk, and keeps what it fetches and complains of."""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from numpy.typing import NDArray

from usd_export import viewer

AXE: Final = Path(sys.prefix, "node", "node_modules", "axe-core", "axe.min.js")
needs_axe = pytest.mark.skipif(not AXE.is_file(), reason=f"no axe-core in {AXE.parent}; `make test` installs it")
SCRIPT: Final = Path(viewer.__file__).with_name("viewer.js")
needs_script = pytest.mark.skipif(not SCRIPT.is_file(), reason=f"no {SCRIPT.name}; `make viewer` makes it, with npm")
_ARGUMENTS: Final = [
    "--no-sandbox",  # as root
    "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",  # WebGL without a graphics card
    "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip


def chromium() -> str | None:
    """Return the program, as distributions call it."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def started() -> Iterator[Any]:
    """Start a browser; skips the test where there is none."""
    if (program := chromium()) is None:
        pytest.skip("no Chromium on PATH; on Debian: apt install chromium")
    if not SCRIPT.is_file():
        pytest.skip("no viewer.js; `make viewer` makes it, with npm")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Opened:
    """A page in the browser."""

    page: Any
    """Playwright's."""
    fetched: list[str] = field(default_factory=list)
    """Addresses of what is outside the page."""
    complaints: list[str] = field(default_factory=list)

    def ask(self, expression: str, *arguments: object) -> Any:
        """Return the value of a JavaScript expression of `a`, the parts of the page, and of `x`, the arguments."""
        return self.page.evaluate(f"(x) => window.audio2blend.then((a) => {expression})", list(arguments))

    def until(self, condition: str) -> None:
        """Wait until a JavaScript expression is true, for some ten seconds at most."""
        found = "new Promise((on) => setTimeout(() => on(Boolean(" + condition + ")), 100))"
        assert any(self.ask(found) for _ in range(100)), f"never: {condition}"

    def seek(self, time_s: float) -> None:
        self.ask("a.player.seek(x[0])", time_s)

    def vertices(self, index: int = 0) -> list[NDArray[np.float64]]:
        """Return where three.js has the vertices of a character, (n, 3) in the rig's space, mesh after mesh."""
        found = self.ask("a.stage.vertices(x[0]).map((mesh) => Array.from(mesh.positions))", index)
        return [np.array(positions).reshape(-1, 3) for positions in found]

    def violations(self) -> list[str]:
        """Return what axe finds against WCAG 2.2, level AA, and its own best practices."""
        self.page.evaluate(AXE.read_text("utf-8"))
        options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
        found = self.page.evaluate(f"axe.run(document, {json.dumps(options)})")
        return [f"{one['id']}: {node['html']}" for one in found["violations"] for node in one["nodes"]]


@contextmanager
def opened(browser: Any, path: Path, **context: Any) -> Iterator[Opened]:
    """Open a page from the disk and wait until all of it is there."""
    with browser.new_context(**({"viewport": {"width": 1200, "height": 800}} | context)) as session:
        out = Opened(session.new_page())
        address = path.resolve().as_uri()
        out.page.on("console", lambda line: out.complaints.append(f"{line.type}: {line.text}"))
        out.page.on("pageerror", lambda error: out.complaints.append(str(error)))

        def note(request: Any) -> None:
            if request.url != address and not request.url.startswith(("blob:", "data:")):
                out.fetched.append(request.url)

        out.page.on("request", note)
        out.page.goto(address)
        out.page.wait_for_selector("html[data-state=ready]", timeout=90_000)
        yield out
