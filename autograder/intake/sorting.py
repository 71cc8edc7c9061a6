"""Whose each bundle is, looking at all of them together."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from autograder.intake import contents
from autograder.intake.archives import ArrivalError
from autograder.intake.matching import Match, Matcher, told_twice
from autograder.intake.platforms import Bundle


class Sorting:
    """``numbers``: what the journal knows of a platform's; ``limit``: bytes of one bundle."""

    def __init__(
        self,
        matcher: Matcher,
        numbers: Mapping[tuple[str, str], str],
        notebooks: Sequence[str],
        limit: int,
    ) -> None:
        self.matcher = matcher
        self.numbers = numbers
        self.notebooks = notebooks
        self.limit = limit

    def sorted_out(
        self, bundles: Iterable[Bundle]
    ) -> tuple[dict[str, list[Bundle]], list[tuple[Bundle, str]]]:
        """Student → bundles; and what is nobody's, with the reason, empty where no name is."""
        matches = [(bundle, self._match(bundle)) for bundle in bundles]
        several = told_twice(
            ((bundle.claims.number, match) for bundle, match in matches), self.numbers
        )
        belongs: dict[str, list[Bundle]] = defaultdict(list)
        nobodys = []
        for bundle, match in matches:
            if match.how == "name" and match.student in several:
                why = (
                    f"{len(several[match.student])} people of the platform are called so, and the "
                    f"class list has {match.student} alone: name the folder after the id"
                )
                nobodys.append((bundle, why))
            elif match.student:
                self._join(belongs[match.student], bundle)
            else:
                nobodys.append((bundle, match.reason))
        return belongs, nobodys

    def _match(self, bundle: Bundle) -> Match:
        match = Match()
        if bundle.claims.shown or bundle.platform != "files":
            match = self.matcher.match(bundle.claims)
        if match.student or bundle.platform != "files":
            return match
        # A hand-in file says itself whose it is; a platform's word would count more.
        with contextlib.suppress(ArrivalError):
            came = contents.raw(bundle, self.limit)
            found = contents.unfolded(came, self.notebooks, self.limit).manifest
            if found is not None and found.student:
                claims = replace(
                    bundle.claims, ids=(found.student,), endings=(), names=(), firm=True
                )
                return self.matcher.match(claims)
        return match

    def _join(self, bundles: list[Bundle], bundle: Bundle) -> None:
        """Add a student's bundle; single files may be several notebooks of one hand-in."""
        for at, other in enumerate(bundles):
            if (
                len(self.notebooks) > 1
                and other.platform == bundle.platform == "files"
                and other.attempt == bundle.attempt
                and not {name for name, _ in other.items} & {name for name, _ in bundle.items}
            ):
                bundles[at] = replace(other, items=(*other.items, *bundle.items))
                return
        bundles.append(bundle)
