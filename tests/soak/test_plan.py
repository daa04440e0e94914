"""What a soak does when."""

from tests.soak.plan import Pace, fast_clock, steps

PACE = Pace(seconds=100, shards=4, roll_seconds=4, replace_seconds=30)


def test_each_shard_rolls_in_its_turn() -> None:
    """The dice of a step picks one of those that are open."""
    rolls = [step for step in steps(PACE, workers=2) if step.kind == "shard_rolled"]

    assert [step.at for step in rolls[:3]] == [4, 8, 12]
    assert [int(step.dice * PACE.shards) for step in rolls[:6]] == [0, 1, 2, 3, 0, 1]
    assert rolls[-1].at < PACE.seconds


def test_workers_are_replaced_in_turn() -> None:
    """Between rolls, in the order of time."""
    planned = steps(PACE, workers=2)
    stops = [step for step in planned if step.kind == "worker_stopped"]

    assert [(step.at, int(step.dice * 2)) for step in stops] == [(30, 0), (60, 1), (90, 0)]
    assert planned == sorted(planned, key=lambda step: step.at)


def test_a_shard_lives_for_four_hours_of_the_streams_time() -> None:
    """As DynamoDB has it; a day is six of these."""
    lives_seconds = PACE.roll_seconds * PACE.shards

    assert PACE.speed * lives_seconds == 4 * 3_600
    assert PACE.day_seconds == 6 * lives_seconds


def test_the_streams_time_never_passes_the_present() -> None:
    """A shard that is younger than now would never be old enough."""
    present = 1_700_000_000.0
    clock = fast_clock(900, 60, lambda: present)
    began = clock()
    present += 60

    assert began == 1_700_000_000 - 60 * 900
    assert clock() == 1_700_000_000
