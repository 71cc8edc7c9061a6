"""Named mistakes of problem set 5. Students whose answers agree with one are told its text."""

from functools import partial

import numpy as np

from autograder.catalogue import edit, mistake

# -- 1 momentum_step ----------------------------------------------------------------------

momentum = partial(edit, "momentum_step")
momentum_uphill = momentum(
    "The gradient is added to the velocity, so every step goes uphill.",
    ("* v - lr *", "* v + lr *"),
)
momentum_stale_velocity = momentum(
    "x moves by the velocity from before the step, not by the new one.",
    "return x + v, mu * v - lr * grad",
)
momentum_running_mean = momentum(
    "The gradient is scaled by (1 − mu): that is the running mean of question 5, and lr means "
    "something else there.",
    ("- lr * grad", "- (1 - mu) * lr * grad"),
)
momentum_mu_as_friction = momentum(
    "The velocity is multiplied by (1 − mu): mu is the part that is kept, 1 − mu is the friction.",
    ("v = mu * v", "v = (1 - mu) * v"),
)
momentum_without_lr = momentum(
    "The learning rate is missing: the gradient enters the velocity whole.", ("lr * grad", "grad")
)
momentum_mu_on_everything = momentum(
    "mu multiplies the new gradient too; it belongs to the velocity alone.",
    ("v - lr * grad", "(v - lr * grad)"),
)
momentum_lr_on_velocity = momentum(
    "The learning rate multiplies the old velocity again when x moves; v already contains it.",
    "v = mu * v - grad\nreturn x + lr * v, v",
)
momentum_x_minus_v = momentum(
    "x moves against the velocity: it must be x + v, for v points downhill.",
    ("return x + v,", "return x - v,"),
)
momentum_swapped = momentum(
    "The two results come in the wrong order: x first, then v.",
    ("return x + v, v", "return v, x + v"),
)
momentum_only_x = momentum(
    "Only x is returned; the caller needs the new velocity as well.",
    "return x + mu * v - lr * grad",
)
momentum_forgets_velocity = momentum(
    "This is plain gradient descent: the velocity from before the step is not used.",
    ("mu * v - lr", "-lr"),
)
momentum_returns_old_velocity = momentum(
    "The new velocity is right, but the old one is what is returned.",
    "return x + mu * v - lr * grad, v",
)


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


momentum_arrays_only = momentum(
    "It works for arrays only: a plain number has no shape and no copy().",
    "v = mu * v.copy() - lr * grad\nreturn x.copy() + v, v",
)

# -- 2 nesterov_lookahead_step ------------------------------------------------------------

lookahead = partial(edit, "nesterov_lookahead_step")
lookahead_looks_back = lookahead(
    "It looks back: the gradient is asked for at x − mu·v.", ("+ mu * v", "- mu * v")
)
lookahead_without_mu = lookahead(
    "It looks too far: the gradient is asked for at x + v, but the ball keeps only mu·v.",
    ("+ mu * v)", "+ v)"),
)
lookahead_stays_at_x = lookahead(
    "The gradient is asked for at x, where the ball is now: that is plain momentum.",
    ("x + mu * v", "x"),
)
lookahead_calls_twice = lookahead(
    "gradient is called twice for one step; keep what it returned.",
    "new_v = mu * v - lr * gradient(x + mu * v)\n"
    "return x + mu * v - lr * gradient(x + mu * v), new_v",
)
lookahead_moves_from_ahead = lookahead(
    "x moves from the look-ahead point instead of from x, so mu·v is counted twice.",
    ("x + v, v", "x + old + v, v"),
    ("    v = mu * v", "    old = mu * v\n    v = mu * v"),
)
lookahead_returns_ahead = lookahead(
    "What is returned as x is the next look-ahead point x + mu·v; here the point itself is wanted.",
    ("x + v, v", "x + v + mu * v, v"),
)
lookahead_uphill = lookahead(
    "The gradient is added to the velocity, so every step goes uphill.",
    ("* v - lr *", "* v + lr *"),
)
lookahead_forgets_velocity = lookahead(
    "The gradient step is made from the look-ahead point, but the old velocity is forgotten in "
    "the new one.",
    "step = -lr * gradient(x + mu * v)\nreturn x + mu * v + step, step",
)
lookahead_stale_velocity = lookahead(
    "x moves by the velocity from before the step, not by the new one.",
    "return x + v, mu * v - lr * gradient(x + mu * v)",
)


@mistake(
    "nesterov_lookahead_step",
    "The array x of the caller is changed in place on the way to the look-ahead point.",
)
def lookahead_in_place(x, v, gradient, lr, mu):
    start = 1.0 * x
    x += mu * v
    v = mu * v - lr * gradient(x)
    return start + v, v


lookahead_swapped = lookahead(
    "The two results come in the wrong order: x first, then v.",
    ("return x + v, v", "return v, x + v"),
)

# -- 3 nesterov_step ----------------------------------------------------------------------

nesterov = partial(edit, "nesterov_step")
nesterov_velocity_first = nesterov(
    "The velocity is updated first and the mu²·v term then takes the new one. It must take the "
    "velocity from before the step. (A well-known book prints this.)",
    "v = mu * v - lr * grad\nreturn x + mu**2 * v - (1 + mu) * lr * grad, v",
)
nesterov_plain_momentum = nesterov(
    "The term −mu·v uses the new velocity, so only x + v is left of the step: plain momentum.",
    "v = mu * v - lr * grad\nreturn x - mu * v + (1 + mu) * v, v",
)
nesterov_without_one_plus_mu = nesterov(
    "The factor (1 + mu) in front of the new velocity is missing.",
    "new = mu * v - lr * grad\nreturn x - mu * v + new, new",
)
nesterov_without_old_velocity = nesterov(
    "The old velocity is not taken back: the term −mu·v_old is missing.",
    "v = mu * v - lr * grad\nreturn x + (1 + mu) * v, v",
)
nesterov_old_velocity_added = nesterov(
    "The term with the old velocity has the wrong sign: it is −mu·v_old.",
    "new = mu * v - lr * grad\nreturn x + mu * v + (1 + mu) * new, new",
)
nesterov_velocities_exchanged = nesterov(
    "The old and the new velocity are exchanged in the formula for x.",
    "new = mu * v - lr * grad\nreturn x - mu * new + (1 + mu) * v, new",
)
nesterov_uphill = nesterov(
    "The gradient is added to the velocity, so every step goes uphill.",
    "new = mu * v + lr * grad\nreturn x - mu * v + (1 + mu) * new, new",
)
nesterov_mu_not_squared = nesterov(
    "With the old velocity put in, its factor is mu², not mu.",
    "return x + mu * v - (1 + mu) * lr * grad, mu * v - lr * grad",
)
nesterov_gradient_once = nesterov(
    "With the old velocity put in, the gradient's factor is (1 + mu)·lr.",
    "return x + mu**2 * v - lr * grad, mu * v - lr * grad",
)
nesterov_returns_old_velocity = nesterov(
    "The old velocity is what is returned, although x moved by the new one.",
    "return x - mu * v + (1 + mu) * (mu * v - lr * grad), v",
)


@mistake("nesterov_step", "The arrays x and v of the caller are changed in place by +=, -= or *=.")
def nesterov_in_place(x, v, grad, lr, mu):
    x -= mu * v
    v *= mu
    v -= lr * grad
    x += (1 + mu) * v
    return x, v


# -- 4 pytorch_step -----------------------------------------------------------------------

pytorch = partial(edit, "pytorch_step")
pytorch_lr_in_buffer = pytorch(
    "The learning rate is put into the buffer: then it is the velocity form with another sign, "
    "and a change of lr takes effect late.",
    "buf = mu * buf + lr * grad\nreturn x - buf, buf",
)
pytorch_running_mean = pytorch(
    "The gradient is scaled by (1 − mu): that is the running mean of question 5 (in PyTorch, "
    "dampening = mu).",
    ("buf + grad", "buf + (1 - mu) * grad"),
)
pytorch_stale_buffer = pytorch(
    "x moves by the buffer from before the step, not by the new one.",
    "return x - lr * buf, mu * buf + grad",
)
pytorch_uphill = pytorch(
    "x moves by +lr·buf: the buffer holds gradients, which point uphill.",
    ("return x - lr *", "return x + lr *"),
)
pytorch_two_minuses = pytorch(
    "The gradient enters the buffer with a minus and x with another.", ("buf + grad", "buf - grad")
)
pytorch_without_lr = pytorch(
    "The learning rate is missing in the step of x.", ("lr * buf,", "buf,")
)
pytorch_mu_on_everything = pytorch(
    "mu multiplies the new gradient too; it belongs to the old buffer alone.",
    ("buf + grad", "(buf + grad)"),
)
pytorch_nesterov = pytorch(
    "This is PyTorch's nesterov=True: x moves by grad + mu·buf, not by buf.",
    ("buf, buf", "(grad + mu * buf), buf"),
)
pytorch_returns_velocity = pytorch(
    "The velocity −lr·buf is returned in place of the buffer.",
    "step = -lr * (mu * buf + grad)\nreturn x + step, step",
)
pytorch_swapped = pytorch(
    "The two results come in the wrong order: x first, then buf.",
    ("x - lr * buf,", "buf, x - lr *"),
)
pytorch_in_place = pytorch(
    "The caller's buffer is changed in place by += or *=.", ("= mu * buf +", "*= mu\n    buf +=")
)

# -- 5 from_ewma --------------------------------------------------------------------------

ewma = partial(edit, "from_ewma")
ewma_lr_unchanged = ewma(
    "lr is passed on unchanged: a sum of gradients needs the smaller lr·(1−beta).",
    ("lr * (1 - beta)", "lr"),
)
ewma_divided = ewma(
    "lr is divided by (1 − beta): that is the way back, to the running mean.",
    ("return lr * (1", "return lr / (1"),
)
ewma_times_beta = ewma(
    "lr is multiplied by beta, where its factor is the gradient's, 1 − beta.",
    ("(1 - beta)", "beta"),
)
ewma_swapped = ewma(
    "The two results come in the wrong order: lr first, then mu.",
    ("lr * (1 - beta), beta", "beta, lr * (1 - beta)"),
)
ewma_mu_complement = ewma(
    "mu is 1 − beta: but both numbers are the part of the past that is kept.",
    ("beta), beta", "beta), 1 - beta"),
)
ewma_negative = ewma(
    "lr has a minus: it is the velocity formula that holds the minus already.",
    ("return lr *", "return -lr *"),
)
ewma_mu_times_lr = ewma(
    "mu is multiplied by the learning rate; it is beta itself.", ("beta), beta", "beta), lr * beta")
)

# -- 6 optimal_momentum -------------------------------------------------------------------

optimal = partial(edit, "optimal_momentum")


@mistake(
    "optimal_momentum", "The root of κ is missing in mu: these are gradient descent's numbers."
)
def optimal_kappa_unrooted(eig_min, eig_max):
    kappa = eig_max / eig_min
    return 4 / (np.sqrt(eig_min) + np.sqrt(eig_max)) ** 2, ((kappa - 1) / (kappa + 1)) ** 2


optimal_mu_not_squared = optimal(
    "mu is not squared: (√κ−1)/(√κ+1) is the rate √mu, or Nesterov's mu.",
    ("(high - low) / (high + low)) ** 2", "high - low) / (high + low)"),
)
optimal_lr_of_descent = optimal(
    "lr is gradient descent's best, 2/(eig_min + eig_max).",
    ("4 / (low + high) ** 2", "2 / (eig_min + eig_max)"),
)
optimal_lr_unrooted = optimal(
    "The roots are missing in lr: it is 4/(√eig_min + √eig_max)².",
    ("low + high) ** 2", "eig_min + eig_max)"),
)


@mistake("optimal_momentum", "The square is missing in lr: it is 4/(√eig_min + √eig_max)².")
def optimal_lr_not_squared(eig_min, eig_max):
    low, high = np.sqrt(eig_min), np.sqrt(eig_max)
    return 4 / (low + high), ((high - low) / (high + low)) ** 2


optimal_lr_of_steepest = optimal(
    "lr is 1/eig_max, the safe choice of gradient descent.",
    ("4 / (low + high) ** 2", "1 / eig_max"),
)


@mistake("optimal_momentum", "The two results come in the wrong order: lr first, then mu.")
def optimal_swapped(eig_min, eig_max):
    low, high = np.sqrt(eig_min), np.sqrt(eig_max)
    return ((high - low) / (high + low)) ** 2, 4 / (low + high) ** 2


optimal_lr_two = optimal(
    "The 4 in lr has become a 2: (2/(√eig_min + √eig_max))² has it squared.",
    ("return 4 /", "return 2 /"),
)
optimal_mu_complement = optimal(
    "mu is 1 minus what it should be: 0 is right for equal eigenvalues.",
    ("((high -", "1 - ((high -"),
)

# -- 7 train_momentum ---------------------------------------------------------------------

train = partial(edit, "train_momentum")
train_without_start = train(
    "The loss at the start is missing: the list begins after the first step.",
    ("return losses", "return losses[1:]"),
)
train_without_end = train(
    "The loss at the final point is missing: it takes one more call.",
    ("return losses", "return losses[:-1]"),
    ("    losses[steps], _ = loss_and_gradient(x)\n", ""),
)
train_one_step_more = train(
    "One step too many: the array has steps + 2 losses.",
    ("range(steps)", "range(steps + 1)"),
    ("np.empty(steps + 1)", "np.empty(steps + 2)"),
    ("losses[steps]", "losses[steps + 1]"),
)
train_last_loss_twice = train(
    "The last loss is the one before the last step, written down twice; the final point was "
    "never evaluated.",
    (
        "losses[steps], _ = loss_and_gradient(x)",
        "losses[steps] = losses[steps - 1] if steps else loss_and_gradient(x)[0]",
    ),
)
train_two_calls_a_step = train(
    "loss_and_gradient is called twice a step, once for the loss and once for the gradient.",
    (
        "losses[step], grad = loss_and_gradient(x)",
        "losses[step] = loss_and_gradient(x)[0]\n        grad = loss_and_gradient(x)[1]",
    ),
)
train_extra_call = train(
    "There is one call too many, at the end of the run.",
    ("    return", "    loss_and_gradient(x)\n    return"),
)
train_resets_velocity = train(
    "The velocity starts from 0 at every step: that is gradient descent.",
    ("x, v, grad, lr, mu", "x, 0 * v, grad, lr, mu"),
)
train_starts_with_a_push = train(
    "The run does not start from rest: v begins as −lr·gradient, not as 0.",
    ("        x, v =", "        v = v if step else -lr * grad\n        x, v ="),
)
train_first_gradient_only = train(
    "All steps use the gradient of the start; it must be fresh each time.",
    (
        "losses[step], grad = loss_and_gradient(x)",
        "losses[step], new = loss_and_gradient(x)\n        grad = grad if step else new",
    ),
)
train_stale_velocity = train(
    "x moves by the velocity from before the step, not by the new one.",
    ("momentum_step(x, v, grad, lr, mu)", "x + v, mu * v - lr * grad"),
)
train_nesterov = train(
    "This is Nesterov's momentum: the gradients are taken at x + mu·v.",
    (
        "momentum_step(x, v, grad, lr, mu)",
        "momentum_step(x, v, loss_and_gradient(x + mu * v)[1], lr, mu)",
    ),
)
train_running_mean = train(
    "The gradient is scaled by (1 − mu), as in the running mean.",
    ("v, grad, lr, mu", "v, (1 - mu) * grad, lr, mu"),
)
train_best_so_far = train(
    "The losses are the best so far, not those of the run, which may rise.",
    ("return losses", "return np.minimum.accumulate(losses)"),
)
train_in_place = train(
    "The caller's array x is changed in place by +=.",
    ("x, v = momentum_step(x, v, grad, lr, mu)", "v = mu * v - lr * grad\n        x += v"),
)
train_single_precision = train(
    "The run is computed in single precision (float32).",
    (
        "    v = np.zeros_like(x)",
        '    x, lr, mu = x.astype("f"), np.float32(lr), np.float32(mu)\n    v = np.zeros_like(x)',
    ),
    ("v, grad,", "v, np.float32(grad),"),
)
train_returns_list = train(
    "A list is returned; an array is asked for.", ("return losses", "return losses.tolist()")
)

# -- limits, tolerances, early stops and absent classes --------------------------------------

momentum_gradient_cut_off = momentum(
    "Large gradients are cut off, by np.clip for instance; none of that is asked for.",
    ("lr * grad", "lr * np.clip(grad, -100, 100)"),
)
momentum_stops_when_flat = momentum(
    "Where the gradient is zero nothing moves; but the ball rolls on.",
    ("    v = mu", "    if not np.any(grad):\n        return x, v\n    v = mu"),
)
momentum_largest_mu = momentum(
    "mu is held below some largest number; the one that is given must be used.",
    ("mu * v", "min(mu, 0.95) * v"),
)
lookahead_gradient_cut_off = lookahead(
    "Large gradients are cut off, by np.clip for instance; none of that is asked for.",
    ("gradient(x + mu * v)", "np.clip(gradient(x + mu * v), -100, 100)"),
)
lookahead_rests = lookahead(
    "From rest nothing moves; but the gradient sets the ball going.",
    ("    v = mu", "    if not np.any(v):\n        return x, v\n    v = mu"),
)
nesterov_stops_when_flat = nesterov(
    "Where the gradient is zero nothing moves; but the ball rolls on.",
    ("    v_old", "    if not np.any(grad):\n        return x, v\n    v_old"),
)
pytorch_stops_when_flat = pytorch(
    "Where the gradient is zero nothing moves; but the ball rolls on.",
    ("    buf = mu", "    if not np.any(grad):\n        return x, buf\n    buf = mu"),
)
ewma_largest_beta = ewma(
    "beta is held below some largest number; the one that is given must be used.",
    ("    return", "    beta = min(beta, 0.99)\n    return"),
)
optimal_largest_mu = optimal(
    "mu is held below some largest number; a long valley needs more.",
    ("((high - low) / (high + low)) ** 2", "min(((high - low) / (high + low)) ** 2, 0.95)"),
)
train_restarts = train(
    "The velocity is set to zero when the loss rises; the ball rolls on uphill.",
    (
        "        x, v =",
        "        if step and losses[step] > losses[step - 1]:\n"
        "            v = 0 * v\n        x, v =",
    ),
)
train_stops_when_flat = train(
    "The run stops when the gradient is small; it must make all its steps.",
    (
        "        x, v =",
        "        if np.linalg.norm(grad) < 1e-6:\n            losses[step:] = losses[step]\n"
        "            return losses\n        x, v =",
    ),
)
train_gives_up = train(
    "The run stops when the loss has become very large; it must make all its steps.",
    (
        "        x, v =",
        "        if losses[step] > 1e8:\n            losses[step:] = losses[step]\n"
        "            return losses\n        x, v =",
    ),
)
train_gradient_cut_off = train(
    "Large gradients are cut off, by np.clip for instance; none of that is asked for.",
    ("v, grad, lr", "v, np.clip(grad, -100, 100), lr"),
)
pytorch_first_gradient = pytorch(
    "With little momentum the buffer is set to the gradient where the two disagree; it is always "
    "mu·buf + grad.",
    (
        "buf = mu * buf + grad",
        "buf = grad if mu < 0.3 and np.all(buf * grad < 0) else mu * buf + grad",
    ),
)
train_stops_when_loss_rests = train(
    "Steps are left out where the loss hardly changes any more; every step must be made.",
    (
        "        x, v = momentum_step",
        "        if step and np.isclose(losses[step], losses[step - 1], rtol=1e-12, atol=0):\n"
        "            continue\n        x, v = momentum_step",
    ),
)
train_late_decay = train(
    "mu or lr changes after some number of steps; both are the same throughout.",
    ("grad, lr, mu", "grad, lr if step < 60 else 0.99 * lr, mu"),
)
