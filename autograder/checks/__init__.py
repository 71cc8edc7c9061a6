"""What hidden tests are made of: each check either passes or raises one clear ``CheckFailed``.

A hidden test is ordinary Python. It runs in the judge, where the student's functions are
proxies, and equally in the instructor's own notebook::

    from autograder.checks import agrees, rng

    x, v, grad = rng("momentum").standard_normal((3, 7))
    agrees("momentum_step", momentum_step, x, v, grad, 0.2, 0.8,
           returns=("x", "v"), given="a vector of 7")
"""

from autograder.checks import evidence
from autograder.checks.calls import (
    Call,
    Counted,
    agrees,
    call,
    called_at,
    calls_made,
    parts,
    unchanged,
)
from autograder.checks.comparing import same
from autograder.checks.curves import band, curve
from autograder.checks.evidence import (
    allow_empty,
    allow_nonfinite,
    allow_shape,
    nonfinite_allowed,
)
from autograder.checks.failure import CheckFailed
from autograder.checks.gradients import analytic_gradient, burn_in, gradient_check
from autograder.checks.inputs import ANY_SHAPE, normals
from autograder.checks.submission import (
    VARIANTS,
    install_reference,
    install_submission,
    reference,
    rng,
    shuffled,
    variant_of,
)
from autograder.checks.visits import called_around, called_with

__all__ = [
    "ANY_SHAPE",
    "VARIANTS",
    "Call",
    "CheckFailed",
    "Counted",
    "agrees",
    "allow_empty",
    "allow_nonfinite",
    "allow_shape",
    "analytic_gradient",
    "band",
    "burn_in",
    "call",
    "called_around",
    "called_at",
    "called_with",
    "calls_made",
    "curve",
    "evidence",
    "gradient_check",
    "install_reference",
    "install_submission",
    "nonfinite_allowed",
    "normals",
    "parts",
    "reference",
    "rng",
    "same",
    "shuffled",
    "unchanged",
    "variant_of",
]
