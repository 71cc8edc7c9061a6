"""A Chromium found on the machine, the sites to look at, a loud word when a browser is missing."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from tests.site.browser import NO_BROWSER, browser  # noqa: F401 (the fixture)
from tests.site.small_book import SmallBook, create
from tools.common import SITE
from tools.serve import server


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Say in the very last lines, after the counts, which tests a missing browser left out."""
    yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    skipped = [report for report in reports if NO_BROWSER in str(report.longrepr)]
    if skipped:
        reporter.write_sep("!", "BROWSER TESTS WERE SKIPPED", red=True, bold=True)
        reporter.write_line(
            f"{len(skipped)} test(s) in a browser did not run: {NO_BROWSER}. "
            "Install Debian's package chromium-headless-shell (or chromium, or Google Chrome) "
            "and run the tests again.",
            red=True,
            bold=True,
        )


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine; gives its address."""
    httpd = server(folder, 0)
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}/"
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()


@pytest.fixture(scope="session")
def site() -> Path:
    """The built book's folder."""
    if not (SITE / "index.html").is_file():
        pytest.fail("The site is not built: run make (or python -m tools.build book) first.")
    return SITE


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The built book's address."""
    with served(site) as url:
        yield url


@pytest.fixture(scope="session")
def nested_address(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The built book's address in a folder two levels below a host."""
    host = tmp_path_factory.mktemp("host")
    (host / "courses").mkdir()
    (host / "courses" / "lossland").symlink_to(site)
    with served(host) as url:
        yield f"{url}courses/lossland/"


@pytest.fixture(scope="session")
def small_book(tmp_path_factory: pytest.TempPathFactory) -> SmallBook:
    """The small book, built once for all processes of the run; nobody changes it."""
    # Below the folder of the whole run, not of this process (pytest-xdist).
    run = tmp_path_factory.getbasetemp()
    run = run.parent if "PYTEST_XDIST_WORKER" in os.environ else run
    book = SmallBook(run / "small" / "root")
    with FileLock(run / "small.lock"):
        if not (run / "small").exists():
            create(book.root)
            result = book.build()
            assert result.returncode == 0, result.stdout + result.stderr
    return book


@pytest.fixture(scope="session")
def small_address(small_book: SmallBook) -> Iterator[str]:
    """The small book's address."""
    with served(small_book.html) as url:
        yield url
