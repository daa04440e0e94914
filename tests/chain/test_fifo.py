"""A FIFO topic: what a killed worker published is not seen twice, as far as can be promised."""

import pytest

from benchmarks.fifo import BATCH, FEW, full, partial
from consumer.sandbox.backends import Sandbox

pytestmark = pytest.mark.server

KILLS = 2


def test_the_repeat_of_a_full_batch_is_dropped(sandbox: Sandbox) -> None:
    """It is the same batch, so it has the same deduplication id."""
    figures = full(sandbox, KILLS)

    assert (figures["delivered"], figures["lost"]) == (BATCH * (KILLS + 2), 0)
    assert (figures["duplicates"], figures["out_of_order"]) == (0, 0)
    assert figures["received"] == KILLS + 2
    # The batch before is repeated too where its checkpoint was still being made.
    assert KILLS <= figures["sent"] - figures["received"] <= 2 * KILLS


def test_the_repeat_of_a_partial_batch_loses_nothing(sandbox: Sandbox) -> None:
    """It holds more than its first, so it must not be dropped: its id is another."""
    figures = partial(sandbox, KILLS)

    assert figures["delivered"] == figures["written"] > 0
    assert (figures["lost"], figures["out_of_order"]) == (0, 0)
    assert figures["duplicates"] == FEW * KILLS


def test_the_repeats_of_message_groups_are_dropped(sandbox: Sandbox) -> None:
    """What was collected together is cut again in the same way, so that ids are the same."""
    figures = full(sandbox, 1, "hash:2")

    assert (figures["delivered"], figures["lost"]) == (figures["written"], 0)
    assert (figures["duplicates"], figures["out_of_order"]) == (0, 0)
    assert figures["sent"] > figures["received"]


def test_partial_messages_of_groups_lose_nothing(sandbox: Sandbox) -> None:
    """Each item's changes come in order, whatever is repeated."""
    figures = partial(sandbox, 1, "item")

    assert figures["delivered"] == figures["written"] > 0
    assert (figures["lost"], figures["out_of_order"]) == (0, 0)
