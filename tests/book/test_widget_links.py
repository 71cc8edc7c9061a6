"""The links in the text that set a widget: does each name a view that the widget has?"""

import re

import pytest
import traitlets

from lossland import widgets
from lossland.widgets.base import Widget
from tests.book.page import BOOK

KINDS = {
    re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower(): kind  # the name in the address
    for kind in vars(widgets).values()
    if isinstance(kind, type) and issubclass(kind, Widget)
}
KINDS |= {  # and the names that pages give themselves
    name: getattr(widgets, kind)
    for page in sorted(BOOK.glob("*.md"))
    for kind, name in re.findall(r"(\w+)\([^()]*\bkey=\"([a-z-]+)\"", page.read_text("utf8"))
    if hasattr(widgets, kind)  # and no function that takes a key
}
LINKS = [
    (page.stem, *link)
    for page in sorted(BOOK.glob("*.md"))
    for link in re.findall(r"\(#([a-z-]+)=([^)&]*)\)", page.read_text("utf8"))
]


def fields(name: str) -> set[str]:
    """The names that the widget's script reads from the address."""
    bundle = KINDS[name].bundle
    script = (BOOK.parent / "lossland" / "widgets" / "src" / f"{bundle}.js").read_text("utf8")
    block = re.search(r"const FIELDS = \{(.*?)\};", script, re.S)
    assert block
    return set(re.findall(r"(\w+): ", block[1]))


@pytest.mark.parametrize("chapter", ["01", "02", "03", "04", "05", "06", "07", "08", "09"])
def test_a_reader_is_given_things_to_try(chapter: str) -> None:
    """Has each of these chapters two or more links to views of its widgets, and shows them?"""
    mine = {name for page, name, _ in LINKS if page.startswith(chapter)}
    assert mine
    assert len([page for page, *_ in LINKS if page.startswith(chapter)]) >= 2
    shown = "".join(page.read_text("utf8") for page in BOOK.glob(f"{chapter}-*.md"))
    assert all(f"{KINDS[name].__name__}(" in shown for name in mine)


@pytest.mark.parametrize(("page", "key", "view"), LINKS)
def test_view(page: str, key: str, view: str) -> None:
    """Is every field one of the widget's, with a value in its range?"""
    traits = KINDS[key].class_traits(sync=True)
    for part in view.split(";"):
        name, value = part.split(":")
        assert name in fields(key), page
        trait = traits[name]
        if isinstance(trait, traitlets.Enum):
            assert value in trait.values
        else:
            number = int(value) if isinstance(trait, traitlets.Int) else float(value)
            assert trait.min <= number
            assert trait.max is None or number <= trait.max
