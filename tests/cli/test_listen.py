"""What `listen` shows of a message."""

import json
from datetime import UTC, datetime

import pytest

from consumer.adapters.subscription import Received
from consumer.cli.listen import _print_json, _print_row

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
