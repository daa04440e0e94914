"""What a record processor's events add up to."""

from typing import get_args

import pytest

from consumer.publishing.events import EventKey
from consumer.publishing.ports import Fact
from consumer.telemetry.metrics import METRICS, MOST_VALUES, OF_THE_DAEMON, Measures, MetricKey

NOW = 1_700_000_100_000.0


def published(records: int, millis: int) -> dict[str, Fact]:
    """The facts of a publish."""
    return {"records": records, "bytes": 100 * records, "attempts": 1, "publishMillis": millis}


def progress(oldest_at: float | None, behind: int | None = 0) -> dict[str, Fact]:
    """The facts of how far a shard is."""
    return {"millisBehindLatest": behind, "oldestUnpublishedAt": oldest_at}


def test_the_list_is_closed() -> None:
    """Each key has its unit and meaning."""
    assert set(METRICS) == set(get_args(MetricKey))


def test_counts_add_up_and_times_are_kept() -> None:
    """A sum says it all of a count; of times, percentiles are asked for."""
    measures = Measures()
    measures.learn("batch_published", published(10, 25), NOW)
    measures.learn("batch_published", published(7, 35), NOW)

    assert measures.take(NOW) == {
        "RecordsPublished": [17],
        "MessagesPublished": [2],
        "BytesPublished": [1700],
        "PublishTime": [25, 35],
        "PublishAttempts": [1, 1],
        "ShardHeartbeats": [1],
    }


@pytest.mark.parametrize(
    ("event", "facts", "key", "value"),
    [
        ("records_filtered", {"records": 7}, "RecordsFiltered", 7),
        ("publish_retried", {}, "PassingFailures", 1),
        ("publish_blocked", {}, "OperatorFailures", 1),
        ("batch_refused", {}, "BatchFailures", 1),
        ("record_dead_lettered", {}, "DeadLetters", 1),
        ("checkpoint_made", {"millis": 12}, "CheckpointTime", 12),
    ],
)
def test_an_event_adds_to_its_metric(
    event: EventKey, facts: dict[str, Fact], key: MetricKey, value: float
) -> None:
    """And to no other."""
    measures = Measures()
    measures.learn(event, facts, NOW)

    assert measures.take(NOW) == {key: [value], "ShardHeartbeats": [1]}


def test_what_was_taken_is_forgotten_and_the_heart_beats_on() -> None:
    """No record is counted twice, and silence is told from death."""
    measures = Measures()
    measures.learn("batch_published", published(10, 25), NOW)
    measures.take(NOW)

    assert measures.take(NOW) == {"ShardHeartbeats": [1]}


def test_an_age_is_the_greatest_since_the_last_line() -> None:
    """Catching up publishes old changes fast: between two lines none may be left of them."""
    measures = Measures()
    measures.learn("progress", progress(NOW - 7_000, behind=6_000), NOW)
    measures.learn("progress", progress(None, behind=10), NOW)
    taken = measures.take(NOW)

    assert (taken["OldestUnpublishedAge"], taken["TimeBehindLatest"]) == ([7.0], [6_000])
    assert measures.take(NOW)["OldestUnpublishedAge"] == [0.0]


def test_an_age_grows_while_nothing_else_is_heard() -> None:
    """A topic that is away holds up every delivery."""
    measures = Measures()
    measures.learn("progress", progress(NOW - 1_000), NOW)
    measures.take(NOW)

    assert measures.take(NOW + 60_000)["OldestUnpublishedAge"] == [61.0]


def test_a_clock_that_is_behind_the_tables_makes_no_age_below_0() -> None:
    """Hosts' clocks differ by some milliseconds."""
    measures = Measures()
    measures.learn("progress", progress(NOW + 50), NOW)

    assert measures.take(NOW)["OldestUnpublishedAge"] == [0.0]


def test_an_unknown_lag_has_no_value_and_an_unknown_age_is_none() -> None:
    """The daemon may not know how far it is."""
    measures = Measures()
    measures.learn("progress", progress(None, behind=None), NOW)

    assert measures.take(NOW) == {"OldestUnpublishedAge": [0.0], "ShardHeartbeats": [1]}


@pytest.mark.parametrize("event", ["lease_lost", "shard_ended", "shutdown_requested"])
def test_a_shard_that_is_over_has_no_age(event: EventKey) -> None:
    """What another holder publishes grows no older here."""
    measures = Measures()
    measures.learn("progress", progress(NOW - 1_000), NOW)
    measures.take(NOW)
    measures.learn(event, {}, NOW)

    assert measures.take(NOW) == {"ShardHeartbeats": [1]}


def test_a_line_is_full_before_cloudwatch_or_the_library_would_find_it_so() -> None:
    """Counts are never full."""
    measures = Measures()
    fullness = []
    for _ in range(MOST_VALUES):
        fullness.append(measures.is_full)
        measures.learn("batch_published", published(10, 25), NOW)
    fullness.append(measures.is_full)

    assert fullness == [False] * MOST_VALUES + [True]
    assert len(measures.take(NOW)["PublishTime"]) == MOST_VALUES < 100


def test_the_daemons_metrics_are_no_record_processors() -> None:
    """Nobody counts a restart twice."""
    measured = set(Measures().take(NOW))
    assert measured.isdisjoint(OF_THE_DAEMON)
    assert set(METRICS) > OF_THE_DAEMON
