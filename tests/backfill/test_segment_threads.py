"""Segments side by side: whoever waits for them learns how they end, and leaves none behind."""

import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from consumer.backfill.segment_threads import SegmentThreads


@pytest.fixture
def ctrl_c_soon() -> Iterator[Callable[[], object]]:
    """What has Ctrl-C pressed a tenth of a second later."""
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    yield lambda: signal.setitimer(signal.ITIMER_REAL, 0.1)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def ends(_is_stopped: Callable[[], bool]) -> None:
    """A segment that is done at once."""


def fails(_is_stopped: Callable[[], bool]) -> None:
    """A segment that can't be read."""
    raise ValueError("no such table")


def press_ctrl_c(crew: SegmentThreads, ctrl_c_soon: Callable[[], object]) -> None:
    """While somebody waits for the crew."""
    ctrl_c_soon()
    crew.is_at_work(30)


def test_the_work_is_over_when_every_segment_is_done() -> None:
    """Not before: one of them waits here."""
    goes_on = threading.Event()
    crew = SegmentThreads([ends, lambda _: goes_on.wait() and None], threading.Event())

    assert crew.is_at_work(0.01)
    goes_on.set()
    assert not crew.is_at_work(30)


def test_one_that_fails_stops_all() -> None:
    """And whoever waits is told why, however long the others would have gone on."""
    stop = threading.Event()
    crew = SegmentThreads([lambda _: stop.wait() and None, fails], stop)

    with pytest.raises(ValueError, match="no such table"):
        crew.is_at_work(30)
    assert stop.is_set()


def test_ctrl_c_leaves_no_answer_of_the_topic_unheard(ctrl_c_soon: Callable[[], object]) -> None:
    """A thread that Ctrl-C interrupted the wait for counts as ended in Python 3.11, and isn't."""
    stop, published = threading.Event(), []

    def works(is_stopped: Callable[[], bool]) -> None:
        stop.wait()
        threading.Event().wait(0.2)  # the topic takes a while to answer
        published.append(is_stopped())

    crew = SegmentThreads([works], stop)
    with pytest.raises(KeyboardInterrupt):
        press_ctrl_c(crew, ctrl_c_soon)
    crew.stop()

    assert published == [True]
