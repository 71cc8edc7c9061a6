"""What a student and an instructor do in JupyterLab, as clicks; every wait is for a condition."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import FrameLocator, Locator, Page, TimeoutError, expect

from tests.autograder.formgrader import Watched
from tests.autograder.waiting import PATIENCE, until

LONG = 1_000 * PATIENCE
QUIET = (
    # JupyterLab asks its makers for news, and whether there is a newer one.
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.news_url=",
    # Its extensions for other things make the start longer.
    "--ServerApp.jpserver_extensions={'jupyter_lsp': False, 'jupyter_server_terminals': False,"
    " 'notebook': False}",
)
SETTINGS = {"@jupyterlab/apputils-extension:announcements": True}


def settle(private: Path) -> None:
    """Switch off, in this person's settings, what would ask the network."""
    folder = private / "jupyter_config_dir" / "labconfig"
    folder.mkdir(parents=True)
    (folder / "page_config.json").write_text(json.dumps({"disabledExtensions": SETTINGS}))


@dataclass
class Desk:
    """JupyterLab in somebody's browser, its folder, and whose."""

    name: str
    folder: Path
    watched: Watched
    page: Page

    def menu(self, command: str) -> None:
        """An entry of the menu Nbgrader."""
        self.page.locator("#jp-menu-panel .lm-MenuBar-itemLabel", has_text="Nbgrader").click()
        self.page.locator(f'#jp-mainmenu-nbgrader li[data-command="nbgrader:{command}"]').click()


def sit_down(name: str, folder: Path, watched: Watched, token: str) -> Desk:
    """Open JupyterLab; it is ready when its launcher can be used."""
    watched.context.set_default_timeout(LONG)
    page = watched.open(f"lab?token={token}")
    page.locator("#jp-menu-panel .lm-MenuBar-itemLabel", has_text="Nbgrader").wait_for()
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    return Desk(name, folder, watched, page)


class Student:
    """A student at her desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.page = desk, desk.page

    def list_assignments(self) -> None:
        self.desk.menu("open-assignment-list")
        expect(self.page.locator("#course_list_default")).to_have_text("hills", timeout=LONG)

    def rows(self, kind: str) -> Locator:
        """The rows of one of the three lists: released, fetched, submitted."""
        return self.page.locator(f"#{kind}_assignments_list > .list_item")

    def press(self, kind: str, label: str) -> None:
        """The button of an assignment's row."""
        self.rows(kind).get_by_role("button", name=label, exact=True).first.click()

    def refresh(self) -> None:
        self.page.locator("#refresh_assignments_list").click()
        expect(self.page.locator("#course_list_dropdown")).to_be_enabled(timeout=LONG)

    def open_notebook(self, name: str) -> None:
        self.rows("fetched").locator(".assignment-notebooks-link").click()
        self.rows("fetched").get_by_role("link", name=name, exact=True).click()
        expect(self.page.locator(".jp-Notebook .jp-Cell").first).to_be_visible(timeout=LONG)

    def write(self, cell: int, text: str) -> None:
        """Replace the text of a cell of the open notebook."""
        place = self.page.locator(".jp-Notebook .jp-Cell").nth(cell)
        place.scroll_into_view_if_needed()
        rendered = place.locator(".jp-MarkdownOutput")
        if rendered.is_visible():
            rendered.dblclick()
        place.locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)
        expect(place.locator(".cm-content")).to_contain_text(text.splitlines()[-1].strip())

    def save(self, path: Path) -> None:
        """Save, and wait until the file on the disk holds what the page shows."""
        before = path.read_bytes()
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("ControlOrMeta+s")
        until(lambda: path.read_bytes() != before, lambda: self.page.wait_for_timeout(50))
        expect(self.page.locator(".lm-DockPanel-tabBar .jp-mod-dirty")).to_have_count(0)

    def validate(self) -> str:
        """What the button of the notebook's toolbar says about the visible tests."""
        self.page.locator(".validate-button:visible").click()
        dialog = self.page.locator(".jp-Dialog", has_text="Validation Results")
        said = dialog.locator("#validation-message").inner_text()
        dialog.get_by_role("button", name="OK").click()
        dialog.wait_for(state="detached")
        return said

    def show_list(self) -> None:
        self.page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab", has_text="Assignments").click()

    def read_feedback(self, name: str) -> FrameLocator:
        """Follow the link of the newest hand-in and open the page in JupyterLab."""
        self.rows("submitted").get_by_text("(view feedback)").last.click()
        self.page.locator(".jp-DirListing-item", has_text=name).dblclick()
        return self.page.frame_locator(".jp-HTMLViewer iframe")


class Instructor:
    """The instructor at formgrader."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.page = desk, desk.page
        self.frame = self.page.frame_locator("#formgrader-iframe iframe")

    def open_formgrader(self) -> None:
        self.desk.menu("open-formgrader")
        self.frame.locator("#main-table .assign a").wait_for()

    def press(self, place: str, *, row: str = "") -> str:
        """A button of a table; what its dialog says, which must be of success."""
        rows = self.frame.locator("#main-table tr", has_text=row or None)
        rows.locator(f".{place} a").first.click()
        dialog = self.frame.locator(".modal.in, .modal.show").first
        dialog.wait_for()
        said = dialog.inner_text()
        assert re.search(r"[Ss]uccessfully", said), said
        dialog.get_by_role("button", name="OK").click()
        dialog.wait_for(state="detached")
        return said

    def go_to_row(self, row: str, link: str) -> None:
        """Follow a row to a page with this link: a table that is drawn anew loses a click."""
        here = self.frame.locator("#main-table tr", has_text=row).get_by_role("link").first
        there = self.frame.get_by_role("link", name=link, exact=True).first
        here.wait_for()
        while not there.is_visible():
            if here.is_visible():
                with contextlib.suppress(TimeoutError):
                    here.click(timeout=5_000)
            with contextlib.suppress(TimeoutError):
                there.wait_for(timeout=20_000)

    def go(self, link: str) -> None:
        """Follow a link of formgrader's own pages."""
        self.frame.get_by_role("link", name=link, exact=True).first.click()
