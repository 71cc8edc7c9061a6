"""The class that handed in problem set 6."""

from __future__ import annotations

from tools.sample_classes import class_of, raises, right, unfinished, wrong

ASSIGNMENT = "06-ada-family"
STUDENTS = class_of(
    right(),
    right(
        notes=("def mean_of(old, new, keep):\n    return keep * old + (1 - keep) * new",),
        rmsprop_step="""\
    cache = mean_of(cache, grad * grad, decay)
    return x - lr * grad / (cache**0.5 + eps), cache""",
        adam_step="""\
    m, v = mean_of(m, grad, beta1), mean_of(v, grad * grad, beta2)
    first, second = m / (1 - beta1**t), v / (1 - beta2**t)
    return x - lr * first / (second**0.5 + eps), m, v""",
        train_adam="""\
    m = v = 0 * x
    losses = []
    for t in range(steps):
        loss, grad = loss_and_gradient(x)
        losses.append(loss)
        x, m, v = adam_step(x, m, v, t + 1, grad, lr, beta1, beta2, eps)
    losses.append(loss_and_gradient(x)[0])
    return np.array(losses)""",
    ),
    wrong(
        "test_ewma",
        "ewma_whole_numbers",
        ewma="""\
    out = np.zeros_like(values)
    v = 0
    for i in range(len(values)):
        v = v * beta + values[i] * (1 - beta)
        out[i] = v
        if correct:
            out[i] = v / (1 - beta ** (i + 1))
    return out""",
    ),
    wrong(
        "test_adagrad_step+test_rmsprop_step",
        "adagrad_eps_inside",
        "rmsprop_eps_inside",
        adagrad_step="""\
    cache = cache + grad * grad
    return x - lr * grad * (cache + eps) ** -0.5, cache""",
    ),
    wrong("test_adadelta_step", "adadelta_new_delta_cache"),
    wrong(
        "test_adam_step",
        "adam_root_of_one_minus_beta",
        # As some notes print it.
        adam_step="""\
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat = m / np.sqrt(1 - beta1)
    v_hat = v / np.sqrt(1 - beta2)
    return x - lr / (np.sqrt(v_hat) + eps) * m_hat, m, v""",
    ),
    wrong(
        "test_adamw_step",
        "adamw_coupled",
        adamw_step="""\
    grad = grad + weight_decay * x
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    step = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return x - lr * step, m, v""",
    ),
    wrong("test_train_adam+test_train_adam_calls", "train_stops_when_flat"),
    wrong(
        "test_adam_step+test_train_adam+test_train_adam_calls",
        "adam_t_from_zero",
        adam_step="""\
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    corrected = m / (1 - beta1 ** (t + 1)), v / (1 - beta2 ** (t + 1))
    return x - lr * corrected[0] / (np.sqrt(corrected[1]) + eps), m, v""",
        train_adam="""\
    m, v, losses = np.zeros(x.shape), np.zeros(x.shape), np.zeros(steps + 1)
    for t in range(1, steps + 1):
        losses[t - 1], grad = loss_and_gradient(x)
        x, m, v = adam_step(x, m, v, t, grad, lr, beta1, beta2, eps)
    losses[-1] = loss_and_gradient(x)[0]
    return losses""",
    ),
    unfinished("test_adamw_step+test_train_adam+test_train_adam_calls", "adamw_step", "train_adam"),
    raises(
        "test_rmsprop_step--forbidden_import",
        rmsprop_step="""\
    from lossland.adaptive import Cache, rmsprop
    step, state = rmsprop(lr, decay, eps).update(grad, Cache(0, cache), x)
    return x + step, state.cache""",
    ),
    written={
        "written_correction": (
            "The first step is lr·(1 − β1)/√(1 − β2) = 3.16 lr, since v shrinks more than m does "
            "and stands below. A fixed factor never goes away; 0.999^t < 0.01 from t = 4,600 on."
        ),
        "written_axes": (
            "The gradient turns with the surface, but Adam divides each entry by its own size. "
            "A factor of 1,000 cancels in Adam. I would want to see both tuned, several seeds and "
            "the test error."
        ),
    },
)
