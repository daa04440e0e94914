"""The README's subscriber, run as it stands against a worker that was killed again and again."""

import json
import re
import textwrap
from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from consumer.publishing.processor import RecordsInput
from tests.builders import FORM, raw_records
from tests.fakes import FakeCheckpointer, FakeJournal, FakeTopic, Fuse, Killed, a_processor
from tests.places import ROOT

RECORDS = 35
_BLOCKS = re.findall(r" *```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


def subscriber() -> Any:  # noqa: ANN401 - what the README defines
    """The function that the README shows."""
    (block,) = _BLOCKS
    defined: dict[str, Any] = {}
    exec(textwrap.dedent(block), defined)  # noqa: S102 - our own document
    return defined["receive"]


def live(topic: FakeTopic, checkpoints: FakeCheckpointer, lasts: int) -> None:
    """One life of a worker, which ends just before a checkpoint, or at the shard's end."""
    checkpointer = FakeCheckpointer(checkpoints.made)
    checkpointer.checkpoint = Fuse(lasts).before(checkpointer.checkpoint)  # type: ignore[method-assign,assignment]
    form = replace(FORM, entry_metadata=True)
    processor = a_processor(FakeTopic(topic.messages), FakeJournal(), form=form)
    begin = int(checkpoints.made[-1]) + 1 if checkpoints.made else 1
    processor.process_records(RecordsInput(raw_records(begin, RECORDS), None, 0.0), checkpointer)
    processor.shard_ended(checkpointer)


@given(st.lists(st.integers(0, 3), max_size=4))
def test_every_change_is_applied_once_whatever_repeats(lives: list[int]) -> None:
    """In order, too."""
    topic, checkpoints = FakeTopic(), FakeCheckpointer()
    for lasts in [*lives, 1000]:
        if "SHARD_END" not in checkpoints.made:
            try:
                live(topic, checkpoints, lasts)
            except Killed:
                continue
    applied: list[str] = []
    seen: set[str] = set()
    for message in topic.messages:
        subscriber()(message.body, seen, lambda change: applied.append(change["eventID"]))

    assert applied == [f"event-{number}" for number in range(1, RECORDS + 1)]


def test_there_are_repeats_to_drop() -> None:
    """Or the test above would say nothing."""
    topic, checkpoints = FakeTopic(), FakeCheckpointer()
    try:
        live(topic, checkpoints, 1)
    except Killed:
        live(topic, checkpoints, 1000)
    entries = [entry["eventID"] for message in topic.messages for entry in json.loads(message.body)]

    assert [event for event, times in Counter(entries).items() if times > 1]
