"""The course's rule for lateness, set in ``nbgrader_config.py``::

    c.LateRule.percent_per_day = 10     # of what was scored, for each day that has begun
    c.LateRule.grace_minutes = 15       # so late is not late
    c.LateRule.most_percent = 50        # never more than that
    c.LateRule.closed_after_days = 7    # what comes later scores nothing

A day is 24 hours from the student's own deadline, whatever clocks do in between. Without any of
these the rule is nbgrader's own (``LateSubmissionPlugin.penalty_method``), which takes nothing off
unless it is told to. A course's own plugin goes in its place as ever, in
``c.AssignLatePenalties.plugin_class``.
"""

from __future__ import annotations

import math

from nbgrader.plugins import LateSubmissionPlugin
from traitlets import Float, TraitError, validate

DAY = 86_400.0


class LateRule(LateSubmissionPlugin):
    """A part of the score for each day that has begun."""

    percent_per_day = Float(0.0, help="What comes off for each day that has begun").tag(config=True)
    grace_minutes = Float(0.0, help="What is later by no more than this is not late").tag(
        config=True
    )
    most_percent = Float(100.0, help="More never comes off").tag(config=True)
    closed_after_days = Float(0.0, help="What comes later scores nothing; 0: never closed").tag(
        config=True
    )

    @validate("percent_per_day", "grace_minutes", "most_percent", "closed_after_days")
    def _not_negative(self, proposal: dict[str, float]) -> float:
        value = float(proposal["value"])
        if not 0 <= value < math.inf:
            raise TraitError(f"a rule for lateness cannot be {value:g}")
        return value

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """The points that come off ``score``; None for what is not late."""
        if total_seconds_late <= 60 * self.grace_minutes:
            return None
        score = float(score)
        if self.closed_after_days and total_seconds_late > DAY * self.closed_after_days:
            return score
        if not self.percent_per_day:
            own: float | None = super().late_submission_penalty(
                student_id, score, total_seconds_late
            )
            return own
        days = math.ceil(total_seconds_late / DAY)
        percent = min(days * float(self.percent_per_day), float(self.most_percent), 100.0)
        return score * percent / 100.0
