"""From kclpy's record processor to a `ShardProcessor`.

kclpy reports an action as done even when the processor raised. KCL would go on, and a later
checkpoint would pass what was lost. Only SystemExit gets through kclpy. So there is a guard around
each verb: any error ends the process, without an answer to the daemon.
"""

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from amazon_kclpy import kcl, messages
from amazon_kclpy.v3 import processor

from consumer.publishing.errors import DaemonError, OperatorError, PoisonError
from consumer.publishing.ports import Checkpointer, Journal
from consumer.publishing.processor import RecordsInput, ShardProcessor
from consumer.publishing.records import RawRecord
from consumer.worker.checkpointer import DaemonCheckpointer
from consumer.worker.shim import EXIT_FAILED

EXIT_WORKER = 3
"""No shard of this worker can go on; the daemon ends the worker."""


class RecordProcessor(processor.RecordProcessorBase):  # type: ignore[misc]  # kclpy is untyped
    """Hands KCL's five verbs to a `ShardProcessor`.

    Args:
        build: Makes the processor of a shard, once the daemon has named it.
        journal: Where failures are noted.
        clock: Seconds that never go back.
    """

    def __init__(
        self,
        build: Callable[[str], ShardProcessor],
        journal: Journal,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._build = build
        self._journal = journal
        self._clock = clock
        self._shard: ShardProcessor | None = None

    def initialize(self, initialize_input: messages.InitializeInput) -> None:
        """Learn the shard's id and where reading begins."""
        with _guard(self._journal):
            self._shard = self._build(initialize_input.shard_id)
            self._shard.initialize(str(initialize_input.sequence_number))

    def process_records(self, process_records_input: messages.ProcessRecordsInput) -> None:
        """Take the next records, possibly none."""
        with _guard(self._journal):
            self._started.process_records(
                RecordsInput(
                    records=map(_raw_record, process_records_input.records),
                    millis_behind_latest=process_records_input.millis_behind_latest,
                    now=self._clock(),
                ),
                self._checkpointer(process_records_input),
            )

    def lease_lost(self, _lease_lost_input: messages.LeaseLostInput) -> None:
        """Another worker holds the shard."""
        with _guard(self._journal):
            self._started.lease_lost()

    def shard_ended(self, shard_ended_input: messages.ShardEndedInput) -> None:
        """The shard has no more records."""
        with _guard(self._journal):
            self._started.shard_ended(self._checkpointer(shard_ended_input))

    def shutdown_requested(self, shutdown_requested_input: messages.ShutdownRequestedInput) -> None:
        """The daemon is about to stop."""
        with _guard(self._journal):
            self._started.shutdown_requested(self._checkpointer(shutdown_requested_input))

    def _checkpointer(self, action: Any) -> Checkpointer:  # noqa: ANN401 - kclpy is untyped
        return DaemonCheckpointer(action.checkpointer, self._journal, clock=self._clock)

    @property
    def _started(self) -> ShardProcessor:
        if self._shard is None:
            raise RuntimeError("the daemon sent an action before initialize")
        return self._shard


def converse(processor: RecordProcessor, journal: Journal, said: TextIO, answers: TextIO) -> None:
    """Handle the daemon's actions until it closes the pipe.

    Args:
        processor: Handles them.
        journal: Where it is noted that the daemon is gone, or breaks the protocol.
        said: The daemon's lines.
        answers: Where the answers are written.

    Raises:
        SystemExit: A verb failed, or the daemon broke the protocol.
    """
    with _guard(journal):
        # kclpy writes stack traces there, which would quote the daemon's lines with their images.
        unheard = io.StringIO()
        try:
            kcl.KCLProcess(processor, said, answers, unheard).run()
        except OSError:
            raise
        except Exception as error:
            # The error's text may quote the line, and with it images.
            what = type(error).__name__
            raise DaemonError(f"the daemon said what can't be understood ({what})") from error


@contextmanager
def _guard(journal: Journal) -> Iterator[None]:
    """End the process, without an answer to the daemon, on any error."""
    try:
        yield
    except BrokenPipeError as error:
        journal.note("daemon_gone")
        raise SystemExit(EXIT_FAILED) from error
    except PoisonError as error:
        journal.note("record_refused", sequenceNumber=error.sequence_number, error=error.reason)
        raise SystemExit(EXIT_FAILED) from error
    except Exception as error:
        journal.note("processor_failed", error=f"{type(error).__name__}: {error}")
        raise SystemExit(_status_after(error)) from error


def _status_after(error: Exception) -> int:
    """An operator's error is the same for every shard: they share topic and credentials."""
    return EXIT_WORKER if isinstance(error, OperatorError) else EXIT_FAILED


def _raw_record(record: messages.Record) -> RawRecord:
    return RawRecord(record.sequence_number, record.binary_data)
