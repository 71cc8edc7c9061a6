"""Files and folders that no platform named: a student's folder, or the id in the file's name.

student-01/momentum.ipynb           student-01/05-momentum/momentum.ipynb
student-01_05-momentum.ipynb        kim_minjun_attempt2_momentum (1).ipynb
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from autograder.intake.archives import Item
from autograder.intake.platforms import Bundle, Claims
from autograder.intake.roster import same

SEPARATORS = "_- "
ATTEMPT = re.compile(r"(?:^|[_ -])(?:attempt|try|versuch|essai|v|시도)[_ -]?(\d{1,3})$", re.I)
COPY = re.compile(r"(?:[ _-]?\(\d+\)|[ _-](?:copy|kopie|copie)[ _-]?\d*)+$", re.I)
EXTENSION = re.compile(r"\.(?:ipynb(?:\.(?:txt|json))?|zip|html?|txt)$", re.I)


@dataclass(frozen=True)
class FileClaim:
    """What a file's own name says."""

    ids: tuple[str, ...]
    """Beginnings that may be the id, the longest first: an underscore may belong to it."""
    endings: tuple[str, ...]
    attempt: int
    names_work: bool
    """Does it name the assignment or a notebook of it, too?"""


@dataclass(frozen=True)
class Naming:
    """How names are read: ``known`` students, and ``words`` that are no student's name."""

    known: Collection[str] = frozenset()
    words: Collection[str] = frozenset()

    def knows(self, text: str) -> bool:
        return same(text) in self.known

    def is_word(self, text: str) -> bool:
        return text.casefold() in {word.casefold() for word in self.words}


def split(items: Iterable[Item], naming: Naming) -> list[Bundle]:
    """A bundle for each student's folder, and one for each file outside of any."""
    groups: dict[tuple[str, Claims, int], list[tuple[str, Item]]] = defaultdict(list)
    for item in items:
        at = folder_of_student(item, naming)
        if at is not None:
            own = item.parts[at + 1 :]
            while len(own) > 1 and naming.is_word(own[0]):
                own = own[1:]
            name = item.parts[at]
            key = "/".join(item.parts[: at + 1]), Claims(ids=(name,), names=(name,)), 1
            groups[key].append(("/".join(own), item))
        else:
            said = of_file(item.name, naming)
            names = tuple(text.replace("_", " ") for text in said.ids)
            claims = Claims(said.ids, said.endings, names=names, firm=said.names_work)
            key = item.path, claims, said.attempt
            groups[key].append((item.name, item))
    return [
        Bundle("files", key, claims, tuple(files), attempt)
        for (key, claims, attempt), files in groups.items()
    ]


def folder_of_student(item: Item, naming: Naming) -> int | None:
    """Which of the folders names the student; None when the file's own name has to.

    The folder that was given on the command line names one only when it is known.
    """
    folders = item.parts[:-1]
    for at, part in enumerate(folders):
        if naming.knows(part):
            return at
    said = of_file(item.name, naming)
    if any(naming.knows(text) for text in (*said.ids, *said.endings)) or (
        said.names_work and said.ids
    ):
        return None
    first = 1 if item.given else 0
    candidates = [at for at in range(first, len(folders)) if not naming.is_word(folders[at])]
    return candidates[-1] if candidates else None


def of_file(name: str, naming: Naming) -> FileClaim:
    """What a file's name says; nothing when it is the notebook's own."""
    stem, attempt, names_work, changed = EXTENSION.sub("", name), 1, False, True
    while changed and stem:
        changed = False
        stem = COPY.sub("", stem)
        if found := ATTEMPT.search(stem):
            attempt, stem, changed = int(found[1]), stem[: found.start()], True
        for word in sorted(naming.words, key=len, reverse=True):
            if rest := _without(stem, word):
                stem, names_work, changed = rest[0], True, True
    pieces = stem.split("_")
    ids = tuple("_".join(pieces[:end]) for end in range(len(pieces), 0, -1))
    endings = tuple("_".join(pieces[start:]) for start in range(1, len(pieces)))
    return FileClaim(
        tuple(text for text in ids if text),
        tuple(text for text in endings if text),
        attempt,
        names_work,
    )


def _without(stem: str, word: str) -> tuple[str] | None:
    """The stem without a word at its end or at its beginning."""
    low, small = stem.casefold(), word.casefold()
    if low == small:
        return ("",)
    for sign in SEPARATORS:
        if low.endswith(sign + small):
            return (stem[: -len(word) - 1].rstrip(SEPARATORS),)
        if low.startswith(small + sign):
            return (stem[len(word) + 1 :].lstrip(SEPARATORS),)
    return None
