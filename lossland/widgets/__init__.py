"""Live widgets: the book's pictures that a reader can take hold of.

Each is an anywidget whose mathematics runs in the page, so that it lives in the static book with no
server. Its script is bundled from ``src/`` into ``static/`` by ``make widgets``.
"""

from lossland.widgets.base import BundleMissingError
from lossland.widgets.bias_variance import BiasVariance
from lossland.widgets.committee import Committee
from lossland.widgets.curve_through_points import CurveThroughPoints
from lossland.widgets.darts import Darts
from lossland.widgets.descent_map import DescentMap, NoisyDescent
from lossland.widgets.ensemble_lab import EnsembleLab
from lossland.widgets.finite_difference import FiniteDifference
from lossland.widgets.four_targets import FourTargets
from lossland.widgets.gradient_puzzle import GradientPuzzle
from lossland.widgets.gradient_step import GradientStep
from lossland.widgets.hinge_terms import HingeTerms
from lossland.widgets.hops import Hops
from lossland.widgets.learning_rate import LearningRate
from lossland.widgets.local_search import LocalSearch
from lossland.widgets.momentum_map import MomentumMap
from lossland.widgets.optimizer_race import OptimizerRace
from lossland.widgets.penalty_path import PenaltyPath
from lossland.widgets.phase_plane import PhasePlane
from lossland.widgets.plain_beside_momentum import PlainBesideMomentum
from lossland.widgets.tuning_budget import TuningBudget
from lossland.widgets.two_scales import TwoScales
from lossland.widgets.wiggly_fit import WigglyFit

__all__ = [
    "BiasVariance",
    "BundleMissingError",
    "Committee",
    "CurveThroughPoints",
    "Darts",
    "DescentMap",
    "EnsembleLab",
    "FiniteDifference",
    "FourTargets",
    "GradientPuzzle",
    "GradientStep",
    "HingeTerms",
    "Hops",
    "LearningRate",
    "LocalSearch",
    "MomentumMap",
    "NoisyDescent",
    "OptimizerRace",
    "PenaltyPath",
    "PhasePlane",
    "PlainBesideMomentum",
    "TuningBudget",
    "TwoScales",
    "WigglyFit",
]
