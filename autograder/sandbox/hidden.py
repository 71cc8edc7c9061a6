"""Every file that holds a module which students are asked to write: source, byte code, copies."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
import zipfile
from collections.abc import Iterator
from functools import lru_cache

from autograder.sandbox.view import package, package_folder

ARCHIVES = (".zip", ".whl", ".egg")


@lru_cache(maxsize=16)
def module_files(modules: tuple[str, ...]) -> tuple[str, ...]:
    """Files and folders on this host that hold one of the modules; looked for once a process.

    Besides what the import system finds, all package folders are gone through for another copy:
    an older installation, a build's left-over, byte code without its source, an archive.
    """
    found = [path for name in modules for path in _by_import(name)]
    dotted = tuple(name for name in modules if "." in name)
    if dotted:
        roots = [path for path in sys.path if os.path.isdir(path) and package_folder(path)]
        roots += [path for name in dotted for path in package(name.partition(".")[0])]
        for root in dict.fromkeys(map(os.path.realpath, roots)):
            found += _copies(root, dotted)
    return tuple(dict.fromkeys(found))


def _by_import(name: str) -> Iterator[str]:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return
    if spec is None:
        return
    yield from (os.path.abspath(path) for path in spec.submodule_search_locations or ())
    if spec.origin and os.path.exists(spec.origin):
        yield spec.origin
        yield from _byte_code(spec.origin)


def _byte_code(source: str) -> Iterator[str]:
    folder, name = os.path.split(source)
    stem = name.partition(".")[0]
    cache = f"{folder}/__pycache__"
    if os.path.isdir(cache):
        yield from (f"{cache}/{n}" for n in os.listdir(cache) if n.partition(".")[0] == stem)


def _copies(root: str, modules: tuple[str, ...]) -> Iterator[str]:
    """Files below ``root`` whose path ends as the module's does, and archives that hold one."""
    parts = "|".join(re.escape(name.replace(".", "/")) for name in modules)
    one = re.compile(rf"(?:.*/)?(?:{parts})(?:\.[^/]*|/__init__\.[^/]*)")
    for place, _, names in os.walk(root):
        # Byte code counts as lying where its source would.
        folder = place.removesuffix("/__pycache__")
        for name in names:
            path = f"{place}/{name}"
            if one.fullmatch(f"{folder}/{name}") or (
                name.endswith(ARCHIVES) and any(map(one.fullmatch, _members(path)))
            ):
                yield path


def _members(archive: str) -> list[str]:
    try:
        with zipfile.ZipFile(archive) as opened:
            return opened.namelist()
    except (OSError, zipfile.BadZipFile):
        return []
