"""What `listen` shows of a message."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from consumer.local.action import _print_json, _print_row, show_arrivals
from consumer.local.subscription import Received

POINTER = Received(
    message_id="m-1",
    subject="Changes",
    body='["software.amazon.payloadoffloading.PayloadS3Pointer", {}]',
    entries=(),
    attributes={"ExtendedPayloadSize": 300_000},
    sent_at=datetime(2026, 1, 31, 12, tzinfo=UTC),
    mistake="s3://large-changes/k: GetObject is not allowed",
)


def test_a_pointer_that_cant_be_followed_is_shown_with_the_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """For a person and for a machine."""
    _print_row(POINTER)
    row = " ".join(capsys.readouterr().out.split())
    _print_json(POINTER)
    document = json.loads(capsys.readouterr().out)

    assert "s3://large-changes/k: GetObject is not allowed:" in row
    assert "PayloadS3Pointer" in row
    assert (document["mistake"], document["body"]) == (POINTER.mistake, POINTER.body)


def test_it_asks_no_endpoint_that_others_can_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a worker; it has no other settings."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SNS", "http://emulator:4566")
    with pytest.raises(SystemExit) as ended:
        show_arrivals("arn:aws:sns:eu-west-1:123456789012:changes", 1, 0, as_json=True)

    assert ended.value.code == 2
    assert "AWS_ENDPOINT_URL_SNS: is an http:// endpoint" in capsys.readouterr().err


def test_a_single_change_is_shown_with_its_sequence_number(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It has no first and last one."""
    change = replace(
        POINTER,
        entries=({"eventName": "INSERT"},),
        attributes={"shardId": "shardId-1", "sequenceNumber": "7"},
    )
    _print_row(change)

    assert "1 change: 1 INSERT shardId-1 7 m-1" in " ".join(capsys.readouterr().out.split())


def test_what_looks_like_markup_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """A topic takes messages of anybody."""
    batch = replace(
        POINTER,
        message_id="m-[/b]",
        entries=({"eventName": "[/a-z]"},),
        attributes={"shardId": "shard-[a-z/]"},
    )
    _print_row(batch)
    _print_row(replace(POINTER, message_id="m-[/c]"))
    shown = capsys.readouterr().out

    for part in ("1 [/a-z]", "shard-[a-z/]", "m-[/b]", "m-[/c]"):
        assert part in shown
