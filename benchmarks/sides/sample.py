"""The kclpy sample's way: publish a batch, checkpoint it, take the next.

A record processor in the form of amazon-kclpy's own sample, run by the same daemon as ours:
https://github.com/awslabs/amazon-kinesis-client-python/blob/master/samples/sample_kclpy_app.py
Its `process_record` is where a user's work goes, and `checkpoint` retries as the sample's does.
The sample checkpoints once a minute, which repeats up to a minute's messages after a crash; here
each batch is checkpointed once it is published, which is what we promise.
"""

import json
import os
import sys
import time
from collections.abc import Sequence

import boto3
from amazon_kclpy import kcl, messages
from amazon_kclpy.v3 import processor

from benchmarks.sides.batches import batches, message

_CHECKPOINT_RETRIES = 5
_SLEEP_SECONDS = 5


class RecordProcessor(processor.RecordProcessorBase):  # type: ignore[misc]  # kclpy is untyped
    """Publishes each batch before it takes the next."""

    def __init__(self) -> None:
        self._topic_arn, self._table = os.environ["BENCH_TOPIC_ARN"], os.environ["BENCH_TABLE"]
        self._sns = boto3.client("sns")
        self._shard_id = ""

    def initialize(self, initialize_input: messages.InitializeInput) -> None:
        """Note the shard."""
        self._shard_id = initialize_input.shard_id
        sys.stderr.write('{"event": "processor_started"}\n')

    def process_records(self, process_records_input: messages.ProcessRecordsInput) -> None:
        """Publish and checkpoint, one batch after the other."""
        for batch in batches(process_records_input.records):
            self._publish(batch)
            last = batch[-1]
            self._checkpoint(
                process_records_input.checkpointer, last.sequence_number, last.sub_sequence_number
            )

    def lease_lost(self, lease_lost_input: messages.LeaseLostInput) -> None:
        """Nothing to do."""

    def shard_ended(self, shard_ended_input: messages.ShardEndedInput) -> None:
        """Checkpoint the end."""
        shard_ended_input.checkpointer.checkpoint()

    def shutdown_requested(self, shutdown_requested_input: messages.ShutdownRequestedInput) -> None:
        """Checkpoint what is done."""
        shutdown_requested_input.checkpointer.checkpoint()

    def _publish(self, batch: Sequence[messages.Record]) -> None:
        documents = [json.loads(record.binary_data) for record in batch]
        self._sns.publish(
            TopicArn=self._topic_arn, **message(self._table, self._shard_id, documents)
        )

    def _checkpoint(
        self, checkpointer: kcl.Checkpointer, sequence_number: str, sub_sequence_number: int
    ) -> None:
        for _ in range(_CHECKPOINT_RETRIES):
            try:
                checkpointer.checkpoint(sequence_number, sub_sequence_number)
            except kcl.CheckpointError as error:
                sys.stderr.write(f"checkpoint failed: {error}\n")
                time.sleep(_SLEEP_SECONDS)
            else:
                return


if __name__ == "__main__":
    kcl.KCLProcess(RecordProcessor()).run()
