"""Settings reach the record processors as they were checked."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from consumer.publishing.grouping import Grouping
from consumer.publishing.records import decode_record
from consumer.settings.processor import ProcessorSettings
from tests.builders import a_raw_record
from tests.settings.samples import SETTINGS


def test_settings_survive_the_way_through_the_environment() -> None:
    """Text beyond ASCII too."""
    assert ProcessorSettings.from_environment(SETTINGS.to_environment()) == SETTINGS


@pytest.mark.parametrize(
    ("group", "collected", "most_groups", "most_changes"),
    [("shard", 10, 1, None), ("hash:8", 400, 8, 10), ("item", 100, 100, 10)],
)
def test_groups_decide_how_much_is_collected_and_sent_side_by_side(
    group: str, collected: int, most_groups: int, most_changes: int | None
) -> None:
    """A shard is one group, whose batches leave as they are."""
    settings = replace(SETTINGS, fifo_group=group)

    assert (settings.collected, settings.most_groups) == (collected, most_groups)
    assert settings.form("shardId-1").most_changes == most_changes
    assert settings.form("shardId-1").grouping == Grouping.read(group)


def test_a_record_processor_started_by_hand_says_how_it_is_started() -> None:
    """One line on stderr, nothing on stdout, status 2."""
    done = subprocess.run(
        [sys.executable, "-m", "consumer.worker.record_processor"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert "stream-publisher run" in done.stderr


def test_settings_say_what_is_published() -> None:
    """By default all of it."""
    inserts = '{"eventName": ["INSERT"]}'
    chosen = replace(SETTINGS, filter=inserts, exclude_attributes="amount", drop_unchanged=True)
    masked = replace(SETTINGS, mask_attributes="amount", mask_key="0123456789abcdef")
    insert, modify = (decode_record(a_raw_record(1, name)) for name in ("INSERT", "MODIFY"))
    selected, hashed = chosen.selection().select(insert), masked.selection().select(insert)

    assert SETTINGS.selection().select(modify) is modify
    assert chosen.selection().select(modify) is None
    assert selected
    assert selected.new_image == {"id": {"S": "item-1"}}
    assert hashed
    assert hashed.new_image
    assert len(hashed.new_image["amount"]["S"]) == 64


def test_a_changed_attribute_is_named_by_its_setting() -> None:
    """The images of this record are the same."""
    named = replace(SETTINGS, changed_attributes="amount")
    included = replace(SETTINGS, include_attributes="amount", drop_unchanged=True)

    for settings in (named, included):
        assert settings.selection().select(decode_record(a_raw_record(1))) is None


def test_the_mask_key_is_not_shown_with_the_settings() -> None:
    """Wherever they are printed."""
    masked = replace(SETTINGS, mask_attributes="amount", mask_key="0123456789abcdef")

    assert "0123456789abcdef" not in repr(masked)
