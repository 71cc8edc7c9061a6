"""Notebooks are written as nbformat itself would write them."""

from __future__ import annotations

import nbformat

from autograder.course.cells import file_text
from tests.autograder.classroom import cell, handed_in, notebook


def test_it_is_nbformats_own_text() -> None:
    """Byte by byte, with outputs, pictures, lines of all kinds and what no file holds?"""
    drawn = cell("code", "plot()\nprint('ü')\r\nprint(1)", "drawn", solution=True)
    drawn["metadata"] |= {"trusted": True, "tags": ["b", "a"]}
    drawn["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": "one\ntwo\n\nthree"},
        {"output_type": "display_data", "data": {"image/png": "aGVsbG8="}, "metadata": {}},
        {"output_type": "error", "ename": "E", "evalue": "é", "traceback": ["a", "b\nc"]},
    ]
    pasted = cell("markdown", "![](attachment:a.png)\n\n")
    pasted["attachments"] = {"a.png": {"image/png": "aGVsbG8="}}
    made = notebook(drawn, pasted, cell("raw", ""), *handed_in()["cells"])
    made["metadata"] |= {"signature": "x", "autograder": {"judged": True, "repairs": ["ü"]}}
    drawn["outputs"].append({"output_type": "stream", "name": "stderr", "text": ["a\n", "b"]})
    pasted["source"] = ["![](attachment:a.png)\n", "\n"]
    assert file_text(made) == nbformat.writes(nbformat.from_dict(made))
