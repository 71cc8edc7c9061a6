"""The class that handed in problem set 8."""

from __future__ import annotations

from tools.sample_classes import class_of, raises, right, unfinished, wrong

ASSIGNMENT = "08-regularization"
STUDENTS = class_of(
    right(),
    right(),
    wrong("test_early_stopping", "stopping_one_late"),
    wrong(
        "test_dropout_forward",
        "drop_without_scale",
        dropout_forward="""\
    if not train:
        return x.copy(), np.full(x.shape, True)
    kept = rng.random(x.shape) >= p
    return np.where(kept, x, 0.0), kept""",
    ),
    wrong("test_batchnorm_forward", "norm_batch_in_use"),
    wrong(
        "test_smooth_labels+test_soft_cross_entropy",
        "smooth_half",
        "soft_overflows",
    ),
    wrong("test_mixup", "mix_labels_stay"),
    unfinished(
        "test_dropout_backward+test_batchnorm_backward", "dropout_backward", "batchnorm_backward"
    ),
    raises("test_l1_penalty", l1_penalty="    return reg * W.abs().sum(), reg * W.sign()"),
    written={
        "written_stopping": "Stopping early keeps the weights small, as a penalty does.",
        "written_batchnorm": "In use there is no batch, so the running numbers must serve.",
    },
)
