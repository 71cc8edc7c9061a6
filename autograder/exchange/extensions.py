"""Are nbgrader's menus on in this environment's JupyterLab?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from jupyter_core.paths import jupyter_config_path, jupyter_path

from autograder.exchange.lines import Line

SERVER = {
    "nbgrader.server_extensions.assignment_list": "students cannot fetch and hand in",
    "nbgrader.server_extensions.validate_assignment": "students cannot validate",
    "nbgrader.server_extensions.course_list": "the list of courses stays empty",
    "nbgrader.server_extensions.formgrader": "you cannot grade by hand",
}
LAB = "@jupyter/nbgrader"


def look() -> Iterator[Line]:
    """One line for each part that is missing or switched off; one that all is well otherwise."""
    try:
        from jupyter_server.extension.config import ExtensionConfigManager  # noqa: PLC0415
        from jupyterlab_server.config import (  # noqa: PLC0415
            get_federated_extensions,
            get_static_page_config,
        )
    except ImportError:
        yield Line(
            f"JupyterLab is not installed in {sys.prefix}: python -m pip install jupyterlab",
            wrong=True,
        )
        return
    wrong = False
    manager: Any = ExtensionConfigManager(read_config_path=jupyter_config_path())
    enabled = manager.get_jpserver_extensions()
    for name, loss in SERVER.items():
        if enabled.get(name) is not True:
            wrong = True
            yield Line(
                f"the server extension {name} is off, so {loss}: "
                f"jupyter server extension enable --sys-prefix {name}",
                wrong=True,
            )
    if LAB not in get_federated_extensions(jupyter_path("labextensions")):
        yield Line(
            f"the JupyterLab extension {LAB} is not installed in {sys.prefix}: "
            "python -m pip install --force-reinstall nbgrader==0.9.6",
            wrong=True,
        )
        return
    disabled = get_static_page_config().get("disabledExtensions", {})
    names = disabled if isinstance(disabled, list) else [n for n, off in disabled.items() if off]
    for name in sorted(names):
        if name == LAB or name.startswith(f"{LAB}:"):
            wrong = True
            yield Line(
                f"the JupyterLab extension {name} is switched off: "
                f"jupyter labextension enable {name}",
                wrong=True,
            )
    if not wrong:
        yield Line(f"nbgrader's menus are on in the JupyterLab of {sys.prefix}")
