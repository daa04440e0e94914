"""The publisher's own settings: keys that begin with `publisher.`."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from consumer.publishing.messages import DEFAULT_SUBJECT
from consumer.settings.formats import (
    check_bucket,
    check_queue_url,
    check_stream_arn,
    check_subject,
    check_table,
    check_topic_arn,
)


class PublisherSettings(BaseModel):
    """What is published where, and how.

    Each field is the key `publisher.<name>` of the properties file and the environment variable
    `PUBLISHER_<NAME>`; its description stands in the documents.
    """

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)

    table: Annotated[str, AfterValidator(check_table)] | None = Field(
        None,
        description="The table whose changes are published. Its stream is looked up.",
    )
    stream_arn: Annotated[str, AfterValidator(check_stream_arn)] | None = Field(
        None,
        description="The stream itself, where `publisher.table` is not enough: for example an "
        "older stream of the same table, with an applicationName of its own.",
    )
    topic_arn: Annotated[str, AfterValidator(check_topic_arn)] = Field(
        description="The topic that gets the messages.",
    )
    batch_size: int = Field(
        10, ge=1, le=100, description="Records in one message. More means fewer, larger messages."
    )
    batch_max_wait_millis: int = Field(
        1000,
        ge=0,
        le=3_600_000,
        description="How long the oldest record of a partial batch waits for the batch to fill. "
        "Looked at whenever the daemon calls, about every `idleTimeBetweenReadsInMillis`.",
    )
    subject: Annotated[str, AfterValidator(check_subject)] = Field(
        DEFAULT_SUBJECT, description="The Subject of every message."
    )
    entry_metadata: bool = Field(
        default=False,
        description="Each entry also carries `eventID`, `keys`, `sequenceNumber` and `time`.",
    )
    plain_images: bool = Field(
        default=False,
        description="Images as plain JSON with exact numbers rather than as DynamoDB JSON.",
    )
    claim_check_bucket: Annotated[str, AfterValidator(check_bucket)] | None = Field(
        None,
        description="The S3 bucket that takes the body of a change that is too large for the "
        "topic; a pointer to it is published. Without one such a change can't be published. A "
        "record that is too large for the dead-letter queue goes there too. Needs no package more.",
    )
    on_poison: Literal["stop", "dead-letter"] = Field(
        "stop",
        description="What becomes of a record that can't be published: its shard stops before "
        "it, or it goes to the dead-letter queue and reading goes on.",
    )
    dead_letter_queue_url: Annotated[str, AfterValidator(check_queue_url)] | None = Field(
        None,
        description="The SQS queue that takes dead letters. `publisher.onPoison` = dead-letter "
        "needs it.",
    )
    dead_letter_max_percent: int = Field(
        10,
        ge=1,
        le=100,
        description="How many of the latest 1,000 records of a shard may be dead letters. Fewer "
        "count after a start, and ten letters are always kept. Where more can't be published the "
        "fault is elsewhere, and the shard stops. 100 keeps all.",
    )
    max_attempts: int = Field(
        0,
        ge=0,
        description="How often a message is tried that fails in passing, before its records become "
        "dead letters. 0 tries for as long as it takes. What an operator can fix is never given "
        "up. Needs `publisher.onPoison` = dead-letter.",
    )
    max_record_age: int = Field(
        0,
        ge=0,
        description="How many seconds old the oldest change of a message may be that fails in "
        "passing, before its records become dead letters. 0 tries for as long as it takes. After "
        "a stop that was longer, the first failure is the last. Needs `publisher.onPoison` = "
        "dead-letter.",
    )
    max_in_flight: int = Field(
        10,
        ge=1,
        le=10,
        description="How many calls to SNS a shard may have under way side by side, each with up "
        "to ten messages. Never two that hold changes of the same item; at a FIFO topic one call "
        "with one message. Ten take what one read gives; fewer mean that fewer messages come again "
        "after a kill.",
    )
    retry_max_wait_millis: int = Field(
        30_000,
        ge=100,
        le=600_000,
        description="The longest wait between two tries of a publish that fails in passing.",
    )
    operator_error_exit_after: int = Field(
        0,
        ge=0,
        description="Seconds after which a worker ends whose topic, permissions, key or "
        "credentials nobody mends. 0 keeps trying, every 15 to 30 s, and says so in the log; set "
        "it where a restart brings fresh credentials.",
    )
    shard_failures_before_exit: int = Field(
        10,
        ge=0,
        description="A shard whose record processor fails is given up and taken again after a "
        "growing wait of up to a minute, while other shards go on. After so many failures in a row "
        "the worker ends; 0 never ends it.",
    )
    child_timeout_millis: int = Field(
        300_000,
        ge=1_000,
        description="How long a record processor may neither answer nor log before it counts as "
        "hung and is killed. At least twice `publisher.retryMaxWaitMillis`, since between two "
        "tries there is no sign of life; a call to SNS alone may take 18 s.",
    )
    on_trimmed_data: Literal["continue", "stop"] = Field(
        "continue",
        description="What happens where records expired before they were read: reading goes on at "
        "the oldest kept and the gap is logged as `records_expired`, or the shard stands still.",
    )
    log_format: Literal["json", "human"] = Field(
        "json", description="`json` for CloudWatch, `human` for a terminal."
    )
    log_level: Literal["DEBUG", "INFO", "WARN", "ERROR"] = Field(
        "INFO", description="The least level that is logged."
    )
    kcl_log_level: Literal["DEBUG", "INFO", "WARN", "ERROR"] = Field(
        "WARN",
        description="The same for KCL and the adapter, which at INFO log every call and, when they "
        "start, every setting.",
    )
    metrics: Literal["emf", "none"] = Field(
        "emf",
        description="`emf` writes metrics as lines of the log, from which CloudWatch takes them "
        "without an agent or a call; only with `publisher.logFormat` = json. `none` writes none. "
        "At CloudWatch's list price 16 metrics cost at most 4.80 USD a month for one application, "
        "however many workers and shards.",
    )
    metrics_interval_millis: int = Field(
        60_000,
        ge=1_000,
        le=60_000,
        description="How often a record processor and the daemon write such a line, while there "
        "is anything to tell; a minute at most, since alarms count by the minute. Shorter costs "
        "space in the log, about 1 kB a line and shard.",
    )
    metrics_per_shard: bool = Field(
        default=False,
        description="Metrics also for each shard. Costs as much again for each shard that is open, "
        "and DynamoDB opens new ones every four hours.",
    )
    health_port: int = Field(
        0,
        ge=0,
        le=65_535,
        description="Port on which the daemon answers `GET /health`; 0 answers nowhere. "
        "`stream-publisher health` asks there.",
    )
    health_host: str = Field("127.0.0.1", description="Address of that port.")
    health_stuck_after_millis: int = Field(
        300_000,
        ge=1_000,
        description="How long a shard may stand still before the daemon calls itself unhealthy. "
        "A quiet shard doesn't stand still: it is asked about once a second.",
    )
    jars: str | None = Field(
        None,
        description="The folder with the daemon's jars, where they are not in their usual place.",
    )
    java_options: str = Field(
        "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData "
        "-XX:+ExitOnOutOfMemoryError",
        description="Options of the Java machine, split at spaces. By default a small heap, the "
        "collector and the compiler that cost least memory and time to start, no file in /tmp, and "
        "an end where memory runs out. Give it more heap for hundreds of shards.",
    )
