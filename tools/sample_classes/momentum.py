"""The class that handed in problem set 5."""

from __future__ import annotations

from tools.sample_classes import Student

ASSIGNMENT = "05-momentum"

RIGHT = {
    "momentum_step": """\
    v_new = mu * v - lr * grad
    return x + v_new, v_new""",
    "nesterov_lookahead_step": """\
    x_ahead = x + mu * v
    v_new = mu * v - lr * gradient(x_ahead)
    return x + v_new, v_new""",
    "nesterov_step": """\
    v_new = mu * v - lr * grad
    return x - mu * v + (1 + mu) * v_new, v_new""",
    "pytorch_step": """\
    buf_new = mu * buf + grad
    return x - lr * buf_new, buf_new""",
    "from_ewma": """\
    return lr * (1 - beta), beta""",
    "optimal_momentum": """\
    kappa = eig_max / eig_min
    lr = 4 / (eig_min**0.5 + eig_max**0.5) ** 2
    mu = ((kappa**0.5 - 1) / (kappa**0.5 + 1)) ** 2
    return lr, mu""",
    "train_momentum": """\
    v = np.zeros_like(x)
    losses = []
    for _ in range(steps):
        loss, grad = loss_and_gradient(x)
        losses.append(loss)
        v = mu * v - lr * grad
        x = x + v
    losses.append(loss_and_gradient(x)[0])
    return np.array(losses)""",
}
TRAIN_WITH_MOMENTUM_STEP = """\
    v = 0 * x
    losses = np.zeros(steps + 1)
    for i in range(steps):
        losses[i], grad = loss_and_gradient(x)
        x, v = momentum_step(x, v, grad, lr, mu)
    losses[-1] = loss_and_gradient(x)[0]
    return losses"""
WRITTEN = {
    "written_conventions": (
        "The PyTorch form reacts at once, because x moves by lr times the buffer and the buffer "
        "has only gradients in it. In the velocity form the old lr is already inside v. What is "
        "in v decays with mu per step, so it needs around 1/(1 - mu) = 10 steps."
    ),
    "written_damping": (
        "1. mu = 0.3 is overdamped (creeps, never crosses), 0.64 critical (fastest without "
        "crossing), 0.95 underdamped (swings).\n"
        "2. Real roots if lr*lambda < (1 - sqrt(mu))^2, complex if it is larger. With "
        "lr*lambda = 0.04 the border is sqrt(mu) = 1 - 0.2, so mu = 0.64.\n"
        "3. The flattest direction is critical, all others swing, the steepest jumps from side "
        "to side; every one shrinks by sqrt(mu) per step."
    ),
}
SHORT = {
    "written_conventions": "The blue one, because PyTorch multiplies by lr at the end.",
    "written_damping": "0.3 is overdamped, 0.64 critically damped and 0.95 underdamped.",
}


STUDENTS = (
    Student("student-01", "full", {**RIGHT, **WRITTEN}),
    Student(
        "student-02",
        "full-written-differently",
        {
            "momentum_step": """\
    x, v = np.array(x, dtype=float), np.array(v, dtype=float)
    v *= mu
    v -= lr * np.asarray(grad)
    x += v
    return [x, v]""",
            "nesterov_lookahead_step": """\
    drift = mu * v
    landed = (x + drift) - lr * gradient(x + drift)
    return landed, landed - x""",
            "nesterov_step": """\
    # substituted the new velocity into the formula
    return x + mu**2 * v - (1 + mu) * lr * grad, mu * v - lr * grad""",
            "pytorch_step": """\
    return x - lr * (grad + mu * buf), grad + mu * buf""",
            "from_ewma": """\
    return np.array(lr - beta * lr), np.array(beta)""",
            "optimal_momentum": """\
    low, high = np.sqrt([eig_min, eig_max])
    root = (high - low) / (high + low)
    return (2 / (low + high)) ** 2, root * root""",
            "train_momentum": """\
    losses = np.empty(steps + 1)
    previous = x
    for step in range(steps + 1):
        losses[step], grad = loss_and_gradient(x)
        x, previous = x + mu * (x - previous) - lr * grad, x
    return losses""",
            **WRITTEN,
        },
    ),
    Student(
        "student-03",
        "full-written-differently",
        {
            "momentum_step": """\
    return moved(x, decayed(v, mu) + push(grad, lr))""",
            "nesterov_lookahead_step": """\
    return moved(x, decayed(v, mu) + push(gradient(x + decayed(v, mu)), lr))""",
            "nesterov_step": """\
    # back to where the ball is, roll, look ahead again
    here, v = moved(x - decayed(v, mu), decayed(v, mu) + push(grad, lr))
    return here + decayed(v, mu), v""",
            "pytorch_step": """\
    new = np.add(decayed(buf, mu), grad)
    return x + push(new, lr), new""",
            "from_ewma": """\
    keep = beta
    take = 1 - keep
    return [take * lr, keep]""",
            "optimal_momentum": """\
    a, b = eig_min, eig_max
    both = a + b + 2 * np.sqrt(a * b)
    return 4 / both, (a + b - 2 * np.sqrt(a * b)) / both""",
            "train_momentum": TRAIN_WITH_MOMENTUM_STEP,
            **SHORT,
        },
        notes=(
            "# My own little functions\ndef decayed(v, mu):\n    return mu * v\n\n\n"
            "def push(grad, lr):\n    return -lr * grad\n\n\n"
            "def moved(x, v):\n    return x + v, v",
            "print('my functions are ready:', moved(1.0, 0.5))",
        ),
    ),
    Student(
        "student-04",
        "loses-test_nesterov_step--nesterov_velocity_first",
        {
            **RIGHT,
            **WRITTEN,
            # As printed in the book: the velocity is overwritten before it is used.
            "nesterov_step": """\
    v = mu * v - lr * grad
    x = x + mu * mu * v - (1 + mu) * lr * grad
    return x, v""",
        },
    ),
    Student(
        "student-05",
        "loses-test_momentum_step+test_train_momentum+test_train_momentum_calls"
        "--momentum_stale_velocity",
        {
            **RIGHT,
            **SHORT,
            "momentum_step": """\
    x_new = x + v
    v_new = mu * v - lr * grad
    return x_new, v_new""",
            "train_momentum": TRAIN_WITH_MOMENTUM_STEP,
        },
    ),
    Student(
        "student-06",
        "loses-test_nesterov_lookahead_step+test_nesterov_lookahead_step_calls"
        "--lookahead_looks_back",
        {
            **RIGHT,
            **WRITTEN,
            "nesterov_lookahead_step": """\
    look = x - v * mu
    v = v * mu - gradient(look) * lr
    return x + v, v""",
        },
    ),
    Student(
        "student-07",
        "loses-test_nesterov_lookahead_step_calls+test_train_momentum_calls--lookahead_calls_twice",
        {
            **RIGHT,
            **SHORT,
            "nesterov_lookahead_step": """\
    x_new = x + mu * v - lr * gradient(x + mu * v)
    v_new = mu * v - lr * gradient(x + mu * v)
    return x_new, v_new""",
            "train_momentum": """\
    v = np.zeros_like(x)
    losses = [loss_and_gradient(x)[0]]
    for _ in range(steps):
        grad = loss_and_gradient(x)[1]
        v = mu * v - lr * grad
        x = x + v
        losses.append(loss_and_gradient(x)[0])
    return np.array(losses)""",
        },
    ),
    Student(
        "student-08",
        "loses-test_pytorch_step+test_from_ewma--pytorch_lr_in_buffer",
        {
            **RIGHT,
            "pytorch_step": """\
    buf = lr * grad + mu * buf
    return x - buf, buf""",
            "from_ewma": """\
    mu = beta
    return lr, mu""",
        },
    ),
    Student(
        "student-09",
        "loses-test_optimal_momentum--optimal_kappa_unrooted",
        {
            **RIGHT,
            **WRITTEN,
            "optimal_momentum": """\
    kappa = eig_max / eig_min
    lr = (2 / (np.sqrt(eig_min) + np.sqrt(eig_max))) ** 2
    return lr, (kappa - 1) ** 2 / (kappa + 1) ** 2""",
        },
    ),
    Student(
        "student-10",
        "loses-test_momentum_step+test_nesterov_step+test_pytorch_step--momentum_in_place",
        {
            **RIGHT,
            **SHORT,
            "momentum_step": """\
    v *= mu
    v -= lr * grad
    x += v
    return x, v""",
            "nesterov_step": """\
    x -= mu * v
    v *= mu
    v -= lr * grad
    x += (1 + mu) * v
    return x, v""",
            "pytorch_step": """\
    buf *= mu
    buf += grad
    return x - lr * buf, buf""",
        },
    ),
    Student(
        "student-11",
        "loses-test_train_momentum+test_train_momentum_calls--train_without_end",
        {
            **RIGHT,
            **WRITTEN,
            "train_momentum": """\
    v = np.zeros(x.shape)
    losses = np.zeros(steps)
    for k in range(steps):
        losses[k], grad = loss_and_gradient(x)
        v = mu * v - lr * grad
        x = x + v
    return losses""",
        },
    ),
    Student(
        "student-12",
        "loses-test_train_momentum--train_returns_list",
        {
            **RIGHT,
            "train_momentum": """\
    v, losses = np.zeros_like(x), []
    for k in range(steps + 1):
        loss, grad = loss_and_gradient(x)
        losses.append(loss)
        if k < steps:
            v = mu * v - lr * grad
            x = x + v
    return losses""",
        },
    ),
    Student(
        "student-13",
        "half-done--loses-test_from_ewma+test_optimal_momentum+test_train_momentum"
        "+test_train_momentum_calls",
        {
            name: RIGHT[name]
            for name in (
                "momentum_step",
                "nesterov_lookahead_step",
                "nesterov_step",
                "pytorch_step",
            )
        },
    ),
    Student(
        "student-14",
        "raises--loses-test_train_momentum+test_train_momentum_calls",
        {
            **RIGHT,
            **SHORT,
            "train_momentum": """\
    v = np.zeros_like(x)
    losses = np.zeros(steps + 1)
    for k in range(steps):
        losses.append(loss_and_gradient(x)[0])
        v = mu * v - lr * loss_and_gradient(x)[1]
        x = x + v
    return losses""",
        },
    ),
    Student(
        "student-15",
        "never-returns--loses-test_from_ewma",
        {
            **RIGHT,
            **SHORT,
            "from_ewma": """\
    # look for the learning rate whose total weight is the same
    new_lr = lr
    while True:
        total = sum(beta**k * new_lr for k in range(100))
        new_lr = new_lr * lr / total
        if total == lr * np.pi:
            break
    return new_lr, beta""",
        },
    ),
    Student(
        "student-16",
        "raises--loses-test_momentum_step--forbidden_import",
        {
            **RIGHT,
            **SHORT,
            "momentum_step": """\
    from lossland.optimizers import Velocity, momentum
    step, state = momentum(lr, mu).update(grad, Velocity(0, v), x)
    return x + step, state.v""",
        },
    ),
)
