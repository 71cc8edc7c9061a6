"""Whose a bundle is: by number, id, login, e-mail address, name, in this order.

What fits two students is nobody's: it is reported and kept, never guessed.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.course.students import one_spelling, unfit
from autograder.intake.columns import plain
from autograder.intake.platforms import Claims
from autograder.intake.roster import Roster, Student, same
from autograder.text import named

NEAR = 0.8
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa"})


@dataclass(frozen=True)
class Match:
    """The student, or why there is none; ``how`` is what decided."""

    student: str = ""
    how: str = ""
    reason: str = ""


class Matcher:
    """``remembered``: (platform, number) → student, from earlier hand-ins of the assignment."""

    def __init__(self, roster: Roster, remembered: Mapping[tuple[str, str], str]) -> None:
        self.roster = roster
        self.remembered = remembered
        self.indices = {kind: roster.by(kind) for kind in ("id", "login", "email")}
        self.numbers = {kind: roster.by(kind) for kind in ("moodle", "canvas")}
        self.exact: dict[str, set[str]] = defaultdict(set)
        self.rough: dict[str, set[str]] = defaultdict(set)
        for student in roster.students.values():
            for name in _orders(student):
                self.exact[_close(name)].add(student.id)
                self.rough[plain(name)].add(student.id)
                self.rough[plain(name.casefold().translate(UMLAUTS))].add(student.id)

    @property
    def known(self) -> frozenset[str]:
        """Everything that a folder or a file may be called after a student."""
        found = {value for index in self.indices.values() for value in index}
        names = {same(student.full) for student in self.roster.students.values() if student.full}
        return frozenset(found | names)

    def match(self, claims: Claims) -> Match:
        """The student who fits; the first way that knows anybody decides."""
        for way in (self._by_number, self._by_id, self._by_email, self._by_name):
            if found := way(claims):
                return found
        return self._nobody(claims)

    def _by_number(self, claims: Claims) -> Match | None:
        platform, number = claims.number
        if not number:
            return None
        if student := self.remembered.get(claims.number):
            return Match(student, "number")
        return _one(self.numbers[platform].get(same(number), []), number, "number")

    def _by_id(self, claims: Claims) -> Match | None:
        found = [self._first(claims.ids), self._first(claims.endings)]
        students = [each for each in found if each is not None]
        if len({each.student for each in students}) > 1 and all(e.student for e in students):
            ids = " or ".join(each.student for each in students)
            return Match(reason=f"its name could mean {ids}: each hands in a file of their own")
        return students[0] if students else None

    def _first(self, texts: Sequence[str]) -> Match | None:
        for text in texts:
            for kind, index in self.indices.items():
                if found := _one(index.get(same(text), []), text, kind):
                    return found
        return None

    def _by_email(self, claims: Claims) -> Match | None:
        for text in claims.emails:
            if found := _one(self.indices["email"].get(same(text), []), text, "email"):
                return found
        return None

    def _by_name(self, claims: Claims) -> Match | None:
        for text in claims.names:
            # Canvas writes names without blanks, and who knows with which accents.
            exact = set() if claims.number[0] == "canvas" else self.exact.get(_close(text), set())
            rough = self.rough.get(plain(text), set()) if plain(text) else set()
            ids = exact or rough
            if len(ids) == 1:
                return Match(next(iter(ids)), "name")
            if ids:
                return Match(
                    reason=f"{named(text)} could be {' or '.join(sorted(ids)[:4])}: name the folder"
                    " or the file after the id, or give the class list the platform's number"
                )
        return None

    def _nobody(self, claims: Claims) -> Match:
        shown = named(claims.shown) or "nobody"
        if claims.anonymous:
            return Match(reason="it was downloaded without names: switch anonymous grading off")
        if self.roster.complete:
            near = difflib.get_close_matches(
                same(claims.ids[0] if claims.ids else ""), self.indices["id"], 1, NEAR
            )
            hint = f" (did {self.indices['id'][near[0]][0].id} mean it?)" if near else ""
            return Match(
                reason=f"{shown} is not in the class list{hint}: add a line there, or rename it"
            )
        if claims.ids and claims.firm and not claims.number[0]:
            new = one_spelling(claims.ids[0])
            if unfit(new) or new.startswith(".") or "/" in new:
                return Match(reason=f"{shown} cannot be a student's id: rename it")
            return Match(new, "new")
        return Match(reason=f"nobody is known as {shown}: pass the class list with --students CSV")


def _one(students: list[Student], text: str, how: str) -> Match | None:
    if not students:
        return None
    if len(students) == 1:
        return Match(students[0].id, how)
    ids = " and ".join(sorted(student.id for student in students)[:4])
    return Match(reason=f"{named(text)} is in the class list for {ids}: correct the list")


def _orders(student: Student) -> Iterator[str]:
    """The name as platforms write it: first name first, last name first."""
    first, last = student.first, student.last
    if first or last:
        yield f"{first} {last}"
        yield f"{last} {first}"
    if student.name:
        before, _, after = student.name.partition(",")
        pieces = f"{after} {before}".split()
        for at in range(len(pieces)):
            yield " ".join(pieces[at:] + pieces[:at])


def _close(name: str) -> str:
    """Without blanks, case and punctuation, but with its accents."""
    text = unicodedata.normalize("NFC", name.casefold())
    return "".join(c for c in text if c.isalnum())


def told_twice(
    matches: Iterable[tuple[tuple[str, str], Match]], remembered: Mapping[tuple[str, str], str]
) -> dict[str, set[str]]:
    """Students whom several people of one platform fit by name alone → their numbers."""
    numbers: dict[tuple[str, str], set[str]] = defaultdict(set)
    by_name: set[tuple[str, str]] = set()
    for (platform, number), match in matches:
        if match.student and number:
            numbers[platform, match.student].add(number)
            if match.how == "name":
                by_name.add((platform, match.student))
    for (platform, number), student in remembered.items():
        numbers[platform, student].add(number)
    return {
        student: numbers[platform, student]
        for platform, student in by_name
        if len(numbers[platform, student]) > 1
    }
