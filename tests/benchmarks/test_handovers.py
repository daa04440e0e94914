"""Two readers of one shard at a time are found in the logs."""

from benchmarks.handovers import longest_overlap, spans


def line(second: int, event: str, shard: str = "a") -> dict[str, str]:
    """A line of a log."""
    return {"timestamp": f"2026-01-31T12:00:{second:02d}.000Z", "event": event, "shardId": shard}


def test_a_shard_is_read_from_a_record_processors_start_to_its_end() -> None:
    """One that hasn't ended ends with the log."""
    log = [line(1, "processor_started"), line(4, "shard_finished"), line(5, "processor_started")]

    found = [(shard, end - start) for shard, (start, end) in spans([*log, line(9, "other")])]
    assert found == [("a", 3.0), ("a", 4.0)]


def test_a_handover_without_an_overlap_has_none() -> None:
    """The next one begins when the last one has ended, or later; other shards don't count."""
    first = [line(1, "processor_started"), line(4, "shard_finished")]
    second = [line(2, "processor_started", "b"), line(4, "processor_started"), line(9, "other")]

    assert longest_overlap([first, second]) == 0


def test_the_longest_overlap_of_any_shard_counts() -> None:
    """In seconds."""
    first = [line(1, "processor_started"), line(9, "shard_finished")]
    second = [line(7, "processor_started"), line(20, "shard_finished")]

    assert longest_overlap([second, first]) == 2
