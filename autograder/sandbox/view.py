"""What of the host a sandbox shows: an allow-list, worked out from the running interpreter.

    interpreter   its executable, standard library, ``site-packages`` and the folders of ``.pth``
    libraries     the dynamic loader's folders, and those of what is loaded already
    links         where the environment's own symbolic links lead (package managers make such ones)
    data          fonts, time zones, locales, a few shell commands
    named         ``Plan.shown``, and the packages that the notebooks import

Everything else does not exist inside. ``Plan.unreachable`` and ``Plan.hidden`` win over all of it
where they lie deeper, or are named as well.
"""

from __future__ import annotations

import glob
import importlib.util
import os
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

COMMANDS = (
    "sh", "dash", "bash", "env", "ls", "cat", "echo", "head", "tail", "wc", "grep", "sort", "sleep",
    "true", "false", "pwd", "date", "mkdir", "rm", "cp", "mv", "touch", "uname", "which", "whoami",
)  # fmt: skip
DATA = (
    "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/etc/alternatives", "/etc/matplotlibrc",
    "/etc/mime.types", "/etc/ssl/openssl.cnf", "/usr/lib/locale", "/usr/share/fonts",
    "/usr/local/share/fonts", "/usr/share/fontconfig", "/usr/share/zoneinfo",
)  # fmt: skip
LOADERS = "/lib*/ld-*.so*"
LOADER_SETTINGS = "/etc/ld.so.conf.d/*.conf"
LIBRARY_FOLDERS = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")
FEW_LIBRARIES = 16
MANY_LINKS = 8
MAX_LINKS = 40


@dataclass(frozen=True)
class View:
    """What the new root holds: places to bind, places to cover, symbolic links to make again.

    All paths are absolute; ``shown`` and ``covered`` are free of symbolic links.
    """

    shown: tuple[str, ...]
    covered: tuple[str, ...]
    links: tuple[tuple[str, str], ...]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> View:
        links = tuple((link, target) for link, target in data["links"])
        return cls(tuple(data["shown"]), tuple(data["covered"]), links)


@lru_cache(maxsize=4)
def layers(view: View) -> tuple[tuple[str, bool], ...]:
    """(path, is it shown?) from the outside in; what a place above decides is left out.

    Worked out once a process, as the view itself is.
    """
    decided = {**dict.fromkeys(view.shown, True), **dict.fromkeys(view.covered, False)}
    found = []
    for path in sorted(decided, key=lambda p: (p.count("/"), p)):
        above = next((q for q in ancestors(path) if q in decided), None)
        if decided[path] != (decided[above] if above is not None else False):
            found.append((path, decided[path]))
    return tuple(found)


def within(path: str, folder: str) -> bool:
    """Whether ``path`` is ``folder`` or lies below it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def ancestors(path: str) -> Iterator[str]:
    """The folders above ``path``, the nearest first."""
    while path not in {"/", ""}:
        path = os.path.dirname(path)
        yield path


@lru_cache(maxsize=4)
def view(shown: tuple[str, ...], imports: tuple[str, ...], covered: tuple[str, ...]) -> View:
    """The view of one sandbox: the interpreter's, what is named, and what must not be in it.

    Worked out once a process: the warm parent does it for all its forks.
    """
    wanted = [*interpreter(), *shown]
    for name in ("lossland", *imports):
        wanted += package(name.partition(".")[0])
    places, links = _resolved(wanted)
    hidden = [
        p
        for path in (*covered, *_packages_of_others())
        for p in (os.path.abspath(path), os.path.realpath(path))
    ]
    return View(_outermost(places, hidden), tuple(dict.fromkeys(hidden)), tuple(links.items()))


def _resolved(paths: Iterable[str]) -> tuple[list[str], dict[str, str]]:
    """The places that exist, without symbolic links, and the links on the way to them."""
    places: list[str] = []
    links: dict[str, str] = {}
    for path in paths:
        met, place = trail(path)
        if os.path.exists(place):
            links |= met
            places.append(place)
    return places, links


def _outermost(places: Iterable[str], between: Sequence[str]) -> tuple[str, ...]:
    """Without the places that come along with another one and are not covered on the way."""
    there = set(places)
    cover = set(between)

    def comes_along(path: str) -> bool:
        for above in ancestors(path):
            if above in cover:
                return False
            if above in there:
                return True
        return False

    return tuple(sorted(path for path in there if not comes_along(path)))


def trail(path: str) -> tuple[dict[str, str], str]:
    """The symbolic links on the way to ``path``, link → its text, and where the way ends."""
    links: dict[str, str] = {}
    left = [part for part in os.path.abspath(path).split("/") if part]
    here = ""
    while left:
        part = left.pop(0)
        if part == "..":
            here = os.path.dirname(here)
            continue
        step = f"{here}/{part}"
        if not os.path.islink(step) or len(links) >= MAX_LINKS:
            here = step
            continue
        links[step] = os.readlink(step)
        left = [p for p in links[step].split("/") if p and p != "."] + left
        if links[step].startswith("/"):
            here = ""
    return links, here or "/"


# -- the interpreter ----------------------------------------------------------------------


@lru_cache(maxsize=1)
def interpreter() -> tuple[str, ...]:
    """All that this interpreter, its libraries and its packages consist of."""
    found = [*_executables(), *_python_folders(), *_shared_libraries(), *DATA, *_commands()]
    return tuple(dict.fromkeys(found + _link_targets(found)))


def _executables() -> Iterator[str]:
    base = getattr(sys, "_base_executable", sys.executable) or sys.executable
    major, minor = sys.version_info[:2]
    for folder in dict.fromkeys(map(os.path.dirname, (sys.executable, base))):
        for name in ("python", f"python{major}", f"python{major}.{minor}"):
            yield f"{folder}/{name}"
    yield sys.executable
    yield f"{sys.prefix}/pyvenv.cfg"


def _python_folders() -> Iterator[str]:
    yield from (sysconfig.get_path(name) for name in ("stdlib", "platstdlib"))
    yield from (path for path in sys.path if os.path.isabs(path) and _holds_packages(path))


def _packages_of_others() -> Iterator[str]:
    """Package folders within the standard library that this environment does not import from."""
    used = {os.path.realpath(path) for path in sys.path}
    for name in ("site-packages", "dist-packages"):
        path = os.path.realpath(f"{sysconfig.get_path('stdlib')}/{name}")
        if os.path.isdir(path) and path not in used:
            yield path


def _holds_packages(path: str) -> bool:
    if os.path.isfile(path) or within(path, sysconfig.get_path("stdlib")):
        return True
    return package_folder(path)


def package_folder(path: str) -> bool:
    """Is this entry of the import path made for packages alone, and no folder of somebody's?"""
    if os.path.basename(path) in {"site-packages", "dist-packages"}:
        return True
    return next(Path(path).glob("*.dist-info"), None) is not None


def package(name: str) -> list[str]:
    """The folder or file of a top-level module, wherever the import system finds it."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return []
    if spec is None:
        return []
    if spec.submodule_search_locations is not None:
        return [os.path.abspath(path) for path in spec.submodule_search_locations]
    return [spec.origin] if spec.origin and os.path.isabs(spec.origin) else []


def _commands() -> Iterator[str]:
    for folder in ("/usr/bin", "/bin"):
        yield from (f"{folder}/{name}" for name in COMMANDS)


def _shared_libraries() -> Iterator[str]:
    yield from glob.glob(LOADERS)
    for folder in dict.fromkeys([*_folders_of_loader(), *_folders_of_loaded()]):
        libraries = glob.glob(f"{glob.escape(folder)}/*.so*")
        yield from [folder] if len(libraries) > FEW_LIBRARIES else libraries


def _folders_of_loader() -> Iterator[str]:
    yield from LIBRARY_FOLDERS
    for path in sorted(glob.glob(LOADER_SETTINGS)):
        for line in Path(path).read_text(errors="replace").splitlines():
            if line.startswith("/") and os.path.isdir(line.strip()):
                yield line.strip()


def _folders_of_loaded() -> Iterator[str]:
    """Folders of the shared objects in this very process; what lies with packages is shown so."""
    try:
        lines = Path("/proc/self/maps").read_text(errors="replace").splitlines()
    except OSError:
        return
    files = {line.split(None, 5)[5] for line in lines if ".so" in line and "/" in line}
    for path in sorted(files):
        if os.path.isfile(path):
            yield os.path.dirname(path)


# -- links that lead out ------------------------------------------------------------------


def _link_targets(found: Sequence[str]) -> list[str]:
    """Where symbolic links inside the package folders lead, gathered to few places."""
    known = [os.path.realpath(path) for path in found]
    front = [os.path.realpath(path) for path in _python_folders() if os.path.isdir(path)]
    for _ in range(4):  # a link may lead to a folder of links
        met = {target for folder in dict.fromkeys(front) for target in _links_out_of(folder)}
        new = _gathered(t for t in met if not any(within(t, place) for place in known))
        known += new
        front = [path for path in new if os.path.isdir(path)]
    return known[len(found) :]


def _links_out_of(folder: str, below: str = "") -> Iterator[str]:
    """A target for each link below ``folder``: the outermost part of it that goes by that name.

    Where every file is a link of its own, ``a/b.py`` → ``/store/x/a/b.py``, it is ``/store/x/a``.
    """
    with os.scandir(f"{folder}/{below}") as entries:
        for entry in entries:
            name = f"{below}{entry.name}"
            if entry.is_symlink():
                target = os.path.realpath(entry.path)
                if target.endswith(f"/{name}"):
                    target = target.removesuffix(name) + name.partition("/")[0]
                if os.path.exists(target) and not within(target, folder):
                    yield target
            elif entry.is_dir() and entry.name != "__pycache__":
                yield from _links_out_of(folder, f"{name}/")


def _gathered(targets: Iterable[str]) -> list[str]:
    """Many targets in one folder become that folder, unless it is somebody's home or the root.

    A store of packages may keep each of them in a folder of its own, two steps up.
    """
    places = set(targets)
    parents = Counter(map(os.path.dirname, places))
    stores = Counter(map(os.path.dirname, parents))
    many = [
        path
        for path, number in [*parents.items(), *stores.items()]
        if number > MANY_LINKS and path.count("/") > 2 and path != os.path.expanduser("~")
    ]
    return sorted({*many, *(p for p in places if not any(within(p, folder) for folder in many))})
