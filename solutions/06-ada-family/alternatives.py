"""Right solutions of problem set 6, written differently. All of them must get all points."""

# ruff: noqa: PLR0917 - the order of the arguments is the problem set's

import numpy as np

from autograder.catalogue import alternative

# -- 1 ewma -------------------------------------------------------------------------------


@alternative("ewma", "all weights in one matrix")
def ewma_by_matrix(values, beta, correct=True):
    t = np.arange(len(values))
    ages = t[:, None] - t
    weights = np.where(ages >= 0, (1 - beta) * np.power(float(beta), np.maximum(ages, 0)), 0.0)
    if correct:
        weights = weights / weights.sum(axis=1, keepdims=True)
    return weights @ np.asarray(values, dtype=float)


@alternative("ewma", "the sum of the weights kept beside the average")
def ewma_two_recurrences(values, beta, correct=True):
    top, bottom, found = 0.0, 0.0, []
    for value in values:
        top = beta * top + (1 - beta) * value
        bottom = beta * bottom + (1 - beta)
        found.append(top / bottom if correct else top)
    return np.array(found, dtype=float)


@alternative("ewma", "itertools.accumulate, corrected at the end")
def ewma_accumulated(values, beta, correct=True):
    import itertools

    series = np.array(values, dtype=np.float64)
    v = list(itertools.accumulate(series, lambda v, x: beta * v + (1 - beta) * x, initial=0.0))[1:]
    return np.array(v) / (1 - beta ** np.arange(1, len(v) + 1)) if correct else np.array(v)


@alternative("ewma", "a generator; moving towards the new value")
def ewma_by_generator(values, beta, correct=True):
    def averages():
        v, power = 0.0, 1.0
        for x in values:
            power *= beta
            v += (1 - beta) * (x - v)
            yield v / (1 - power) if correct else v

    return np.fromiter(averages(), dtype=float, count=len(values))


@alternative("ewma", "a convolution with the weights")
def ewma_by_convolution(values, beta, correct=True):
    n = len(values)
    weights = (1 - beta) * np.power(float(beta), np.arange(n))
    v = np.convolve(np.array(values, dtype=float), weights)[:n]
    return v / np.cumsum(weights) if correct else v


# -- 2 adagrad_step -----------------------------------------------------------------------


@alternative("adagrad_step", "in place on copies")
def adagrad_on_copies(x, cache, grad, lr, eps=1e-8):
    x, cache = np.array(x, dtype=float), np.array(cache, dtype=float)
    cache += np.square(grad)
    x -= np.multiply(lr, grad) / (cache**0.5 + eps)
    return x, cache


@alternative("adagrad_step", "one entry after the other, returned as a list")
def adagrad_entry_by_entry(x, cache, grad, lr, eps=1e-8):
    import math

    new_x, new_cache = np.zeros(np.shape(x)), np.zeros(np.shape(x))
    x, cache, grad = np.asarray(x), np.asarray(cache), np.asarray(grad)
    for i in np.ndindex(new_x.shape):
        new_cache[i] = cache[i] + grad[i] * grad[i]
        new_x[i] = x[i] - lr / (math.sqrt(new_cache[i]) + eps) * grad[i]
    return [new_x, new_cache]


@alternative("adagrad_step", "a rate for every entry")
def adagrad_by_rates(x, cache, grad, lr, eps=1e-8):
    total = grad * grad + cache
    rates = lr / (eps + np.power(total, 0.5))
    return x - rates * grad, total


@alternative("adagrad_step", "the root of the sum as a hypotenuse")
def adagrad_by_hypotenuse(x, cache, grad, lr, eps=1e-8):
    root = np.hypot(np.sqrt(cache), grad)
    return np.subtract(x, lr * np.divide(grad, root + eps)), np.add(cache, np.square(grad))


# -- 3 rmsprop_step -----------------------------------------------------------------------


@alternative("rmsprop_step", "moving towards the new square")
def rmsprop_towards(x, cache, grad, lr, decay=0.9, eps=1e-8):
    cache = cache + (1 - decay) * (grad * grad - cache)
    return x - lr / (np.sqrt(cache) + eps) * grad, cache


@alternative("rmsprop_step", "in place on copies")
def rmsprop_on_copies(x, cache, grad, lr, decay=0.9, eps=1e-8):
    cache = np.array(cache, dtype=float)
    cache *= decay
    cache += (1 - decay) * np.square(grad)
    x = np.array(x, dtype=float)
    x -= lr * np.asarray(grad) / (np.sqrt(cache) + eps)
    return [x, cache]


@alternative("rmsprop_step", "a weighted sum by einsum")
def rmsprop_by_einsum(x, cache, grad, lr, decay=0.9, eps=1e-8):
    both = np.stack([cache, np.square(grad)])
    cache = np.einsum("i,i...->...", np.array([decay, 1 - decay]), both)
    return x - np.multiply(lr, grad) / (np.sqrt(cache) + eps), cache


@alternative("rmsprop_step", "a closure, and NumPy's functions")
def rmsprop_by_closure(x, cache, grad, lr, decay=0.9, eps=1e-8):
    def averaged(old, new):
        return np.add(np.multiply(decay, old), np.multiply(1 - decay, new))

    cache = averaged(cache, np.power(grad, 2))
    return np.add(x, -lr * np.divide(grad, np.add(np.sqrt(cache), eps))), cache


# -- 4 adadelta_step ----------------------------------------------------------------------


@alternative("adadelta_step", "one root of the quotient")
def adadelta_one_root(x, cache, delta_cache, grad, rho=0.95, eps=1e-6):
    cache = (1 - rho) * grad * grad + rho * cache
    delta = np.sqrt((delta_cache + eps) / (cache + eps)) * grad
    return x - delta, cache, (1 - rho) * delta * delta + rho * delta_cache


@alternative("adadelta_step", "root mean squares by name, returned as a list")
def adadelta_by_name(x, cache, delta_cache, grad, rho=0.95, eps=1e-6):
    def rms(mean_square):
        return np.power(mean_square + eps, 0.5)

    def average(old, new):
        return old + (1 - rho) * (new**2 - old)

    new_cache = average(cache, grad)
    delta = -grad * rms(delta_cache) / rms(new_cache)
    return [x + delta, new_cache, average(delta_cache, delta)]


@alternative("adadelta_step", "in place on copies")
def adadelta_on_copies(x, cache, delta_cache, grad, rho=0.95, eps=1e-6):
    x, cache, delta_cache = (np.array(part, dtype=float) for part in (x, cache, delta_cache))
    cache *= rho
    cache += (1 - rho) * np.square(grad)
    delta = np.asarray(grad) * np.sqrt(delta_cache + eps)
    delta /= np.sqrt(cache + eps)
    x -= delta
    delta_cache *= rho
    delta_cache += (1 - rho) * np.square(delta)
    return x, cache, delta_cache


@alternative("adadelta_step", "an object that remembers")
def adadelta_by_object(x, cache, delta_cache, grad, rho=0.95, eps=1e-6):
    class Mean:
        def __init__(self, value):
            self.value = value

        def take(self, number):
            self.value = rho * self.value + (1 - rho) * number * number

        @property
        def root(self):
            return np.sqrt(self.value + eps)

    gradients, steps = Mean(cache), Mean(delta_cache)
    gradients.take(grad)
    step = -steps.root / gradients.root * grad
    steps.take(step)
    return x + step, gradients.value, steps.value


# -- 5 adam_step --------------------------------------------------------------------------


@alternative("adam_step", "the corrections in one factor, eps scaled along")
def adam_one_factor(x, m, v, t, grad, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = m + (1 - beta1) * (grad - m)
    v = v + (1 - beta2) * (grad * grad - v)
    root = (1 - beta2**t) ** 0.5
    return x - lr * root / (1 - beta1**t) * m / (np.sqrt(v) + eps * root), m, v


@alternative("adam_step", "in place on copies, returned as a list")
def adam_on_copies(x, m, v, t, grad, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v = np.array(m, dtype=float), np.array(v, dtype=float)
    m *= beta1
    m += np.multiply(1 - beta1, grad)
    v *= beta2
    v += (1 - beta2) * np.square(grad)
    x = np.array(x, dtype=float)
    x -= lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return [x, m, v]


@alternative("adam_step", "one function for both averages")
def adam_one_average(x, m, v, t, grad, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    def average(old, new, beta):
        kept = old * beta + new * (1 - beta)
        return kept, kept / (1 - np.power(beta, t))

    m, mean = average(m, grad, beta1)
    v, square = average(v, np.square(grad), beta2)
    return x - np.divide(lr * mean, np.sqrt(square) + eps), m, v


@alternative("adam_step", "one entry after the other")
def adam_entry_by_entry(x, m, v, t, grad, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    import math

    new_x, new_m, new_v = (np.zeros(np.shape(x)) for _ in range(3))
    x, m, v, grad = (np.asarray(part) for part in (x, m, v, grad))
    for i in np.ndindex(new_x.shape):
        new_m[i] = beta1 * m[i] + (1 - beta1) * grad[i]
        new_v[i] = beta2 * v[i] + (1 - beta2) * grad[i] ** 2
        root = math.sqrt(new_v[i] / (1 - beta2**t))
        new_x[i] = x[i] - lr / (root + eps) * new_m[i] / (1 - beta1**t)
    return new_x, new_m, new_v


@alternative("adam_step", "the powers by logarithms")
def adam_by_logarithms(x, m, v, t, grad, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    import math

    def missing(beta):
        return -math.expm1(t * math.log(beta)) if beta else 1.0

    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return x - lr * (m / missing(beta1)) / (np.sqrt(v / missing(beta2)) + eps), m, v


# -- 6 adamw_step -------------------------------------------------------------------------


@alternative("adamw_step", "x shrinks first, by a factor")
def adamw_shrinks_first(x, m, v, t, grad, lr, weight_decay, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    x = x * (1 - lr * weight_decay)
    return x - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@alternative("adamw_step", "one bracket with lr before it")
def adamw_one_bracket(x, m, v, t, grad, lr, weight_decay, beta1=0.9, beta2=0.999, eps=1e-8):
    m = m * beta1 + grad * (1 - beta1)
    v = v * beta2 + grad * grad * (1 - beta2)
    adam = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return [x - lr * (adam + weight_decay * x), m, v]


@alternative("adamw_step", "in place on copies")
def adamw_on_copies(x, m, v, t, grad, lr, weight_decay, beta1=0.9, beta2=0.999, eps=1e-8):
    x, m, v = (np.array(part, dtype=float) for part in (x, m, v))
    x *= 1 - lr * weight_decay
    m *= beta1
    m += (1 - beta1) * np.asarray(grad)
    v *= beta2
    v += (1 - beta2) * np.square(grad)
    x -= lr / (1 - beta1**t) * m / (np.sqrt(v / (1 - beta2**t)) + eps)
    return x, m, v


@alternative("adamw_step", "Adam's step from zero, beside the decay")
def adamw_from_zero(x, m, v, t, grad, lr, weight_decay, beta1=0.9, beta2=0.999, eps=1e-8):
    def adam(m, v):
        m = beta1 * m + (1 - beta1) * grad
        v = beta2 * v + (1 - beta2) * grad**2
        return -lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v

    step, m, v = adam(m, v)
    return np.sum([x, step, -lr * weight_decay * x], axis=0), m, v


# -- 7 train_adam -------------------------------------------------------------------------


@alternative("train_adam", "a list that becomes an array, the last call in the loop")
def train_with_list(loss_and_gradient, x, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, losses = 0.0, 0.0, []
    for t in range(1, steps + 2):
        loss, grad = loss_and_gradient(x)
        losses.append(loss)
        if t <= steps:
            m = beta1 * m + (1 - beta1) * grad
            v = beta2 * v + (1 - beta2) * grad**2
            x = x - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return np.array(losses)


@alternative("train_adam", "an object with the state, in place on copies")
def train_with_object(loss_and_gradient, x, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    class Adam:
        def __init__(self, x):
            self.x, self.m, self.v, self.t = x.copy(), np.zeros(x.shape), np.zeros(x.shape), 0

        def step(self, grad):
            self.t += 1
            self.m *= beta1
            self.m += (1 - beta1) * grad
            self.v *= beta2
            self.v += (1 - beta2) * grad * grad
            m_hat = self.m / (1 - beta1**self.t)
            self.x -= lr * m_hat / (np.sqrt(self.v / (1 - beta2**self.t)) + eps)

    run = Adam(x)
    loss, grad = loss_and_gradient(run.x)
    losses = np.full(steps + 1, loss)
    for k in range(1, steps + 1):
        run.step(grad)
        losses[k], grad = loss_and_gradient(run.x)
    return losses


@alternative("train_adam", "a generator of losses, the powers kept by multiplying")
def train_with_generator(loss_and_gradient, x, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    def run(point):
        m, v, power1, power2 = 0 * point, 0 * point, 1.0, 1.0
        for left in range(steps, -1, -1):
            loss, grad = loss_and_gradient(point)
            yield loss
            if left:
                power1, power2 = power1 * beta1, power2 * beta2
                m = m + (1 - beta1) * (grad - m)
                v = v + (1 - beta2) * (grad**2 - v)
                point = point - lr * m / (1 - power1) / (np.sqrt(v / (1 - power2)) + eps)

    return np.fromiter(run(x), dtype=np.float64, count=steps + 1)


@alternative("train_adam", "one factor for both corrections")
def train_one_factor(loss_and_gradient, x, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    losses, m, v, t = np.zeros(steps + 1), np.zeros(np.shape(x)), np.zeros(np.shape(x)), 0
    while True:
        losses[t], grad = loss_and_gradient(x)
        if t == steps:
            return losses
        t += 1
        m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * np.square(grad)
        root = np.sqrt(1 - beta2**t)
        x = x - lr * root / (1 - beta1**t) * m / (np.sqrt(v) + eps * root)
