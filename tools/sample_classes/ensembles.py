"""The class that handed in problem set 9."""

from __future__ import annotations

from tools.sample_classes import class_of, raises, right, unfinished, wrong

ASSIGNMENT = "09-ensembles"
STUDENTS = class_of(
    right(),
    right(),
    wrong(
        "test_bootstrap_indices",
        "rows_without_replacement",
        bootstrap_indices="    rows = rng.permutation(n)\n    return rows[:n]",
    ),
    wrong("test_bagging_predict+test_bagging_predict_calls", "bagging_labels_stay"),
    wrong(
        "test_ensemble_variance+test_average_weights",
        "variance_of_independent",
        "average_from_zero",
        average_weights="""\
    average = 0 * checkpoints[0]
    for W in checkpoints:
        average = decay * average + (1 - decay) * W
    return average""",
    ),
    wrong("test_adaboost+test_adaboost_weights", "boost_without_half"),
    wrong("test_distillation_loss", "distil_without_square"),
    unfinished(
        "test_adaboost+test_adaboost_weights+test_distillation_loss",
        "adaboost",
        "distillation_loss",
    ),
    raises("test_ensemble_variance", ensemble_variance="    return rho * var + var / members"),
    written={
        "written_variance": "What all members share, rho times the variance, does not go away.",
        "written_adaboost": "The weights of the wrong ones grow until a stump gets them right.",
    },
)
