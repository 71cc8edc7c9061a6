"""The class that handed in problem set 1."""

from __future__ import annotations

from tools.sample_classes import class_of, raises, right, unfinished, wrong

ASSIGNMENT = "01-random-search"
STUDENTS = class_of(
    right(),
    right(),
    wrong("test_svm_loss", "svm_without_delta"),
    wrong(
        "test_accuracy",
        "accuracy_last_of_ties",
        accuracy="""\
    scores = X @ W
    classes = scores.shape[1]
    # argmax from behind, so turn it round again
    predicted = classes - 1 - scores[:, ::-1].argmax(axis=1)
    return np.mean(predicted == y)""",
    ),
    wrong("test_random_search_calls+test_tries_needed", "search_calls_twice", "tries_rounded_down"),
    wrong(
        "test_random_search+test_random_search_calls",
        "search_random_walk",
        random_search="""\
    W = np.zeros(shape)
    best, W_best, history = np.inf, W, []
    for _ in range(tries):
        W = W + rng.standard_normal(shape) * scale
        now = loss(W)
        if now < best:
            best, W_best = now, W
        history.append(best)
    return W_best, np.array(history)""",
    ),
    unfinished("test_tries_needed", "tries_needed"),
    raises("test_svm_loss", svm_loss="    return hinge(X @ W, y, delta).mean()"),
    written={
        "written_patience": (
            "Each ten times more tries bring the loss down by about one standard deviation, and "
            "less each time. A good W lies 40 of them away. Nothing is learned from a try."
        )
    },
)
