"""A submission's notebook, run in its sandbox as far as the tests have come.

Tests are judged where they stand: the cells before a test run, the test meets a fork of the
process as it then is, and the cells behind it run on. A cell that freezes or ends the process is
left out and the others run again from the beginning, so that it costs no more than itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from autograder.errors import WireError
from autograder.frames import Connection, Hangup
from autograder.pictures import safe_png
from autograder.sandbox.clock import Clock, NoVerdict, TooLong, cell_stopped
from autograder.verdict import CellOutput
from autograder.wire import Bounds, Encoder, decode

if TYPE_CHECKING:
    from autograder.sandbox.client import Sandbox

MAX_IMAGES = 8
MAX_CELLS_FULL = 32  # as many cells may print as much as one may; the others' output is dropped
OTHER = "another message than the runtime sends"
GIVEN_UP = "Not run: earlier cells ended or froze the process too often."


class Step(NamedTuple):
    """A code cell to run: its number in the notebook and its text.

    A "given" cell is the instructor's, and ``names`` are those it binds. A "test" is judged
    inside, as nbgrader does; before it runs, its ``names`` become again what the instructor's
    cells made them. A name is followed by the module that it stands for, if it does.
    """

    number: int
    source: str
    kind: Literal["student", "given", "test"] = "student"
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Told:
    """What the process says of a test cell that it ran itself: it is the student's process.

    ``error`` is a built-in type's name, empty if the cell came to its end; ``line`` is the line
    of the cell where it stopped, 0 if none; ``score`` is its last value, if that is a number.
    """

    error: str = ""
    line: int = 0
    score: float | None = None


class Notebook:
    """The cells that have run so far; ``sandbox`` holds the process."""

    def __init__(
        self,
        sandbox: Sandbox,
        forbidden: Sequence[str] = (),
        seconds: Mapping[int, int] | None = None,
        shadows: Sequence[str] = (),
        *,
        sweeping: bool = True,
    ) -> None:
        """``seconds`` are the limits of cells that need more than others, by their numbers;
        ``shadows`` names of built-ins that the notebook may bind anew. With ``sweeping`` other
        processes that cells started end before a test.
        """
        self.sandbox = sandbox
        self.outputs: dict[int, CellOutput] = {}
        self.told: dict[int, Told] = {}
        self._sweeping = sweeping
        self._settings = [list(forbidden), list(shadows)]
        self._seconds = seconds or {}
        self._bounds = Bounds(sandbox.limits.frame_mb << 20, sandbox.limits.items)
        self._parts: list[tuple[Sequence[Step], bool]] = []
        self._failures: dict[int, CellOutput] = {}
        self._room = 0

    def go_on(self, steps: Sequence[Step], *, more: bool = False) -> list[CellOutput]:
        """Run these cells after the others and keep the process; ``more`` says some will follow."""
        self._parts.append((steps, more))
        self._reach(self._parts[-1:] if self.sandbox.running else self._parts)
        return [self.outputs[step.number] for step in steps]

    def again(self) -> None:
        """Run everything once more: the process is gone, or knows of a test."""
        self.sandbox.reset()
        self._reach(self._parts)

    def _reach(self, parts: Sequence[tuple[Sequence[Step], bool]]) -> None:
        """Bring a process to the end of the last part."""
        while True:
            unblamed = self.sandbox.running  # it may have ended since, by no cell to come
            ended = self._ran(parts)
            if ended is None:
                if self._sweeping:
                    self.sandbox.sweep()  # what cells left must not stand in the tests' way
                return
            number, why = ended
            if not unblamed or number in self._began:
                self._fail(number, why)
            self.sandbox.reset()
            parts = self._parts

    def _fail(self, number: int, why: str) -> None:
        self._failures[number] = self.outputs[number] = CellOutput(number, error=why)
        self.told[number] = Told("TimeoutError" if why.startswith("Stopped") else "SystemExit")

    def _wanted(self, steps: Sequence[Step]) -> list[Step]:
        """The cells of a part that may run; too many failures end the notebook."""
        if len(self._failures) >= self.sandbox.limits.hard_failures:
            last = max(self._failures)
            for step in steps:
                if step.number > last:
                    self._failures.setdefault(step.number, CellOutput(step.number, error=GIVEN_UP))
                    self.outputs[step.number] = self._failures[step.number]
                    self.told.setdefault(step.number, Told("SystemExit"))
        return [step for step in steps if step.number not in self._failures]

    def _ran(self, parts: Sequence[tuple[Sequence[Step], bool]]) -> tuple[int, str] | None:
        """None, or (number, reason) of the cell that did not end."""
        self._began: set[int] = set()
        self._running = parts[0][0][0].number if parts and parts[0][0] else -1
        try:
            connection = self._connected()
            for steps, more in parts:
                self._run_part(connection, self._wanted(steps), more)
        except TooLong as error:
            return self._running, cell_stopped(error.how, self._seconds_of(self._running))
        except NoVerdict as error:
            raise error.trouble from None
        except Hangup:
            return self._running, f"The cell ended the process it ran in{self.sandbox.cause()}."
        except WireError:
            return self._running, "The cell disturbed the process it ran in."
        return None

    def _connected(self) -> Connection:
        """The wire to the process, a new one if there is none."""
        if self.sandbox.running:
            self.sandbox.wake()
            return self.sandbox.connection
        self._room = MAX_CELLS_FULL * self.sandbox.limits.output_kb * 1024
        connection = self.sandbox.start()
        connection.send(Encoder(self._bounds).encode(self._settings), self._clock(-1))
        return connection

    def _run_part(self, connection: Connection, steps: list[Step], more: bool) -> None:
        clock = self._clock(steps[0].number if steps else -1)
        self.sandbox.announce_cells(clock)
        cells = [
            [*step[:3], [list(name) for name in step.names], self._seconds_of(step.number)]
            for step in steps
        ]
        connection.send(Encoder(self._bounds).encode([cells, more]), clock)
        for position, step in enumerate(steps):
            self._running = step.number
            self._expect(connection, ["begin", step.number], clock)
            self._began.add(step.number)
            clock = self._clock(step.number)
            self._hear(step, decode(connection.receive(clock), self._bounds))
            following = steps[position + 1 : position + 2]
            clock = self._clock(following[0].number) if following else clock
        match decode(connection.receive(clock), self._bounds):
            case ["done", int(process)]:
                self.sandbox.follow(process, more)
            case _:
                raise WireError(OTHER)

    def _clock(self, number: int) -> Clock:
        return self.sandbox.cell_clock(self._seconds_of(number))

    def _seconds_of(self, number: int) -> int:
        return self._seconds.get(number, self.sandbox.limits.cell_seconds)

    def _expect(self, connection: Connection, message: list[Any], clock: Clock) -> None:
        if decode(connection.receive(clock), self._bounds) != message:
            raise WireError(OTHER)

    # -- what the process says -------------------------------------------------------------

    def _hear(self, step: Step, message: Any) -> None:
        match message:
            case ["end", int(number), str(text), str(error), list(pictures)] if step.kind != "test":
                output = CellOutput(number, *self._cut(text, error), tuple(self._images(pictures)))
            case ["told", int(number), str(error), int(line), score] if step.kind == "test":
                if score is not None and type(score) not in (int, float):
                    raise WireError("a score that is no number")
                known = 0 < line <= len(step.source.splitlines())
                self.told[number] = Told(error[:80], line if known else 0, score)
                output = CellOutput(number)
            case _:
                raise WireError(OTHER)
        if number != step.number:
            raise WireError(OTHER)
        self.outputs[number] = output
        self._room -= len(output.text) + len(output.error) + sum(map(len, output.images)) // 4
        self._room = max(self._room, 0)

    def _cut(self, text: str, error: str) -> tuple[str, str]:
        room = min(self.sandbox.limits.output_kb * 1024, self._room)
        return text[: room + 80], error[:room]

    def _images(self, pictures: list[Any]) -> Iterator[bytes]:
        room = min(self.sandbox.limits.output_kb * 1024, self._room)
        for picture in pictures[:MAX_IMAGES]:
            if not isinstance(picture, np.ndarray) or picture.dtype != np.uint8:
                raise WireError("a picture that is no bytes")
            data = picture.tobytes()
            if len(data) <= 4 * room and (png := safe_png(data)):
                yield png
