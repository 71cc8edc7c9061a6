"""Show the built site on this machine: `python -m tools.serve [--port N] [--policy]` (or PORT=N).

--policy sends the strict content-security policy with everything, as a careful host does.
"""

from __future__ import annotations

import argparse
import errno
import os
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tools.common import SITE, ToolError, run

DEFAULT_PORT = 8000
# The strictest policy under which every page works but those with ipywidgets' own controls, whose
# manager writes style elements and compiles text: those need 'unsafe-inline' in style-src and
# 'unsafe-eval' in script-src. tests/site/test_anywhere.py holds both.
POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:"


class Handler(SimpleHTTPRequestHandler):
    """Static files, with the types that some systems' tables lack, and a silent log."""

    extensions_map = {  # noqa: RUF012 (the base class has it as a plain attribute)
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".woff2": "font/woff2",
        ".ipynb": "application/x-ipynb+json",
    }

    policy = ""  # a content-security policy to send, if any

    def end_headers(self) -> None:
        """Ask the browser to look again after a rebuild."""
        self.send_header("Cache-Control", "no-cache")
        if self.policy:
            self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Send the site's own page for a missing address, as static hosts do."""
        page = self.missing_page() if code == HTTPStatus.NOT_FOUND else None
        if page is None:
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def missing_page(self) -> Path | None:
        """The nearest 404.html above the address."""
        root = Path(self.directory)
        asked = Path(self.translate_path(self.path))
        folders = [folder for folder in asked.parents if folder.is_relative_to(root)]
        return next((f / "404.html" for f in folders if (f / "404.html").is_file()), None)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the console is for errors."""


class StrictHandler(Handler):
    """A host that sends the policy with everything."""

    policy = POLICY


def server(directory: Path, port: int, handler: type[Handler] = Handler) -> ThreadingHTTPServer:
    """A server for `directory` on localhost; port 0 takes any free one."""
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), partial(handler, directory=str(directory)))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ToolError(
                f"Port {port} is in use: stop the program that holds it, or choose another, "
                f"for example PORT={port + 1} make serve."
            ) from None
        raise ToolError(
            f"Port {port} cannot be opened ({error.strerror}): choose another."
        ) from None


def parse() -> tuple[int, type[Handler]]:
    """The port from --port, else from PORT, else 8000; and the host to play."""
    parser = argparse.ArgumentParser(prog="python -m tools.serve", description=__doc__)
    parser.add_argument("--port", default=os.environ.get("PORT") or str(DEFAULT_PORT))
    parser.add_argument("--policy", action="store_true", help=f"send the policy {POLICY}")
    options = parser.parse_args()
    text = options.port
    if not text.isdecimal() or not 0 <= int(text) <= 65535:
        raise ToolError(f"'{text}' is not a port: give a whole number from 1 to 65535.")
    return int(text), StrictHandler if options.policy else Handler


def main() -> None:
    """Serve the site until Ctrl-C."""
    port, handler = parse()
    if not (SITE / "index.html").is_file():
        raise ToolError("The site is not built yet: run make first.")
    with server(SITE, port, handler) as httpd:
        print(f"The book is at http://127.0.0.1:{httpd.server_port}/ (Ctrl-C stops)", flush=True)
        try:
            httpd.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    run(main)
