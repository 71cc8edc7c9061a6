"""Right solutions of problem set 5, written differently. All of them must get all points."""

import numpy as np

from autograder.catalogue import alternative

# -- 1 momentum_step ----------------------------------------------------------------------


@alternative("momentum_step", "in place on copies")
def momentum_on_copies(x, v, grad, lr, mu):
    x, v = np.array(x, dtype=float), np.array(v, dtype=float)
    v *= mu
    v -= np.multiply(lr, grad)
    x += v
    return x, v


@alternative("momentum_step", "one entry after the other, returned as a list")
def momentum_entry_by_entry(x, v, grad, lr, mu):
    new_x, new_v = np.zeros(np.shape(x)), np.zeros(np.shape(x))
    x, v, grad = np.asarray(x), np.asarray(v), np.asarray(grad)
    for i in np.ndindex(new_x.shape):
        new_v[i] = -grad[i] * lr + v[i] * mu
        new_x[i] = new_v[i] + x[i]
    return [new_x, new_v]


@alternative("momentum_step", "x from the formula multiplied out")
def momentum_multiplied_out(x, v, grad, lr, mu):
    return x - lr * grad + mu * v, -(lr * grad - mu * v)


@alternative("momentum_step", "as one product of matrices")
def momentum_as_matrix(x, v, grad, lr, mu):
    matrix = np.array([[1.0, mu, -lr], [0.0, mu, -lr]])
    return tuple(np.einsum("ij,j...->i...", matrix, np.stack([x, v, grad])))


# -- 2 nesterov_lookahead_step ------------------------------------------------------------


@alternative("nesterov_lookahead_step", "through a step of plain momentum")
def lookahead_by_momentum(x, v, gradient, lr, mu):
    def momentum(x, v, grad):
        v = mu * v - lr * grad
        return x + v, v

    return momentum(x, v, gradient(x + mu * v))


@alternative("nesterov_lookahead_step", "from the look-ahead point")
def lookahead_from_ahead(x, v, gradient, lr, mu):
    ahead = mu * v + x
    new_x = ahead - lr * gradient(ahead)
    return [new_x, new_x - x]


@alternative("nesterov_lookahead_step", "in place on copies")
def lookahead_on_copies(x, v, gradient, lr, mu):
    new_v = np.array(v, dtype=float)
    new_v *= mu
    ahead = np.array(x, dtype=float)
    ahead += new_v
    new_v += np.asarray(gradient(ahead)) * -lr
    return np.add(x, new_v), new_v


# -- 3 nesterov_step ----------------------------------------------------------------------


@alternative("nesterov_step", "with the old velocity put in")
def nesterov_multiplied_out(x, v, grad, lr, mu):
    return x + mu**2 * v - (1 + mu) * lr * grad, mu * v - lr * grad


@alternative("nesterov_step", "as PyTorch does it")
def nesterov_as_pytorch(x, v, grad, lr, mu):
    v = mu * v - lr * grad
    return x + mu * v - lr * grad, v


@alternative("nesterov_step", "back to the point itself, and ahead again")
def nesterov_there_and_back(x, v, grad, lr, mu):
    point = x - mu * v
    v = mu * v - lr * grad
    point = point + v
    return [point + mu * v, v]


@alternative("nesterov_step", "in place on copies")
def nesterov_on_copies(x, v, grad, lr, mu):
    x, v = np.array(x, dtype=float), np.array(v, dtype=float)
    x -= mu * v
    v *= mu
    v -= np.multiply(lr, grad)
    x += (1 + mu) * v
    return x, v


# -- 4 pytorch_step -----------------------------------------------------------------------


@alternative("pytorch_step", "in place on copies")
def pytorch_on_copies(x, buf, grad, lr, mu):
    buf = np.array(buf, dtype=float)
    buf *= mu
    buf += grad
    x = np.array(x, dtype=float)
    x -= lr * buf
    return x, buf


@alternative("pytorch_step", "through the velocity form")
def pytorch_by_velocity(x, buf, grad, lr, mu):
    v = mu * (-lr * buf) - lr * grad
    return x + v, -v / lr


@alternative("pytorch_step", "NumPy's functions, returned as a list")
def pytorch_by_functions(x, buf, grad, lr, mu):
    buf = np.add(np.multiply(buf, mu), grad)
    return [np.subtract(x, np.multiply(buf, lr)), buf]


# -- 5 from_ewma --------------------------------------------------------------------------


@alternative("from_ewma", "multiplied out, as a list")
def ewma_multiplied_out(lr, beta):
    return [lr - lr * beta, beta]


@alternative("from_ewma", "NumPy's numbers")
def ewma_numpy_numbers(lr, beta):
    return np.float64(1 - beta) * np.float64(lr), np.float64(beta)


@alternative("from_ewma", "arrays without axes")
def ewma_zero_dimensional(lr, beta):
    return np.array(lr * (1.0 - beta)), np.array(beta)


# -- 6 optimal_momentum -------------------------------------------------------------------


@alternative("optimal_momentum", "with the condition number")
def optimal_by_condition_number(eig_min, eig_max):
    root = (eig_max / eig_min) ** 0.5
    return (2 / (eig_min**0.5 * (1 + root))) ** 2, ((root - 1) / (root + 1)) ** 2


@alternative("optimal_momentum", "mu from the left end of the range")
def optimal_by_left_end(eig_min, eig_max):
    lr = (2 / (np.sqrt(eig_min) + np.sqrt(eig_max))) ** 2
    return [lr, (1 - np.sqrt(lr * eig_min)) ** 2]


@alternative("optimal_momentum", "squares multiplied out, arrays without axes")
def optimal_multiplied_out(eig_min, eig_max):
    total, mixed = eig_min + eig_max, 2 * np.sqrt(eig_min * eig_max)
    return np.asarray(4 / (total + mixed)), np.asarray((total - mixed) / (total + mixed))


# -- 7 train_momentum ---------------------------------------------------------------------


@alternative("train_momentum", "a list that becomes an array, the last call in the loop")
def train_with_list(loss_and_gradient, x, lr, mu, steps):
    v, losses = 0.0, []
    for step in range(steps + 1):
        loss, grad = loss_and_gradient(x)
        losses.append(loss)
        if step < steps:
            v = mu * v - lr * grad
            x = x + v
    return np.array(losses)


@alternative("train_momentum", "PyTorch's buffer, in place on copies")
def train_with_buffer(loss_and_gradient, x, lr, mu, steps):
    x = x.copy()
    buf = np.zeros(x.shape)
    loss, grad = loss_and_gradient(x)
    losses = np.full(steps + 1, loss)
    for step in range(1, steps + 1):
        buf *= mu
        buf += grad
        x -= lr * buf
        losses[step], grad = loss_and_gradient(x)
    return losses


@alternative("train_momentum", "the heavy ball: the last two points and no velocity")
def train_heavy_ball(loss_and_gradient, x, lr, mu, steps):
    previous, losses = x, np.zeros(steps + 1)
    for step in range(steps):
        losses[step], grad = loss_and_gradient(x)
        x, previous = x - lr * grad + mu * (x - previous), x
    losses[-1] = loss_and_gradient(x)[0]
    return losses


@alternative("train_momentum", "a generator of losses")
def train_with_generator(loss_and_gradient, x, lr, mu, steps):
    def run(point):
        v = np.zeros_like(point)
        for left in range(steps, -1, -1):
            loss, grad = loss_and_gradient(point)
            yield loss
            if left:
                v = mu * v - lr * grad
                point = point + v

    return np.fromiter(run(x), dtype=np.float64, count=steps + 1)


# -- further kinds of writing ---------------------------------------------------------------


@alternative("momentum_step", "in place, on a copy")
def momentum_on_a_copy(x, v, grad, lr, mu):
    w = np.array(v, dtype=float)
    w *= mu
    w -= lr * np.asarray(grad)
    return [x + w, w]


@alternative("nesterov_lookahead_step", "a closure")
def lookahead_by_closure(x, v, gradient, lr, mu):
    def look():
        return mu * v + x

    new = -lr * gradient(look()) + mu * v
    return new + x, new


@alternative("nesterov_step", "the change of the velocity")
def nesterov_by_difference(x, v, grad, lr, mu):
    n = mu * v - lr * grad
    return x + mu * (n - v) + n, n


@alternative("pytorch_step", "multiplied out")
def pytorch_expanded(x, buf, grad, lr, mu):
    return x - lr * mu * buf - lr * grad, mu * buf + grad


@alternative("from_ewma", "a named tuple")
def ewma_named_tuple(lr, beta):
    import collections

    return collections.namedtuple("Pair", "lr mu")(-lr * (beta - 1), beta)


@alternative("optimal_momentum", "the ratio of the roots")
def optimal_by_ratio(eig_min, eig_max):
    import math

    r = math.sqrt(eig_min) / math.sqrt(eig_max)
    return (2 / math.sqrt(eig_max) / (1 + r)) ** 2, ((1 - r) / (1 + r)) ** 2


@alternative("train_momentum", "a generator, np.fromiter")
def train_by_generator(loss_and_gradient, x, lr, mu, steps):
    def path():
        p, v = x, np.zeros(np.shape(x))
        cost, g = loss_and_gradient(p)
        yield cost
        for _ in range(steps):
            v = mu * v - lr * g
            p = p + v
            cost, g = loss_and_gradient(p)
            yield cost

    return np.fromiter(path(), dtype=float, count=steps + 1)


@alternative("train_momentum", "no momentum in the first step, where there is no velocity yet")
def train_first_step_apart(loss_and_gradient, x, lr, mu, steps):
    v, losses = np.zeros_like(x), np.empty(steps + 1)
    for step in range(steps):
        losses[step], grad = loss_and_gradient(x)
        v = (mu if step else 0.0) * v - lr * grad
        x = x + v
    losses[steps] = loss_and_gradient(x)[0]
    return losses
