"""Named mistakes of problem set 5. Students whose answers agree with one are told its text."""

import numpy as np

from autograder.catalogue import mistake

# -- 1 momentum_step ----------------------------------------------------------------------


@mistake("momentum_step", "The gradient is added to the velocity, so every step goes uphill.")
def momentum_uphill(x, v, grad, lr, mu):
    v = mu * v + lr * grad
    return x + v, v


@mistake("momentum_step", "x moves by the velocity from before the step, not by the new one.")
def momentum_stale_velocity(x, v, grad, lr, mu):
    return x + v, mu * v - lr * grad


@mistake(
    "momentum_step",
    "The gradient is scaled by (1 − mu): that is the running mean of question 5, and lr means "
    "something else there.",
)
def momentum_running_mean(x, v, grad, lr, mu):
    v = mu * v - (1 - mu) * lr * grad
    return x + v, v


@mistake(
    "momentum_step",
    "The velocity is multiplied by (1 − mu): mu is the part that is kept, 1 − mu is the friction.",
)
def momentum_mu_as_friction(x, v, grad, lr, mu):
    v = (1 - mu) * v - lr * grad
    return x + v, v


@mistake("momentum_step", "The learning rate is missing: the gradient enters the velocity whole.")
def momentum_without_lr(x, v, grad, lr, mu):
    v = mu * v - grad
    return x + v, v


@mistake("momentum_step", "mu multiplies the new gradient too; it belongs to the velocity alone.")
def momentum_mu_on_everything(x, v, grad, lr, mu):
    v = mu * (v - lr * grad)
    return x + v, v


@mistake(
    "momentum_step",
    "The learning rate multiplies the old velocity again when x moves; v already contains it.",
)
def momentum_lr_on_velocity(x, v, grad, lr, mu):
    v = mu * v - grad
    return x + lr * v, v


@mistake("momentum_step", "x moves against the velocity: it must be x + v, for v points downhill.")
def momentum_x_minus_v(x, v, grad, lr, mu):
    v = mu * v - lr * grad
    return x - v, v


@mistake("momentum_step", "The two results come in the wrong order: x first, then v.")
def momentum_swapped(x, v, grad, lr, mu):
    v = mu * v - lr * grad
    return v, x + v


@mistake("momentum_step", "Only x is returned; the caller needs the new velocity as well.")
def momentum_only_x(x, v, grad, lr, mu):
    return x + mu * v - lr * grad


@mistake(
    "momentum_step",
    "This is plain gradient descent: the velocity from before the step is not used.",
)
def momentum_forgets_velocity(x, v, grad, lr, mu):
    v = -lr * grad
    return x + v, v


@mistake("momentum_step", "The new velocity is right, but the old one is what is returned.")
def momentum_returns_old_velocity(x, v, grad, lr, mu):
    return x + mu * v - lr * grad, v


@mistake("momentum_step", "The arrays x and v of the caller are changed in place by +=, -= or *=.")
def momentum_in_place(x, v, grad, lr, mu):
    v *= mu
    v -= lr * grad
    x += v
    return x, v


@mistake("momentum_step", "The computation is done in single precision (float32).")
def momentum_single_precision(x, v, grad, lr, mu):
    x, v, grad = (np.asarray(part, dtype=np.float32) for part in (x, v, grad))
    v = np.float32(mu) * v - np.float32(lr) * grad
    return (x + v).astype(np.float64), v.astype(np.float64)


@mistake("momentum_step", "It works for arrays only: a plain number has no shape and no copy().")
def momentum_arrays_only(x, v, grad, lr, mu):
    v = mu * v.copy() - lr * grad
    return x.copy() + v, v


# -- 2 nesterov_lookahead_step ------------------------------------------------------------


@mistake("nesterov_lookahead_step", "It looks back: the gradient is asked for at x − mu·v.")
def lookahead_looks_back(x, v, gradient, lr, mu):
    v = mu * v - lr * gradient(x - mu * v)
    return x + v, v


@mistake(
    "nesterov_lookahead_step",
    "It looks too far: the gradient is asked for at x + v, but the ball keeps only mu·v.",
)
def lookahead_without_mu(x, v, gradient, lr, mu):
    v = mu * v - lr * gradient(x + v)
    return x + v, v


@mistake(
    "nesterov_lookahead_step",
    "The gradient is asked for at x, where the ball is now: that is plain momentum.",
)
def lookahead_stays_at_x(x, v, gradient, lr, mu):
    v = mu * v - lr * gradient(x)
    return x + v, v


@mistake("nesterov_lookahead_step", "gradient is called twice for one step; keep what it returned.")
def lookahead_calls_twice(x, v, gradient, lr, mu):
    new_v = mu * v - lr * gradient(x + mu * v)
    return x + mu * v - lr * gradient(x + mu * v), new_v


@mistake(
    "nesterov_lookahead_step",
    "x moves from the look-ahead point instead of from x, so mu·v is counted twice.",
)
def lookahead_moves_from_ahead(x, v, gradient, lr, mu):
    ahead = x + mu * v
    v = mu * v - lr * gradient(ahead)
    return ahead + v, v


@mistake(
    "nesterov_lookahead_step",
    "What is returned as x is the next look-ahead point x + mu·v; here the point itself is wanted.",
)
def lookahead_returns_ahead(x, v, gradient, lr, mu):
    v = mu * v - lr * gradient(x + mu * v)
    return x + v + mu * v, v


@mistake(
    "nesterov_lookahead_step",
    "The gradient is added to the velocity, so every step goes uphill.",
)
def lookahead_uphill(x, v, gradient, lr, mu):
    v = mu * v + lr * gradient(x + mu * v)
    return x + v, v


@mistake(
    "nesterov_lookahead_step",
    "The gradient step is made from the look-ahead point, but the old velocity is forgotten "
    "in the new one.",
)
def lookahead_forgets_velocity(x, v, gradient, lr, mu):
    step = -lr * gradient(x + mu * v)
    return x + mu * v + step, step


@mistake(
    "nesterov_lookahead_step",
    "x moves by the velocity from before the step, not by the new one.",
)
def lookahead_stale_velocity(x, v, gradient, lr, mu):
    return x + v, mu * v - lr * gradient(x + mu * v)


@mistake(
    "nesterov_lookahead_step",
    "The array x of the caller is changed in place on the way to the look-ahead point.",
)
def lookahead_in_place(x, v, gradient, lr, mu):
    start = 1.0 * x
    x += mu * v
    v = mu * v - lr * gradient(x)
    return start + v, v


@mistake("nesterov_lookahead_step", "The two results come in the wrong order: x first, then v.")
def lookahead_swapped(x, v, gradient, lr, mu):
    v = mu * v - lr * gradient(x + mu * v)
    return v, x + v


# -- 3 nesterov_step ----------------------------------------------------------------------


@mistake(
    "nesterov_step",
    "The velocity is updated first and the mu²·v term then takes the new one. It must take the "
    "velocity from before the step. (A well-known book prints this.)",
)
def nesterov_velocity_first(x, v, grad, lr, mu):
    v = mu * v - lr * grad
    return x + mu**2 * v - (1 + mu) * lr * grad, v


@mistake(
    "nesterov_step",
    "The term −mu·v uses the new velocity, so only x + v is left of the step: plain momentum.",
)
def nesterov_plain_momentum(x, v, grad, lr, mu):
    v = mu * v - lr * grad
    return x - mu * v + (1 + mu) * v, v


@mistake("nesterov_step", "The factor (1 + mu) in front of the new velocity is missing.")
def nesterov_without_one_plus_mu(x, v, grad, lr, mu):
    new = mu * v - lr * grad
    return x - mu * v + new, new


@mistake("nesterov_step", "The old velocity is not taken back: the term −mu·v_old is missing.")
def nesterov_without_old_velocity(x, v, grad, lr, mu):
    v = mu * v - lr * grad
    return x + (1 + mu) * v, v


@mistake("nesterov_step", "The term with the old velocity has the wrong sign: it is −mu·v_old.")
def nesterov_old_velocity_added(x, v, grad, lr, mu):
    new = mu * v - lr * grad
    return x + mu * v + (1 + mu) * new, new


@mistake("nesterov_step", "The old and the new velocity are exchanged in the formula for x.")
def nesterov_velocities_exchanged(x, v, grad, lr, mu):
    new = mu * v - lr * grad
    return x - mu * new + (1 + mu) * v, new


@mistake("nesterov_step", "The gradient is added to the velocity, so every step goes uphill.")
def nesterov_uphill(x, v, grad, lr, mu):
    new = mu * v + lr * grad
    return x - mu * v + (1 + mu) * new, new


@mistake("nesterov_step", "With the old velocity put in, its factor is mu², not mu.")
def nesterov_mu_not_squared(x, v, grad, lr, mu):
    return x + mu * v - (1 + mu) * lr * grad, mu * v - lr * grad


@mistake("nesterov_step", "With the old velocity put in, the gradient's factor is (1 + mu)·lr.")
def nesterov_gradient_once(x, v, grad, lr, mu):
    return x + mu**2 * v - lr * grad, mu * v - lr * grad


@mistake("nesterov_step", "The old velocity is what is returned, although x moved by the new one.")
def nesterov_returns_old_velocity(x, v, grad, lr, mu):
    return x - mu * v + (1 + mu) * (mu * v - lr * grad), v


@mistake("nesterov_step", "The arrays x and v of the caller are changed in place by +=, -= or *=.")
def nesterov_in_place(x, v, grad, lr, mu):
    x -= mu * v
    v *= mu
    v -= lr * grad
    x += (1 + mu) * v
    return x, v


# -- 4 pytorch_step -----------------------------------------------------------------------


@mistake(
    "pytorch_step",
    "The learning rate is put into the buffer: then it is the velocity form with another sign, "
    "and a change of lr takes effect late.",
)
def pytorch_lr_in_buffer(x, buf, grad, lr, mu):
    buf = mu * buf + lr * grad
    return x - buf, buf


@mistake(
    "pytorch_step",
    "The gradient is scaled by (1 − mu): that is the running mean of question 5 (in PyTorch, "
    "dampening = mu).",
)
def pytorch_running_mean(x, buf, grad, lr, mu):
    buf = mu * buf + (1 - mu) * grad
    return x - lr * buf, buf


@mistake("pytorch_step", "x moves by the buffer from before the step, not by the new one.")
def pytorch_stale_buffer(x, buf, grad, lr, mu):
    return x - lr * buf, mu * buf + grad


@mistake("pytorch_step", "x moves by +lr·buf: the buffer holds gradients, which point uphill.")
def pytorch_uphill(x, buf, grad, lr, mu):
    buf = mu * buf + grad
    return x + lr * buf, buf


@mistake("pytorch_step", "The gradient enters the buffer with a minus and x with another.")
def pytorch_two_minuses(x, buf, grad, lr, mu):
    buf = mu * buf - grad
    return x - lr * buf, buf


@mistake("pytorch_step", "The learning rate is missing in the step of x.")
def pytorch_without_lr(x, buf, grad, lr, mu):
    buf = mu * buf + grad
    return x - buf, buf


@mistake("pytorch_step", "mu multiplies the new gradient too; it belongs to the old buffer alone.")
def pytorch_mu_on_everything(x, buf, grad, lr, mu):
    buf = mu * (buf + grad)
    return x - lr * buf, buf


@mistake("pytorch_step", "This is PyTorch's nesterov=True: x moves by grad + mu·buf, not by buf.")
def pytorch_nesterov(x, buf, grad, lr, mu):
    buf = mu * buf + grad
    return x - lr * (grad + mu * buf), buf


@mistake("pytorch_step", "The velocity −lr·buf is returned in place of the buffer.")
def pytorch_returns_velocity(x, buf, grad, lr, mu):
    step = -lr * (mu * buf + grad)
    return x + step, step


@mistake("pytorch_step", "The two results come in the wrong order: x first, then buf.")
def pytorch_swapped(x, buf, grad, lr, mu):
    buf = mu * buf + grad
    return buf, x - lr * buf


@mistake("pytorch_step", "The caller's buffer is changed in place by += or *=.")
def pytorch_in_place(x, buf, grad, lr, mu):
    buf *= mu
    buf += grad
    return x - lr * buf, buf


# -- 5 from_ewma --------------------------------------------------------------------------


@mistake(
    "from_ewma", "lr is passed on unchanged: a sum of gradients needs the smaller lr·(1−beta)."
)
def ewma_lr_unchanged(lr, beta):
    return lr, beta


@mistake("from_ewma", "lr is divided by (1 − beta): that is the way back, to the running mean.")
def ewma_divided(lr, beta):
    return lr / (1 - beta), beta


@mistake("from_ewma", "lr is multiplied by beta, where its factor is the gradient's, 1 − beta.")
def ewma_times_beta(lr, beta):
    return lr * beta, beta


@mistake("from_ewma", "The two results come in the wrong order: lr first, then mu.")
def ewma_swapped(lr, beta):
    return beta, lr * (1 - beta)


@mistake("from_ewma", "mu is 1 − beta: but both numbers are the part of the past that is kept.")
def ewma_mu_complement(lr, beta):
    return lr * (1 - beta), 1 - beta


@mistake("from_ewma", "lr has a minus: it is the velocity formula that holds the minus already.")
def ewma_negative(lr, beta):
    return -lr * (1 - beta), beta


@mistake("from_ewma", "mu is multiplied by the learning rate; it is beta itself.")
def ewma_mu_times_lr(lr, beta):
    return lr * (1 - beta), lr * beta


# -- 6 optimal_momentum -------------------------------------------------------------------


@mistake(
    "optimal_momentum", "The root of κ is missing in mu: these are gradient descent's numbers."
)
def optimal_kappa_unrooted(eig_min, eig_max):
    kappa = eig_max / eig_min
    return 4 / (np.sqrt(eig_min) + np.sqrt(eig_max)) ** 2, ((kappa - 1) / (kappa + 1)) ** 2


@mistake("optimal_momentum", "mu is not squared: (√κ−1)/(√κ+1) is the rate √mu, or Nesterov's mu.")
def optimal_mu_not_squared(eig_min, eig_max):
    low, high = np.sqrt(eig_min), np.sqrt(eig_max)
    return 4 / (low + high) ** 2, (high - low) / (high + low)


@mistake("optimal_momentum", "lr is gradient descent's best, 2/(eig_min + eig_max).")
def optimal_lr_of_descent(eig_min, eig_max):
    low, high = np.sqrt(eig_min), np.sqrt(eig_max)
    return 2 / (eig_min + eig_max), ((high - low) / (high + low)) ** 2


@mistake("optimal_momentum", "The roots are missing in lr: it is 4/(√eig_min + √eig_max)².")
def optimal_lr_unrooted(eig_min, eig_max):
    low, high = np.sqrt(eig_min), np.sqrt(eig_max)
    return 4 / (eig_min + eig_max), ((high - low) / (high + low)) ** 2


@mistake("optimal_momentum", "The square is missing in lr: it is 4/(√eig_min + √eig_max)².")
def optimal_lr_not_squared(eig_min, eig_max):
    low, high = np.sqrt(eig_min), np.sqrt(eig_max)
    return 4 / (low + high), ((high - low) / (high + low)) ** 2


@mistake("optimal_momentum", "lr is 1/eig_max, the safe choice of gradient descent.")
def optimal_lr_of_steepest(eig_min, eig_max):
    low, high = np.sqrt(eig_min), np.sqrt(eig_max)
    return 1 / eig_max, ((high - low) / (high + low)) ** 2


@mistake("optimal_momentum", "The two results come in the wrong order: lr first, then mu.")
def optimal_swapped(eig_min, eig_max):
    low, high = np.sqrt(eig_min), np.sqrt(eig_max)
    return ((high - low) / (high + low)) ** 2, 4 / (low + high) ** 2


@mistake(
    "optimal_momentum", "The 4 in lr has become a 2: (2/(√eig_min + √eig_max))² has it squared."
)
def optimal_lr_two(eig_min, eig_max):
    low, high = np.sqrt(eig_min), np.sqrt(eig_max)
    return 2 / (low + high) ** 2, ((high - low) / (high + low)) ** 2


@mistake("optimal_momentum", "mu is 1 minus what it should be: 0 is right for equal eigenvalues.")
def optimal_mu_complement(eig_min, eig_max):
    low, high = np.sqrt(eig_min), np.sqrt(eig_max)
    return 4 / (low + high) ** 2, 1 - ((high - low) / (high + low)) ** 2


# -- 7 train_momentum ---------------------------------------------------------------------


@mistake(
    "train_momentum", "The loss at the start is missing: the list begins after the first step."
)
def train_without_start(loss_and_gradient, x, lr, mu, steps):
    v, losses = np.zeros_like(x), []
    _, grad = loss_and_gradient(x)
    for _ in range(steps):
        v = mu * v - lr * grad
        x = x + v
        loss, grad = loss_and_gradient(x)
        losses.append(loss)
    return np.array(losses)


@mistake("train_momentum", "The loss at the final point is missing: it takes one more call.")
def train_without_end(loss_and_gradient, x, lr, mu, steps):
    v, losses = np.zeros_like(x), []
    for _ in range(steps):
        loss, grad = loss_and_gradient(x)
        losses.append(loss)
        v = mu * v - lr * grad
        x = x + v
    return np.array(losses)


@mistake("train_momentum", "One step too many: the array has steps + 2 losses.")
def train_one_step_more(loss_and_gradient, x, lr, mu, steps):
    v, losses = np.zeros_like(x), []
    for _ in range(steps + 2):
        loss, grad = loss_and_gradient(x)
        losses.append(loss)
        v = mu * v - lr * grad
        x = x + v
    return np.array(losses)


@mistake(
    "train_momentum",
    "The last loss is the one before the last step, written down twice; the final point was "
    "never evaluated.",
)
def train_last_loss_twice(loss_and_gradient, x, lr, mu, steps):
    v, losses = np.zeros_like(x), []
    for _ in range(steps):
        loss, grad = loss_and_gradient(x)
        losses.append(loss)
        v = mu * v - lr * grad
        x = x + v
    return np.array([*losses, losses[-1] if losses else loss_and_gradient(x)[0]])


@mistake(
    "train_momentum",
    "loss_and_gradient is called twice a step, once for the loss and once for the gradient.",
)
def train_two_calls_a_step(loss_and_gradient, x, lr, mu, steps):
    v, losses = np.zeros_like(x), [loss_and_gradient(x)[0]]
    for _ in range(steps):
        v = mu * v - lr * loss_and_gradient(x)[1]
        x = x + v
        losses.append(loss_and_gradient(x)[0])
    return np.array(losses)


@mistake("train_momentum", "There is one call too many, at the end of the run.")
def train_extra_call(loss_and_gradient, x, lr, mu, steps):
    v = np.zeros_like(x)
    loss, grad = loss_and_gradient(x)
    losses = [loss]
    for _ in range(steps):
        v = mu * v - lr * grad
        x = x + v
        loss, grad = loss_and_gradient(x)
        losses.append(loss)
    loss_and_gradient(x)
    return np.array(losses)


@mistake("train_momentum", "The velocity starts from 0 at every step: that is gradient descent.")
def train_resets_velocity(loss_and_gradient, x, lr, mu, steps):
    losses = []
    for _ in range(steps):
        v = np.zeros_like(x)
        loss, grad = loss_and_gradient(x)
        losses.append(loss)
        v = mu * v - lr * grad
        x = x + v
    return np.array([*losses, loss_and_gradient(x)[0]])


@mistake("train_momentum", "The run does not start from rest: v begins as −lr·gradient, not as 0.")
def train_starts_with_a_push(loss_and_gradient, x, lr, mu, steps):
    loss, grad = loss_and_gradient(x)
    losses, v = [loss], -lr * grad
    for _ in range(steps):
        v = mu * v - lr * grad
        x = x + v
        loss, grad = loss_and_gradient(x)
        losses.append(loss)
    return np.array(losses)


@mistake("train_momentum", "All steps use the gradient of the start; it must be fresh each time.")
def train_first_gradient_only(loss_and_gradient, x, lr, mu, steps):
    v = np.zeros_like(x)
    loss, grad = loss_and_gradient(x)
    losses = [loss]
    for _ in range(steps):
        v = mu * v - lr * grad
        x = x + v
        losses.append(loss_and_gradient(x)[0])
    return np.array(losses)


@mistake("train_momentum", "x moves by the velocity from before the step, not by the new one.")
def train_stale_velocity(loss_and_gradient, x, lr, mu, steps):
    v, losses = np.zeros_like(x), []
    for _ in range(steps):
        loss, grad = loss_and_gradient(x)
        losses.append(loss)
        x, v = x + v, mu * v - lr * grad
    return np.array([*losses, loss_and_gradient(x)[0]])


@mistake("train_momentum", "This is Nesterov's momentum: the gradients are taken at x + mu·v.")
def train_nesterov(loss_and_gradient, x, lr, mu, steps):
    v, losses = np.zeros_like(x), [loss_and_gradient(x)[0]]
    for _ in range(steps):
        v = mu * v - lr * loss_and_gradient(x + mu * v)[1]
        x = x + v
        losses.append(loss_and_gradient(x)[0])
    return np.array(losses)


@mistake("train_momentum", "The gradient is scaled by (1 − mu), as in the running mean.")
def train_running_mean(loss_and_gradient, x, lr, mu, steps):
    v, losses = np.zeros_like(x), []
    for _ in range(steps):
        loss, grad = loss_and_gradient(x)
        losses.append(loss)
        v = mu * v - (1 - mu) * lr * grad
        x = x + v
    return np.array([*losses, loss_and_gradient(x)[0]])


@mistake("train_momentum", "The losses are the best so far, not those of the run, which may rise.")
def train_best_so_far(loss_and_gradient, x, lr, mu, steps):
    v, losses = np.zeros_like(x), []
    for _ in range(steps):
        loss, grad = loss_and_gradient(x)
        losses.append(loss)
        v = mu * v - lr * grad
        x = x + v
    return np.minimum.accumulate([*losses, loss_and_gradient(x)[0]])


@mistake("train_momentum", "The caller's array x is changed in place by +=.")
def train_in_place(loss_and_gradient, x, lr, mu, steps):
    v, losses = np.zeros_like(x), []
    for _ in range(steps):
        loss, grad = loss_and_gradient(x)
        losses.append(loss)
        v = mu * v - lr * grad
        x += v
    return np.array([*losses, loss_and_gradient(x)[0]])


@mistake("train_momentum", "The run is computed in single precision (float32).")
def train_single_precision(loss_and_gradient, x, lr, mu, steps):
    x, losses = x.astype(np.float32), []
    v = np.zeros_like(x)
    for _ in range(steps):
        loss, grad = loss_and_gradient(x)
        losses.append(loss)
        v = np.float32(mu) * v - np.float32(lr) * grad.astype(np.float32)
        x = x + v
    return np.array([*losses, loss_and_gradient(x)[0]], dtype=np.float64)


@mistake("train_momentum", "A list is returned; an array is asked for.")
def train_returns_list(loss_and_gradient, x, lr, mu, steps):
    v, losses = np.zeros_like(x), []
    for _ in range(steps):
        loss, grad = loss_and_gradient(x)
        losses.append(float(loss))
        v = mu * v - lr * grad
        x = x + v
    return [*losses, float(loss_and_gradient(x)[0])]
