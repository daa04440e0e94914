"""Segments side by side: whoever waits for them learns how they end, and leaves none behind."""

import threading
from collections.abc import Callable

import pytest

from consumer.backfill.segment_threads import SegmentThreads


def ends(_is_stopped: Callable[[], bool]) -> None:
    """A segment that is done at once."""


def fails(_is_stopped: Callable[[], bool]) -> None:
    """A segment that can't be read."""
    raise ValueError("no such table")


def test_the_work_is_over_when_every_segment_is_done() -> None:
    """Not before: one of them waits here."""
    goes_on = threading.Event()
    threads = SegmentThreads([ends, lambda _: goes_on.wait() and None], threading.Event())

    assert threads.are_at_work(0.01)
    goes_on.set()
    assert not threads.are_at_work(30)


def test_one_that_fails_stops_all() -> None:
    """And whoever waits is told why, however long the others would have gone on."""
    stop = threading.Event()
    threads = SegmentThreads([lambda _: stop.wait() and None, fails], stop)

    with pytest.raises(ValueError, match="no such table"):
        threads.are_at_work(30)
    assert stop.is_set()


def test_a_stop_waits_for_what_the_topic_has_not_answered_yet() -> None:
    """Nothing more is read, and what was read is published."""
    stop, published = threading.Event(), []

    def works(is_stopped: Callable[[], bool]) -> None:
        stop.wait()
        threading.Event().wait(0.2)  # the topic takes a while to answer
        published.append(is_stopped())

    SegmentThreads([works], stop).stop()

    assert published == [True]
