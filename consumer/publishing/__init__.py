"""The promise: record, batch, message, publish, checkpoint. Pure: no I/O and no clock.

Read it downwards, from the bytes of a record to the checkpoint that is asked for:

1. `records`: a record of the stream, decoded. `snapshots`: an item of a table as such a record.
2. `batches`: records that leave as one message.
3. `messages`: a batch as SNS carries it; `plain_json`, `xml_safe` and `fifo_id` write its images,
   text and ids.
4. `split`: a batch cut to the size that the topic takes.
5. `claim_check`: a body that is still too large lies in S3 (`s3_location`).
6. `in_flight`: which messages are sent side by side, and how far the shard is published.
7. `dead_letter` and `poison`: a record that can't be published, and what becomes of it.
8. `shard`: what is held of a shard from one verb to the next.
9. `verb`: one verb publishes its records, and asks for checkpoints.
10. `processor`: KCL's five verbs.

Beside them, `ports` is what all this needs of the world, `errors` what can go wrong, `events` what
is logged, and `last_checkpoint` a checkpointer that remembers.
"""
