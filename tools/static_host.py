"""Serve the site as static hosts do, so that its weight can be measured.

Text is compressed by gzip, every file has an ETag, and the browser is told to ask again at each
visit, which is what careful hosts do: a second visit pays for one short answer a file.
"""

from __future__ import annotations

import gzip
import sys
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

from tools.serve import Handler

COMPRESSED = {".html", ".js", ".css", ".svg", ".json", ".ipynb", ".xml"}


class Host(Handler):
    """A static host: compressed text, ETags, `max-age=0, must-revalidate`."""

    protocol_version = "HTTP/1.1"

    def end_headers(self) -> None:
        """Leave out what the reading server adds."""
        super(Handler, self).end_headers()

    def send_head(self) -> BytesIO | None:
        """Answer with the file, or that it is unchanged."""
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path /= "index.html"
        if not path.is_file():
            self.send_error(404)
            return None
        body = path.read_bytes()
        tag = f'"{zlib.crc32(body):08x}"'
        same = self.headers.get("If-None-Match") == tag
        packed = path.suffix in COMPRESSED
        if packed and not same:
            body = gzip.compress(body, 6)
        self.send_response(304 if same else 200)
        self.send_header("ETag", tag)
        self.send_header("Cache-Control", "public, max-age=0, must-revalidate")
        if not same:
            self.send_header("Content-Type", self.guess_type(str(path)))
            self.send_header("Content-Length", str(len(body)))
            if packed:
                self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        return None if same else BytesIO(body)


class Server(ThreadingHTTPServer):
    """A server to whom a browser may close the door."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a visit that ended early; tell every other error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def hosted(folder: Path) -> Iterator[str]:
    """The folder's address while it is served."""
    with Server(("127.0.0.1", 0), partial(Host, directory=str(folder))) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}/"
        httpd.shutdown()
