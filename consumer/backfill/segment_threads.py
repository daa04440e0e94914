"""Segments at work side by side, each on a thread of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, wait
from functools import partial

from consumer.delivery.threads import begin

Work = Callable[[Callable[[], bool]], object]
"""Reads and publishes a segment until its end, or until what it is given tells it to stop."""

_GRACE_SECONDS = 10.0


class SegmentThreads:
    """Works until every segment is done, one fails, or all are told to stop.

    The threads don't keep the program from ending. A message for which SNS has not answered by
    then is published again after a resume.

    Args:
        segments: The work on each.
        stop: Set once no more is to be read.
    """

    def __init__(self, segments: Sequence[Work], stop: threading.Event) -> None:
        self._stop = stop
        self._outcomes = [begin(partial(self._run, work)) for work in segments]

    def are_at_work(self, seconds: float) -> bool:
        """Wait for so long at the most; return whether something is still to be done.

        Raises:
            BaseException: What a segment has failed for.
        """
        ended, at_work = wait(self._outcomes, seconds, FIRST_EXCEPTION)
        for outcome in ended:
            outcome.result()
        return bool(at_work)

    def stop(self) -> None:
        """Read no more, and wait a while until what was read is published."""
        self._stop.set()
        wait(self._outcomes, _GRACE_SECONDS)

    def _run(self, work: Work) -> None:
        try:
            work(self._stop.is_set)
        except BaseException:
            self._stop.set()
            raise
