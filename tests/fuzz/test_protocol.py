"""Any lines from the daemon: an answer, or an end with a line of the log and a status."""

import io
import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from consumer.publishing.batches import Batcher
from consumer.publishing.processor import ShardProcessor
from consumer.worker.kcl import RecordProcessor, converse
from tests.fakes import FakeJournal, FakeTopic, a_processor
from tests.fuzz.attempt import attempt
from tests.fuzz.strategies import ANY_JSON

INITIALIZE = {
    "action": "initialize",
    "shardId": "shardId-1",
    "sequenceNumber": "TRIM_HORIZON",
    "subSequenceNumber": 0,
}
VERBS = ["processRecords", "leaseLost", "shardEnded", "shutdownRequested", "checkpoint", "record"]
ACTIONS = st.fixed_dictionaries(
    {"action": st.sampled_from(VERBS) | ANY_JSON},
    optional={
        "records": ANY_JSON
        | st.lists(
            st.fixed_dictionaries(
                {"action": st.just("record")},
                optional={"data": ANY_JSON, "sequenceNumber": ANY_JSON, "partitionKey": ANY_JSON},
            ),
            max_size=2,
        ),
        "millisBehindLatest": ANY_JSON,
        "error": ANY_JSON,
    },
)
LINES = st.lists(
    st.text(max_size=40).filter(lambda text: "\n" not in text and "\r" not in text)
    | ANY_JSON.map(json.dumps)
    | ACTIONS.map(json.dumps),
    max_size=3,
)


def talk(lines: list[str]) -> tuple[SystemExit | None, FakeJournal, list[dict[str, Any]]]:
    """What the lines lead to: an end of the process, the log, and what the daemon hears."""
    journal, answers = FakeJournal(), io.StringIO()

    def build(_shard_id: str) -> ShardProcessor:
        return a_processor(FakeTopic(), journal, batcher=Batcher(10, 0))

    said = io.StringIO("".join(line + "\n" for line in [json.dumps(INITIALIZE), *lines]))
    processor = RecordProcessor(build, journal)
    _, ended = attempt(SystemExit, lambda: converse(processor, journal, said, answers))
    return ended, journal, [json.loads(line) for line in answers.getvalue().splitlines() if line]


@given(lines=LINES)
@example(lines=["[" * 100_000])
@example(lines=["{}"])
@example(lines=['{"action": "nothing"}'])
@example(lines=['{"action": "processRecords", "records": [{"action": "record", "data": "*"}]}'])
def test_any_lines_are_answered_or_end_the_process_with_a_reason(lines: list[str]) -> None:
    """Never with an answer to what was not understood, and never without a word."""
    ended, journal, (first, *heard) = talk(lines)

    assert first == {"action": "status", "responseFor": "initialize"}
    if ended is None:
        # One for each line: done, or a checkpoint that is asked for and answered by the next.
        assert len(heard) == len(lines)
        assert "processor_failed" not in journal.events
    else:
        assert [each["action"] for each in heard].count("status") < len(lines)
        assert ended.code == 1
        assert journal.events[-1] in {"processor_failed", "record_refused"}
