"""The class that handed in problem set 3."""

from __future__ import annotations

from tools.sample_classes import class_of, raises, right, unfinished, wrong

ASSIGNMENT = "03-gradient"
STUDENTS = class_of(
    right(),
    right(),
    wrong(
        "test_numerical_gradient+test_numerical_gradient_calls",
        "numerical_one_sided",
    ),
    wrong(
        "test_relative_error",
        "relative_not_a_number",
        relative_error="""\
    a, b = np.asarray(a), np.asarray(b)
    return np.max(np.abs(a - b) / np.maximum(np.abs(a), np.abs(b)))""",
    ),
    wrong(
        "test_svm_loss_and_gradient+test_softmax_loss_and_gradient",
        "svm_regulariser_without_two",
        "softmax_overflows",
    ),
    wrong("test_crossed_kink", "kink_by_count"),
    wrong("test_find_bugs+test_find_bugs_more", "bugs_exchanged"),
    unfinished("test_crossed_kink+test_find_bugs+test_find_bugs_more", "crossed_kink", "find_bugs"),
    raises(
        "test_numerical_gradient+test_numerical_gradient_calls",
        numerical_gradient="""\
    gradient = np.zeros(x.shape)
    for i in range(x.size):
        gradient[i] = (f(x + h[i]) - f(x - h[i])) / (2 * h)
    return gradient""",
    ),
    written={
        "written_steps": "Slopes 1 and 2 from Taylor's series; below, rounding divided by h.",
        "written_rules": "1. Use the relative error. 2. W = 0 and single precision. 3. Kinks.",
    },
)
