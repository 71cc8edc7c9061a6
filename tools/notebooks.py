"""Execute the book's notebooks into jupyter-cache, several at once, before Sphinx reads them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.base import JupyterCacheAbstract
from jupyter_cache.executors import load_executor
from myst_nb.core.config import NbParserConfig
from myst_nb.core.read import create_nb_reader
from myst_parser.config.main import MdParserConfig

from tools.common import ToolError


def needs_execution(page: Path, cache: JupyterCacheAbstract) -> bool:
    """Whether the page has code whose outputs are not in the cache; it is then put on its list."""
    text = page.read_text("utf8")
    reader = create_nb_reader(str(page), MdParserConfig(), NbParserConfig(), text)
    if reader is None:
        return False
    notebook = reader.read(text)
    if not any(cell.cell_type == "code" for cell in notebook.cells):
        return False
    try:
        cache.match_cache_notebook(notebook)
    except KeyError:
        cache.add_nb_to_project(str(page), read_data=reader.read_fmt)
        return True
    return False


def one_thread_each() -> None:
    """Notebooks run beside each other: their matrix products shall not share the same cores."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


@contextmanager
def quiet_kernels() -> Iterator[None]:
    """Keep what kernels write to the terminal, a notice at each start, out of the output."""
    sys.stderr.flush()
    terminal = os.dup(2)
    with open(os.devnull, "w", encoding="utf8") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)


def execute(pages: list[Path], folder: Path, timeout: int) -> int:
    """Execute what the cache in `folder` lacks, `timeout` seconds a cell; return how many."""
    cache = get_cache(folder)
    missing = [page for page in pages if needs_execution(page, cache)]
    if not missing:
        return 0
    print(f"Executing {', '.join(page.stem for page in missing)} …", flush=True)
    one_thread_each()
    executor = load_executor("local-parallel" if len(missing) > 1 else "local-serial", cache)
    with quiet_kernels():
        result = executor.run_and_cache(filter_uris=list(map(str, missing)), timeout=timeout)
    for uri in result.excepted + result.errored:
        print(cache.get_project_record(uri).traceback or "", file=sys.stderr)
        raise ToolError(f"The notebook {Path(uri).name} failed: its traceback stands above.")
    return len(missing)
