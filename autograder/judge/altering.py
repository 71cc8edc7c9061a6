"""Changes of a test's own objects that the student's function made and the reference does not.

What a function does to its arguments is done to the test's, as it would be in one notebook. So it
could make a test compare nothing with nothing: ``x[:] = 0; return x`` is twice x. Where a test has
passed with a change that the reference does not make for the same call, it must pass without that
change as well; and what was changed so is put back before the next test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograder.recording import RecordedCall, replay


def of_its_own(calls: Sequence[RecordedCall], reference: Mapping[str, Any]) -> bool:
    """Whether one of these calls changed an argument that the reference leaves as it is."""
    for call in calls:
        function = reference.get(call.function)
        if not callable(function):
            continue
        try:
            expected = replay(call, function)
        except Exception:  # the reference cannot be asked for this
            return True
        if set(call.changed or ()) - set(expected.changed or ()):
            return True
    return False
