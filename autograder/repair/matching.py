"""Which submitted cell answers which question, whatever happened to cells and metadata.

1. A cell claims the question whose ``grade_id`` it carries. Of several copies the first counts;
   neighbours that only make sense together are the halves of one split cell.
2. Questions that nobody claims are looked for among the cells without a claim: by the released
   text, by the function that the answer defines, by the cell's id, by its place between
   neighbours that are known.
3. What is still missing is put back from the released notebook.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from autograder.course.cells import settings
from autograder.repair.reading import RawCell
from autograder.repair.slots import DEFINED, Slot, names_in, parses

GUARDED = ("grade", "solution", "locked", "task", "points")
MERGED = "# This answer stands in another cell."
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Answer:
    """The student's text for one answer cell."""

    text: str
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass
class Matched:
    """Answers by grade_id, free cells by the slot they follow ("" for the start), repairs."""

    answers: dict[str, Answer] = field(default_factory=dict)
    free: dict[str, tuple[int, ...]] = field(default_factory=dict)
    set_aside: frozenset[int] = frozenset()
    """Free cells that are shown but never run: further copies of an answer."""
    repairs: list[str] = field(default_factory=list)


def match(cells: tuple[RawCell, ...], slots: list[Slot], prose: frozenset[str]) -> Matched:
    """Assign the submitted cells to the slots.

    ``prose`` are the texts of the released notebook's other cells: they answer nothing.
    """
    return _Matching(cells, slots, prose).run()


class _Matching:
    """The state of one run: ``used`` holds, for each slot found, the cells that make it up."""

    def __init__(
        self, cells: tuple[RawCell, ...], slots: list[Slot], prose: frozenset[str]
    ) -> None:
        self.cells = cells
        self.names = [names_in(cell.source) if cell.kind == "code" else NONE for cell in cells]
        self.defined = [
            frozenset(DEFINED.findall(cell.source)) if cell.kind == "code" else NONE
            for cell in cells
        ]
        self.slots = slots
        self.prose = prose
        self.by_name = {slot.name: slot for slot in slots}
        self.used: dict[str, list[int]] = {}
        self.dropped: set[int] = set()
        self.set_aside: set[int] = set()
        self.repairs: list[str] = []

    def run(self) -> Matched:
        self.claimed()
        self.recovered()
        self.halves()
        self.order()
        matched = Matched(
            free=self.free(), set_aside=frozenset(self.set_aside), repairs=self.repairs
        )
        for slot in self.slots:
            answer = self.answer(slot)
            if slot.answer and answer is not None:
                matched.answers[slot.name] = answer
        return matched

    # 1. By grade_id ---------------------------------------------------------------------------

    def claimed(self) -> None:
        copies: dict[str, list[int]] = defaultdict(list)
        for index, cell in enumerate(self.cells):
            if cell.claim in self.by_name:
                copies[cell.claim].append(index)
            elif cell.claim and any(cell.settings.get(key) for key in GUARDED):
                self.repairs.append(
                    f"the cell {_short(cell.claim)!r} is not part of the assignment; "
                    "it runs but gives no points"
                )
        for slot in self.slots:
            if slot.name in copies:
                self.used[slot.name] = self.chosen(slot, copies[slot.name])
                self.compared(slot, self.cells[self.used[slot.name][0]])

    def chosen(self, slot: Slot, copies: list[int]) -> list[int]:
        """The copies that count, in order; the others are dropped."""
        if len(copies) == 1:
            return copies
        times = {2: "twice", 3: "three times"}.get(len(copies), f"{len(copies)} times")
        if not slot.answer:
            self.dropped.update(copies)
            self.repairs.append(f"{slot.what} appears {times}; the instructor's counts")
            return copies[:1]
        worked = [i for i in copies if self.cells[i].source.strip() != slot.text.strip()]
        if len(worked) > 1 and self.are_halves(worked):
            self.repairs.append(f"{slot.what} was split into {len(worked)} cells; they were joined")
            kept = worked
        else:
            kept = (worked or copies)[:1]
            which = "the first" if kept == copies[:1] else "the first that was worked on"
            self.repairs.append(f"{slot.what} appears {times}; {which} was graded")
        self.set_aside.update(i for i in copies if i not in kept)
        return kept

    def are_halves(self, copies: list[int]) -> bool:
        """Neighbours that make sense only together, or that share nothing they define."""
        if copies != list(range(copies[0], copies[0] + len(copies))):
            return False
        parts = [self.cells[index].source for index in copies]
        if len(set(parts)) < len(parts):
            return False
        if any(self.cells[index].kind != "code" for index in copies):
            return True
        if not all(parses(part) for part in parts):
            return parses("\n".join(parts))
        defined = [self.names[index] for index in copies]
        return len(NONE.union(*defined)) == sum(len(names) for names in defined)

    def compared(self, slot: Slot, cell: RawCell) -> None:
        """Note what was changed on a cell beside the text that is the student's to write."""
        if cell.kind != slot.kind:
            self.repairs.append(
                f"{slot.what} had become a {cell.kind} cell; it is a {slot.cell['cell_type']} cell"
            )
        mine, theirs = settings(slot.cell), cell.settings
        changed = [key for key in GUARDED if _differ(mine.get(key), theirs.get(key))]
        if changed:
            self.repairs.append(
                f"{slot.what} had other nbgrader settings ({', '.join(changed)}); "
                "the instructor's count"
            )
        strange = [tag for tag in cell.tags if tag not in slot.cell["metadata"].get("tags", [])]
        if strange:
            tags = ", ".join(repr(_short(tag)) for tag in strange[:3])
            self.repairs.append(f"{slot.what} had been tagged {tags}; the tags were dropped")
        if not slot.answer and cell.source.strip() != slot.text.strip():
            self.repairs.append(f"{slot.what} had been changed; the instructor's was used")

    # 2. Without metadata ----------------------------------------------------------------------

    def recovered(self) -> None:
        missing = [slot for slot in self.slots if slot.name not in self.used]
        if not missing:
            return
        locked = 0
        ways = (
            (self.by_text, "its text"),
            (self.by_names, "the function it defines"),
            (self.by_id, "its cell id"),
            (self.by_place, "its place"),
        )
        for way, how in ways:
            for slot in missing:
                if slot.name in self.used:
                    continue
                index = way(slot)
                if index is None:
                    continue
                self.used[slot.name] = [index]
                if slot.answer:
                    self.repairs.append(
                        f"{slot.what} had lost its metadata; it was recognised by {how}"
                    )
                else:
                    locked += 1
        if locked:
            self.repairs.append(
                f"{locked} locked or test cells had lost their metadata; the instructor's were used"
            )
        for slot in missing:
            if slot.name not in self.used:
                self.repairs.append(self.put_back(slot))

    def unclaimed(self) -> list[int]:
        busy = {index for indices in self.used.values() for index in indices}
        busy |= self.dropped | self.set_aside
        return [
            i
            for i, cell in enumerate(self.cells)
            if i not in busy and cell.source.strip() and cell.source.strip() not in self.prose
        ]

    def by_text(self, slot: Slot) -> int | None:
        """The one cell with the released text; texts that several slots share decide nothing."""
        text = slot.text.strip()
        if sum(other.text.strip() == text for other in self.slots) > 1:
            return None
        same = [i for i in self.unclaimed() if self.cells[i].source.strip() == text]
        return same[0] if len(same) == 1 else None

    def by_names(self, slot: Slot) -> int | None:
        if not slot.answer:
            return None
        return next((i for i in self.unclaimed() if slot.names & self.names[i]), None)

    def by_id(self, slot: Slot) -> int | None:
        same = [i for i in self.unclaimed() if self.cells[i].id == slot.cell.get("id")]
        if len(same) != 1 or self.cells[same[0]].kind != slot.kind:
            return None
        others = (other.names for other in self.slots if other.name != slot.name)
        return None if any(self.names[same[0]] & names for names in others) else same[0]

    def by_place(self, slot: Slot) -> int | None:
        """The first cell of the right kind between the neighbours that are known."""
        if not slot.answer:
            return None
        place = self.slots.index(slot)
        before = [self.used[s.name][-1] for s in self.slots[:place] if s.name in self.used]
        after = [self.used[s.name][0] for s in self.slots[place + 1 :] if s.name in self.used]
        if not before and not after:
            return None
        low, high = max(before, default=-1), min(after, default=len(self.cells))
        between = (i for i in self.unclaimed() if low < i < high)
        return next((i for i in between if self.cells[i].kind == slot.kind), None)

    def put_back(self, slot: Slot) -> str:
        if self.elsewhere(slot):
            return f"{slot.what} was missing, but what it defines stands in another cell"
        if slot.answer:
            return f"{slot.what} was missing; the released one was put back, not attempted"
        return f"{slot.what} was missing; it was put back"

    def elsewhere(self, slot: Slot) -> bool:
        """Does another cell define what the missing answer should? Cells may be merged."""
        running = (index for index in range(len(self.cells)) if index not in self.set_aside)
        return slot.answer and any(slot.names & self.defined[index] for index in running)

    # 3. Putting together ----------------------------------------------------------------------

    def halves(self) -> None:
        """Join an answer with the free cell after it when only both together are Python."""
        for slot in self.slots:
            indices = self.used.get(slot.name, [])
            if not slot.answer or slot.kind != "code" or not indices:
                continue
            following = indices[-1] + 1
            if following not in self.unclaimed() or self.cells[following].kind != "code":
                continue
            text = "\n".join(self.cells[index].source for index in indices)
            rest = self.cells[following].source
            if not (parses(text) and parses(rest)) and parses(f"{text}\n{rest}"):
                self.used[slot.name] = [*indices, following]
                self.repairs.append(f"{slot.what} was split into two cells; they were joined")

    def order(self) -> None:
        places = [self.used[slot.name][0] for slot in self.slots if slot.name in self.used]
        if places != sorted(places):
            self.repairs.append("the cells were in another order; the instructor's was restored")

    def free(self) -> dict[str, tuple[int, ...]]:
        """Every other cell, after the slot that it followed in the submission."""
        owner = {index: name for name, indices in self.used.items() for index in indices}
        free: dict[str, list[int]] = defaultdict(list)
        last = ""
        for index, cell in enumerate(self.cells):
            if index in owner:
                last = owner[index]
            elif index not in self.dropped and cell.source.strip():
                free[last].append(index)
        return {name: tuple(indices) for name, indices in free.items()}

    def answer(self, slot: Slot) -> Answer | None:
        indices = self.used.get(slot.name)
        if indices is None:
            # The released text would undo what another cell defines.
            return Answer(MERGED) if self.elsewhere(slot) else None
        joiner = "\n" if slot.kind == "code" else "\n\n"
        attachments: dict[str, Any] = {}
        for index in indices:
            attachments.update(self.cells[index].attachments)
        return Answer(joiner.join(self.cells[index].source for index in indices), attachments)


def _differ(mine: Any, theirs: Any) -> bool:
    """Do two settings mean something else? A missing flag is a false one."""
    return (mine or 0) != (theirs or 0)


def _short(text: str) -> str:
    clean = "".join(c if c.isprintable() else "?" for c in text)
    return clean if len(clean) <= 60 else clean[:57] + "…"
