"""Right solutions of problem set 4, written differently. All of them must get all points."""

# ruff: noqa: PLR0917 — sgd has the arguments that the problem set gives it

import math

import numpy as np

from autograder.catalogue import alternative

# -- 1 gradient_descent -------------------------------------------------------------------


@alternative("gradient_descent", "a list that becomes an array, the last call in the loop")
def descent_with_list(loss_and_gradient, W, lr, steps):
    losses = []
    for step in range(steps + 1):
        loss, gradient = loss_and_gradient(W)
        losses.append(loss)
        if step < steps:
            W = W - lr * gradient
    return [W, np.array(losses)]


@alternative("gradient_descent", "in place on a copy, one call ahead")
def descent_on_copy(loss_and_gradient, W, lr, steps):
    W = W.copy()
    loss, gradient = loss_and_gradient(W)
    losses = np.full(steps + 1, loss)
    for step in range(1, steps + 1):
        W -= lr * gradient
        losses[step], gradient = loss_and_gradient(W)
    return W, losses


@alternative("gradient_descent", "a generator of points and losses")
def descent_with_generator(loss_and_gradient, W, lr, steps):
    def run(point):
        for left in range(steps, -1, -1):
            loss, gradient = loss_and_gradient(point)
            yield point, loss
            if left:
                point = np.subtract(point, np.multiply(gradient, lr))

    points, losses = zip(*run(W), strict=True)
    return points[-1], np.asarray(losses, dtype=np.float64)


@alternative("gradient_descent", "one step and the rest of the run by recursion")
def descent_by_recursion(loss_and_gradient, W, lr, steps):
    def rest(point, left):
        loss, gradient = loss_and_gradient(point)
        if left == 0:
            return point, [loss]
        end, losses = rest(point + (-lr) * gradient, left - 1)
        return end, [loss, *losses]

    end, losses = rest(W, steps)
    return end, np.array(losses)


# -- 2 minibatches ------------------------------------------------------------------------


@alternative("minibatches", "a generator")
def minibatches_by_generator(n, batch_size, rng):
    order = rng.permutation(n)
    while len(order):
        yield order[:batch_size]
        order = order[batch_size:]


@alternative("minibatches", "np.split at every multiple, as a tuple")
def minibatches_by_split(n, batch_size, rng):
    if n == 0:
        return ()
    return tuple(np.split(rng.permutation(n), range(batch_size, n, batch_size)))


@alternative("minibatches", "the numbers shuffled in place, with rounded-up division")
def minibatches_by_shuffle(n, batch_size, rng):
    order = np.arange(n, dtype=np.int32)
    rng.shuffle(order)
    count = math.ceil(n / batch_size)
    return [order[k * batch_size : min((k + 1) * batch_size, n)] for k in range(count)]


@alternative("minibatches", "grouped by the number of the batch")
def minibatches_by_number(n, batch_size, rng):
    order = rng.permutation(np.arange(n))
    number = np.arange(n) // batch_size
    return (order[number == k] for k in range(-(-n // batch_size)))


# -- 3 sgd --------------------------------------------------------------------------------


@alternative("sgd", "without minibatches, on shuffled copies of the data")
def sgd_on_shuffled_copies(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    n = len(y)
    batches = -(-n // batch_size)
    losses = np.zeros(epochs * batches)
    for epoch in range(epochs):
        order = rng.permutation(n)
        X_epoch, y_epoch = X[order], y[order]
        for k in range(batches):
            part = slice(k * batch_size, (k + 1) * batch_size)
            loss, gradient = loss_and_gradient(W, X_epoch[part], y_epoch[part])
            losses[epoch * batches + k] = loss
            W = W - lr * gradient
    return W, losses


@alternative("sgd", "all permutations drawn first, in place on a copy")
def sgd_draws_first(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    W = np.array(W)
    orders = [rng.permutation(X.shape[0]) for _ in range(epochs)]
    losses = []
    for order in orders:
        for first in range(0, X.shape[0], batch_size):
            batch = order[first : first + batch_size]
            loss, gradient = loss_and_gradient(W, np.take(X, batch, axis=0), y.take(batch))
            losses += [float(loss)]
            W -= np.multiply(lr, gradient)
    return [W, np.array(losses)]


@alternative("sgd", "one loop over all steps, a new order whenever the last is used up")
def sgd_in_one_loop(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    n = len(X)
    losses = np.empty(epochs * math.ceil(n / batch_size))
    queue = np.empty(0, dtype=np.int64)
    for step in range(len(losses)):
        if queue.size == 0:
            queue = rng.permutation(n)
        batch, queue = queue[:batch_size], queue[batch_size:]
        losses[step], gradient = loss_and_gradient(W, X[batch, :], y[batch])
        W = W + gradient * -lr
    return W, losses


@alternative("sgd", "batches from a generator, losses too")
def sgd_with_generators(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    def batches():
        for _ in range(epochs):
            order = rng.permutation(len(X))
            yield from np.split(order, range(batch_size, len(X), batch_size))

    point = [W]

    def steps():
        for batch in batches():
            loss, gradient = loss_and_gradient(point[0], X[batch], y[batch])
            point[0] = point[0] - lr * gradient
            yield loss

    losses = np.fromiter(steps(), dtype=np.float64)
    return point[0], losses


# -- 4 step_decay, exponential_decay, inverse_time_decay ------------------------------------


@alternative("step_decay", "with floor and pow")
def step_decay_by_floor(lr, t, every, factor):
    return lr * math.pow(factor, math.floor(t / every))


@alternative("step_decay", "multiplied step by step")
def step_decay_by_loop(lr, t, every, factor):
    for now in range(1, t + 1):
        if now % every == 0:
            lr = lr * factor
    return lr


@alternative("step_decay", "by logarithms, as an array without axes")
def step_decay_by_logarithm(lr, t, every, factor):
    times = (t - t % every) / every
    return np.array(np.exp(np.log(lr) + times * np.log(factor)))


@alternative("exponential_decay", "with math.exp in the denominator")
def exponential_by_math(lr, t, k):
    return lr / math.exp(k * t)


@alternative("exponential_decay", "as a power of e")
def exponential_by_power(lr, t, k):
    return lr * math.e ** (-t * k)


@alternative("exponential_decay", "by the logarithm, as an array without axes")
def exponential_by_logarithm(lr, t, k):
    return np.array(np.exp(np.log(lr) - k * t))


@alternative("inverse_time_decay", "multiplied by the reciprocal")
def inverse_by_reciprocal(lr, t, k):
    return (1.0 + t * k) ** -1 * lr


@alternative("inverse_time_decay", "from 1/lr, which grows evenly")
def inverse_by_even_growth(lr, t, k):
    return 1 / (1 / lr + k * t / lr)


@alternative("inverse_time_decay", "NumPy's functions")
def inverse_by_numpy(lr, t, k):
    return np.divide(np.float64(lr), np.add(1, np.multiply(k, t)))


# -- 5 largest_stable_lr ------------------------------------------------------------------


@alternative("largest_stable_lr", "eigenvalues without the symmetry")
def stable_by_eigvals(H):
    return float(2 / np.linalg.eigvals(H).real.max())


@alternative("largest_stable_lr", "the matrix norm")
def stable_by_norm(H):
    return 2 / np.linalg.norm(H, 2)


@alternative("largest_stable_lr", "singular values")
def stable_by_singular_values(H):
    return 2 / np.linalg.svd(H, compute_uv=False).max()


@alternative("largest_stable_lr", "power iteration")
def stable_by_power_iteration(H):
    v = np.cos(np.arange(1.0, len(H) + 1))
    for _ in range(3000):
        v = H @ v
        v = v / np.linalg.norm(v)
    return np.array(2 * (v @ v) / (v @ H @ v))


# -- further kinds of writing ---------------------------------------------------------------


@alternative("gradient_descent", "recursion")
def descent_recursive(loss_and_gradient, W, lr, steps):
    def go(W, k):
        cost, g = loss_and_gradient(W)
        if k == 0:
            return W, [cost]
        end, rest = go(W - np.multiply(lr, g), k - 1)
        return end, [cost, *rest]

    W, losses = go(W, steps)
    return W, np.asarray(losses, dtype=np.float64)


@alternative("gradient_descent", "a class that keeps its state")
def descent_with_a_class(loss_and_gradient, W, lr, steps):
    class Run:
        def __init__(self):
            self.W, self.h = 1.0 * W, np.zeros(steps + 1)

        def see(self, k):
            self.h[k], self.g = loss_and_gradient(np.array(self.W))

        def move(self):
            self.W = self.W + (-lr) * self.g

    r = Run()
    r.see(0)
    for k in range(1, steps + 1):
        r.move()
        r.see(k)
    return [np.array(r.W), r.h]


@alternative("minibatches", "rng.shuffle of arange, the same stream")
def minibatches_shuffled(n, batch_size, rng):
    o = np.arange(n)
    rng.shuffle(o)
    return tuple(o[i : i + batch_size] for i in range(0, n, batch_size))


@alternative("sgd", "a generator of steps, np.take")
def sgd_by_generator(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    def steps():
        w = W
        for _ in range(epochs):
            o = rng.permutation(X.shape[0])
            for b in np.split(o, np.arange(batch_size, len(o), batch_size)):
                cost, g = loss_and_gradient(w, np.take(X, b, axis=0), np.take(y, b))
                w = w - lr * g
                yield cost, w

    h = list(steps())
    return (h[-1][1] if h else W.copy()), np.array([float(cost) for cost, _ in h])


@alternative("step_decay", "divmod and np.power")
def step_decay_by_divmod(lr, t, every, factor):
    return np.float64(lr) * np.power(float(factor), divmod(t, every)[0])


@alternative("exponential_decay", "divided by e^(kt)")
def exponential_decay_divided(lr, t, k):
    return lr / math.exp(k * t)


@alternative("inverse_time_decay", "one over 1/lr + kt/lr")
def inverse_decay_reciprocal(lr, t, k):
    return 1 / (1 / lr + k * t / lr)


@alternative("largest_stable_lr", "H squared forty times")
def stable_by_squaring(H):
    M = H / np.abs(H).max()
    for _ in range(40):
        M = M @ M
        M = M / np.abs(M).max()
    v = M[:, np.abs(M).max(0).argmax()]
    return 2 * (v @ v) / (v @ H @ v)


@alternative("minibatches", "rng.permuted of arange, the same stream")
def minibatches_permuted(n, batch_size, rng):
    order = rng.permuted(np.arange(n))
    return [order[first : first + batch_size] for first in range(0, n, batch_size)]


@alternative("sgd", "labels as int64")
def sgd_labels_widened(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):
    losses, W, y = [], W + 0.0, y.astype(np.int64)
    for _ in range(epochs):
        order = rng.permutation(len(y))
        for first in range(0, len(y), batch_size):
            batch = order[first : first + batch_size]
            loss, gradient = loss_and_gradient(W, X[batch], y[batch])
            losses.append(loss)
            W = W - lr * gradient
    return W, np.array(losses, dtype=np.float64)


@alternative("largest_stable_lr", "three hundred power iterations from a random start")
def stable_by_few_iterations(H):
    x = np.random.default_rng(0).standard_normal(len(H))
    for _ in range(300):
        x = H @ x
        x = x / np.linalg.norm(x)
    return 2 / (x @ H @ x)


@alternative("largest_stable_lr", "power iteration with the norm, from a start of positive numbers")
def stable_by_norm_of_iterate(H):
    x = np.random.default_rng(1).random(len(H))
    for _ in range(300):
        y = H @ x
        stretched = np.linalg.norm(y)
        x = y / stretched
    return 2 / stretched
