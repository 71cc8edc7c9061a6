"""The class that handed in problem set 2."""

from __future__ import annotations

from tools.sample_classes import class_of, raises, right, unfinished, wrong

ASSIGNMENT = "02-local-search"
STUDENTS = class_of(
    right(),
    right(),
    wrong(
        "test_local_search+test_local_search_calls",
        "local_keeps_equals",
        local_search="""\
    here = loss(W)
    losses = [here]
    for _ in range(steps):
        step = step_size * rng.standard_normal(W.shape)
        there = loss(W + step)
        if here >= there:
            W, here = W + step, there
        losses.append(here)
    return W, np.array(losses)""",
    ),
    wrong("test_local_search_calls+test_acceptance_rate", "local_asks_twice", "rate_of_failures"),
    wrong("test_local_search+test_local_search_calls", "local_in_place"),
    wrong("test_adaptive_local_search+test_adaptive_local_search_calls", "adaptive_size_not_used"),
    wrong(
        "test_acceptance_rate",
        "rate_divided_by_length",
        acceptance_rate="""\
    falls = 0
    for before, after in zip(losses, losses[1:]):
        falls += after < before
    return falls / len(losses)""",
    ),
    unfinished(
        "test_adaptive_local_search+test_adaptive_local_search_calls", "adaptive_local_search"
    ),
    raises("test_acceptance_rate", acceptance_rate="    return (losses.diff() < 0).mean()"),
    written={
        "written_acceptance": (
            "Short steps succeed half of the time and gain little, long ones hardly ever succeed. "
            "With 1.5 and 0.9 it settles at one success in five."
        )
    },
)
