"""The class that handed in problem set 4."""

from __future__ import annotations

from tools.sample_classes import class_of, raises, right, unfinished, wrong

ASSIGNMENT = "04-gradient-descent"
STUDENTS = class_of(
    right(),
    right(),
    wrong("test_gradient_descent+test_gradient_descent_calls", "descent_in_place"),
    wrong("test_minibatches", "minibatches_drop_rest"),
    wrong(
        "test_sgd+test_sgd_calls",
        "sgd_shuffles_once",
        sgd="""\
    n, losses = len(y), []
    order = rng.permutation(n)
    for _ in range(epochs):
        for start in range(0, n, batch_size):
            batch = order[start : start + batch_size]
            loss, gradient = loss_and_gradient(W, X[batch], y[batch])
            losses.append(loss)
            W = W - lr * gradient
    return W, np.array(losses)""",
    ),
    wrong(
        "test_step_decay+test_largest_stable_lr",
        "step_decay_smooth",
        "stable_one_over",
        step_decay="""\
    return lr * np.power(factor, t / every)""",
    ),
    wrong("test_gradient_descent+test_gradient_descent_calls", "descent_stops_when_flat"),
    unfinished("test_sgd+test_sgd_calls+test_largest_stable_lr", "sgd", "largest_stable_lr"),
    raises("test_inverse_time_decay", inverse_time_decay="    return lr / (1 + k(t))"),
    written={
        "written_batches": "With small batches there are more updates. The noise goes like 1/√B.",
        "written_regimes": "Below 1 no oscillation, up to 2 it dies out, above 2 it grows.",
    },
)
