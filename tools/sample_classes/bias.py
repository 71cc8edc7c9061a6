"""The class that handed in problem set 7."""

from __future__ import annotations

from tools.sample_classes import class_of, raises, right, unfinished, wrong

ASSIGNMENT = "07-bias-variance"
STUDENTS = class_of(
    right(),
    right(),
    wrong(
        "test_holdout_split",
        "holdout_takes_the_end",
        holdout_split="""\
    order = rng.permutation(n)
    train = n - round(n * fraction)
    return order[:train], order[train:]""",
    ),
    wrong("test_kfold_indices+test_forward_chaining", "kfold_trains_on_all", "forward_is_kfold"),
    wrong("test_bias_variance", "parts_divides_by_one_less"),
    wrong("test_bootstrap_interval+test_bootstrap_interval_calls", "bootstrap_without_replacement"),
    unfinished("test_nested_forward_cv+test_nested_forward_cv_calls", "nested_forward_cv"),
    raises("test_kfold_indices", kfold_indices="    return rng.permutation(n).split(k)"),
    written={
        "written_parts": "The simple fit has the bias, the wiggly one the variance.",
        "written_leak": "A fold in the middle is predicted from its own future.",
    },
)
