"""A real JupyterLab and a real Chromium for the tests of this folder."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"

HOW_TO = (
    "no Chromium was found: install one (Debian: apt-get install chromium) or name "
    "it, CHROMIUM=/path/to/chromium, to run the tests of the labs"
)


def find_chromium() -> str | None:
    """The browser to test with: the one that CHROMIUM names, or one on the path."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, names)), None
    )


@pytest.fixture(scope="session")
def chromium() -> str:
    path = find_chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(HOW_TO)
        pytest.skip(HOW_TO)
    return path


@dataclass(frozen=True)
class Server:
    """A running JupyterLab."""

    url: str
    token: str
    root: Path

    def notebook_url(self, name: str) -> str:
        return f"{self.url}/lab/tree/{name}?token={self.token}&reset"


SETTINGS = {
    # No pop-up asks for news, and every cell stays in the page.
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {
        "windowingMode": "none"
    },
}


@pytest.fixture(scope="session")
def server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("jupyter")
    root = home / "notebooks"
    shutil.copytree(
        ROOT / "notebooks", root, ignore=shutil.ignore_patterns(".ipynb_checkpoints")
    )
    for name, settings in SETTINGS.items():
        path = home / "settings" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))
    token = secrets.token_hex(16)
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    log = (home / "server.log").open("w")
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "jupyterlab",
            "--no-browser",
            "--allow-root",
            "--ip=127.0.0.1",
            "--port=0",  # a free one, which the server writes down
            "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={token}",
            f"--ServerApp.root_dir={root}",
            "--LabApp.expose_app_in_browser=True",
            "--LabApp.extension_manager=readonly",
        ],
        env=environment,
        stdout=log,
        stderr=log,
    )
    try:
        yield Server(_address(process, home, token), token, root)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _address(process: subprocess.Popen, home: Path, token: str) -> str:
    """Where the server listens, once it answers."""
    for _ in range(480):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError, ValueError, StopIteration):
            note = next((home / "runtime").glob("jpserver-*.json"))
            address = f"http://127.0.0.1:{json.loads(note.read_text())['port']}"
            with urllib.request.urlopen(
                f"{address}/api/status?token={token}", timeout=5
            ):
                return address
        time.sleep(0.25)
    pytest.fail(
        "JupyterLab did not start:\n" + (home / "server.log").read_text()[-3000:]
    )


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A browser for the tests of one file.

    Not of the whole run: until Playwright ends, no other test of the same process can
    start an event loop.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def lab(browser: Browser, server: Server) -> Iterator[NotebookPage]:
    """An empty page, on which a test opens a notebook."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(30_000)
    notebook = NotebookPage(context.new_page(), server)
    yield notebook
    errors = notebook.errors_so_far()
    notebook.shut_down()
    context.close()
    assert not errors, errors


class NotebookPage:
    """One notebook, open in JupyterLab, worked as a person would."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, name: str) -> None:
        """Open a notebook and wait until its kernel is there."""
        self.page.goto(self.server.notebook_url(name))
        self.wait_for_kernel()

    def wait_for_kernel(self) -> None:
        self.page.wait_for_function(
            "() => window.jupyterapp !== undefined", timeout=60_000
        )
        self.page.evaluate("async () => { await window.jupyterapp.restored; }")
        idle = self.page.get_by_text("Python 3 (ipykernel) | Idle")
        expect(idle.first).to_be_visible(timeout=60_000)

    def run_all(self) -> None:
        """Run > Run All Cells, and wait until every cell has its number again."""
        self.page.evaluate(
            "async () => { await window.jupyterapp.commands.execute("
            "'notebook:run-all-cells'); }"
        )
        self.page.wait_for_function(
            """() => {
              const prompts = [...document.querySelectorAll(
                '.jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell '
                + '.jp-InputArea-prompt')];
              return prompts.length && prompts.every(
                p => /\\[\\d+\\]/.test(p.innerText));
            }""",
            timeout=240_000,  # a busy machine takes a while
        )

    @property
    def box(self) -> Locator:
        """The lab of the notebook."""
        return self.page.locator(".charrnn-lab").last

    def text(self) -> str:
        """Everything that the lab shows, as text."""
        return self.box.inner_text()

    def expect_text(self, text: str) -> None:
        expect(self.box).to_contain_text(text, timeout=20_000)

    def text_fields(self) -> list[Locator]:
        """Every field of the lab that takes any text."""
        return self.box.locator("input[type=text], textarea").all()

    def expect_answer(self, field: Locator, text: str) -> None:
        """Fill a field and wait until the lab shows something else than before."""
        before = self.box.text_content()
        field.fill(text)
        expect(self.box).not_to_have_text(before, timeout=20_000)

    def control(self, description: str) -> Locator:
        """The control with a description: text field, drop-down, check box, number."""
        return self.box.get_by_label(description, exact=True)

    def button(self, description: str) -> Locator:
        return self.box.get_by_role("button", name=description, exact=True)

    def slider(self, description: str) -> Locator:
        """The handle of a slider, to be moved by the keyboard or the mouse."""
        return (
            self.box.locator(".widget-slider")
            .filter(has_text=description)
            .locator(".noUi-handle")
            .first
        )

    def drag(self, handle: Locator, dx: int, steps: int = 15) -> None:
        """Drag a handle sideways with the mouse."""
        handle.scroll_into_view_if_needed()
        at = handle.bounding_box()
        x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + dx, y, steps=steps)
        self.page.mouse.up()

    def output_errors(self) -> list[str]:
        """What the notebook wrote to stderr, and the errors of its cells."""
        return self.page.locator(
            ".jp-NotebookPanel:not(.lm-mod-hidden) "
            ".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr'], "
            ".jp-NotebookPanel:not(.lm-mod-hidden) "
            ".jp-RenderedText[data-mime-type='application/vnd.jupyter.error']"
        ).all_inner_texts()

    def accessibility_findings(self) -> list[str]:
        """Serious and critical findings of axe-core in the outputs that are ours.

        ipywidgets gives the handle of a slider no accessible name; its description
        stands beside it, and we cannot reach the handle.
        """
        results = Axe().run(self.page, context={"include": [[".jp-OutputArea-output"]]})
        return [
            f"{v['id']} ({v['impact']}): {v['help']}: {node['html'][:200]}"
            for v in results.response["violations"]
            if v["impact"] in ("serious", "critical")
            for node in v["nodes"]
            if "noUi-handle" not in node["html"]
        ]

    def screenshot(self, name: str) -> None:
        """Keep a picture of the lab for the eye."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.box.scroll_into_view_if_needed()
        self.page.mouse.move(0, 0)  # no control looks as if pointed at
        self.box.screenshot(path=SCREENSHOTS / f"{name}.png")

    def errors_so_far(self) -> list[str]:
        """The errors of the page, those that are still on their way included.

        To be asked before the kernels are shut down: then JupyterLab reports a question
        that it had put to one of them and that nobody will answer.
        """
        with contextlib.suppress(Error):
            self.page.evaluate("() => new Promise(done => setTimeout(done, 100))")
        return list(self.errors)

    def shut_down(self) -> None:
        """End the kernel, so that the next test finds the machine free."""
        with contextlib.suppress(Error):  # the page may be closed already
            self.page.evaluate(
                "async () => { const app = window.jupyterapp; if (app) await "
                "app.serviceManager.sessions.shutdownAll(); }"
            )
