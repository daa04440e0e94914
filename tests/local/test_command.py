"""What `listen` shows of a message."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from consumer.local.action import Options, show_arrivals
from consumer.local.screen import print_changes, print_json
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
    print_changes(POINTER)
    row = " ".join(capsys.readouterr().out.split())
    print_json(POINTER)
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
        show_arrivals("arn:aws:sns:eu-west-1:123456789012:changes", Options(1, 0, as_json=True))

    assert ended.value.code == 2
    assert "AWS_ENDPOINT_URL_SNS: is an http:// endpoint" in capsys.readouterr().err


def test_what_looks_like_markup_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """A topic takes messages of anybody."""
    batch = replace(
        POINTER,
        entries=({"eventName": "[/a-z]", "newImage": {"a": {"S": "shard-[a-z/]"}}},),
    )
    print_changes(batch)
    print_changes(replace(POINTER, message_id="m-[/c]"))
    shown = capsys.readouterr().out

    for part in ("[/a-z]", "a=shard-[a-z/]", "m-[/c]"):
        assert part in shown
