"""NumPy random generators on the wire: their state crosses, and comes back believed only
if it is one that draws could have led to.

Only PCG64, the generator of ``np.random.default_rng``, crosses. Its state is a linear
congruential sequence, x ← a·x + c modulo 2**128, in which the number of steps between two
states can be computed (O'Neill 2014, "PCG: A Family of Simple Fast Space-Efficient
Statistically Good Algorithms", section 4.3.1). A student's process that hands back a state
which is not reachable by a plausible number of draws has forged it.
"""

from __future__ import annotations

import numpy as np

from autograder.errors import WireError
from autograder.wire import GeneratorRef

MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645
MODULUS = 1 << 128
MAX_DRAWS = 1 << 40


def reference(number: int, generator: np.random.Generator) -> GeneratorRef | None:
    """The generator as it crosses; None for a bit generator other than PCG64."""
    state = generator.bit_generator.state
    if state["bit_generator"] != "PCG64":
        return None
    inner = state["state"]
    parts = (inner["state"], inner["inc"], state["has_uint32"], state["uinteger"])
    return GeneratorRef(number, "PCG64", tuple(int(part) for part in parts))


def build(ref: GeneratorRef) -> np.random.Generator:
    """A new generator in the state of ``ref``; raises WireError for an impossible state."""
    generator = np.random.Generator(np.random.PCG64(0))
    set_state(generator, ref)
    return generator


def set_state(generator: np.random.Generator, ref: GeneratorRef) -> None:
    """Put a PCG64 generator into the state of ``ref``; raises WireError if there is none such."""
    if ref.kind != "PCG64" or len(ref.state) != 4:
        raise WireError("a random generator of an unknown kind")
    state, increment, has_half, half = ref.state
    if not (0 <= state < MODULUS and 0 <= increment < MODULUS and increment & 1):
        raise WireError("a random generator in an impossible state")
    if has_half not in (0, 1) or not 0 <= half < 1 << 32:
        raise WireError("a random generator in an impossible state")
    generator.bit_generator.state = {
        "bit_generator": "PCG64",
        "state": {"state": state, "inc": increment},
        "has_uint32": has_half,
        "uinteger": half,
    }


def advance(generator: np.random.Generator, ref: GeneratorRef) -> None:
    """Move to the state of ``ref`` if draws lead there; raises WireError if it is forged."""
    known = reference(0, generator)
    if known is None or len(ref.state) != 4 or ref.state[1] != known.state[1]:
        raise WireError("a random generator came back as another one")
    if not 0 <= ref.state[0] < MODULUS:
        raise WireError("a random generator in an impossible state")
    if steps_between(known.state[0], ref.state[0], known.state[1]) > MAX_DRAWS:
        raise WireError("a random generator came back in a state that no draws lead to")
    set_state(generator, ref)


def steps_between(start: int, end: int, increment: int) -> int:
    """How many steps of x ← a·x + c modulo 2**128 lead from ``start`` to ``end``.

    Bit by bit from the lowest, which has the shortest period: O'Neill 2014, section 4.3.1.
    """
    steps, bit, multiplier = 0, 1, MULTIPLIER
    while start != end:
        if (start ^ end) & bit:
            start = (start * multiplier + increment) % MODULUS
            steps |= bit
        increment = (multiplier + 1) * increment % MODULUS
        multiplier = multiplier * multiplier % MODULUS
        bit <<= 1
        if bit > MODULUS:
            raise WireError("a random generator in an impossible state")
    return steps
