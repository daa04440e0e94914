"""The publisher's own settings: keys that begin with `publisher.`."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from consumer.settings.forms import (
    ACCOUNT,
    BUCKET,
    FIFO_GROUP,
    MASK_KEY,
    PATHS,
    PATTERNS,
    QUEUE_URL,
    STREAM_ARN,
    SUBJECT,
    TABLE,
    TOPIC_ARN,
    account_of,
    region_of,
)
from consumer.settings.setting import Setting
from consumer.settings.variables import PUBLISHER_PREFIX


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherSettings:
    """What is published where, and how. Every record processor and every function gets all of it.

    A setting is declared here and nowhere else. Each field is the key `publisher.<name>` of the
    properties file and the environment variable `PUBLISHER_<NAME>`; its description stands in the
    documents.
    """

    PREFIX: ClassVar[str] = PUBLISHER_PREFIX

    table: Annotated[
        str | None,
        Setting("The table whose changes are published. Its stream is looked up.", form=TABLE),
    ] = None
    stream_arn: Annotated[
        str | None,
        Setting(
            "The stream's ARN, for a stream that is not the table's current one. An older stream "
            "of the same table needs an applicationName of its own.",
            form=STREAM_ARN,
        ),
    ] = None
    topic_arn: Annotated[str, Setting("The topic that gets the messages.", form=TOPIC_ARN)]
    batch_size: Annotated[
        int,
        Setting(
            "Records in one message. A larger number gives fewer and larger messages.",
            least=1,
            most=100,
        ),
    ] = 10
    batch_max_wait_millis: Annotated[
        int,
        Setting(
            "How long the oldest record of a partial batch waits for the batch to fill. This is "
            "checked at each call of the daemon, about every `idleTimeBetweenReadsInMillis`.",
            least=0,
            most=3_600_000,
        ),
    ] = 1000
    subject: Annotated[str, Setting("The Subject of every message.", form=SUBJECT)] = (
        "Publicação DynamoDB Stream"
    )
    entry_metadata: Annotated[
        bool,
        Setting(
            "Each entry also carries `eventID`, `keys`, `region`, `sequenceNumber`, `time`, and "
            "`userIdentity` where DynamoDB names who made the change, as it does for deletes by "
            "TTL. The message attribute `ttlDeletes` tells whether such deletes are in a message."
        ),
    ] = False
    plain_images: Annotated[
        bool, Setting("Images as plain JSON with exact numbers rather than as DynamoDB JSON.")
    ] = False
    envelope: Annotated[
        Literal["list", "cloudevents", "change"],
        Setting(
            "The form of a message: a JSON list of entries, a JSON list of CloudEvents 1.0 with an "
            "entry each, or one entry alone. With `change` a filter policy can choose single "
            "changes; ten messages leave in one call, and `publisher.batchSize` changes are "
            "collected for it."
        ),
    ] = "list"
    filter: Annotated[
        str | None,
        Setting(
            "The changes that are published: a pattern over the record, in the syntax of Lambda's "
            "event filtering. All others are filtered out. Several patterns, in a list or as "
            "FilterCriteria, are alternatives. docs/filters.md has the syntax.",
            form=PATTERNS,
        ),
    ] = None
    changed_attributes: Annotated[
        str | None,
        Setting(
            "A MODIFY is published only if one of these attributes has changed. Other changes are "
            "not concerned.",
            form=PATHS,
        ),
    ] = None
    include_attributes: Annotated[
        str | None,
        Setting(
            "The only attributes that images carry, by name or path. The item's key always stays.",
            form=PATHS,
        ),
    ] = None
    exclude_attributes: Annotated[
        str | None,
        Setting(
            "Attributes that images don't carry, by name or path. The item's key always stays.",
            form=PATHS,
        ),
    ] = None
    mask_attributes: Annotated[
        str | None,
        Setting(
            "Attributes in whose place images and keys carry a hash, made with "
            "`publisher.maskKey`. Equal values have equal hashes. Dead letters hold the whole "
            "record.",
            form=PATHS,
        ),
    ] = None
    mask_key: Annotated[
        str | None,
        Setting(
            "The secret key of those hashes. Only the environment can set it, from a secret store. "
            "It is never logged.",
            form=MASK_KEY,
            is_secret=True,
        ),
    ] = field(default=None, repr=False)
    drop_unchanged: Annotated[
        bool,
        Setting(
            "A MODIFY is filtered out if nothing has changed in what is left of its images. "
            "Attributes that are left out by `publisher.includeAttributes` or "
            "`publisher.excludeAttributes` don't count."
        ),
    ] = False
    claim_check_bucket: Annotated[
        str | None,
        Setting(
            "The S3 bucket for changes that are too large for the topic; a pointer to the change "
            "is published. Without a bucket such a change can't be published. A record that is too "
            "large for the dead-letter queue goes there too. It needs no further package.",
            form=BUCKET,
        ),
    ] = None
    claim_check_bucket_owner: Annotated[
        str | None,
        Setting(
            "The account that owns `publisher.claimCheckBucket`; without it, the topic's. S3 "
            "refuses the call if the bucket is another's.",
            form=ACCOUNT,
        ),
    ] = None
    on_poison: Annotated[
        Literal["stop", "dead-letter"],
        Setting(
            "What happens to a record that can't be published: its shard stops before it, or it "
            "goes to the dead-letter queue and reading goes on."
        ),
    ] = "stop"
    dead_letter_queue_url: Annotated[
        str | None,
        Setting(
            "The SQS queue that takes dead letters. `publisher.onPoison` = dead-letter needs it.",
            form=QUEUE_URL,
        ),
    ] = None
    dead_letter_max_percent: Annotated[
        int,
        Setting(
            "The largest share of a shard's latest 1,000 records that may be dead letters, in "
            "percent. A process that has just started counts the records since its start; ten dead "
            "letters are always allowed. Above this share the cause is not in the records, and the "
            "shard stops. 100 sets no limit.",
            least=1,
            most=100,
        ),
    ] = 10
    max_attempts: Annotated[
        int,
        Setting(
            "Maximum attempts for a message that keeps failing with a transient error, before its "
            "records become dead letters. 0 retries for as long as it takes. A failure that an "
            "operator can fix is never given up. Needs `publisher.onPoison` = dead-letter.",
            least=0,
        ),
    ] = 0
    max_record_age: Annotated[
        int,
        Setting(
            "Maximum age in seconds of the oldest change of a message that keeps failing with a "
            "transient error, before its records become dead letters. 0 retries for as long as it "
            "takes. After a stop longer than this, a message has one attempt only. Needs "
            "`publisher.onPoison` = dead-letter.",
            least=0,
        ),
    ] = 0
    max_in_flight: Annotated[
        int,
        Setting(
            "How many calls to SNS a shard may have under way side by side, each with up to ten "
            "messages. Two of them never hold changes of the same item. At a FIFO topic there is "
            "one call with one message, unless `publisher.fifoGroup` makes more groups. Ten take "
            "what one read gives. With fewer, fewer messages are repeated after a kill.",
            least=1,
            most=10,
        ),
    ] = 10
    fifo_group: Annotated[
        str,
        Setting(
            "What a FIFO topic keeps in order: the changes of a shard, of an item, or of the items "
            "with the same hash, in N groups. The groups of `item` and `hash:N` go over parent and "
            "child shards and are sent side by side; changes are collected until there are enough "
            "of them for full messages, or for `publisher.batchMaxWaitMillis`. Stop all workers "
            "before a change.",
            form=FIFO_GROUP,
        ),
    ] = "shard"
    retry_max_wait_millis: Annotated[
        int,
        Setting(
            "The longest wait between two attempts to publish after a transient error.",
            least=100,
            most=600_000,
        ),
    ] = 30_000
    operator_error_exit_after: Annotated[
        int,
        Setting(
            "Seconds after which a worker ends if nobody fixes its topic, permissions, key or "
            "credentials. 0 retries for ever, every 15 to 30 s, and logs the reason. Set it where "
            "a restart brings fresh credentials.",
            least=0,
        ),
    ] = 0
    shard_failures_before_exit: Annotated[
        int,
        Setting(
            "How often in a row one shard's record processor may fail before the worker ends; 0 "
            "never ends it. After each failure the shard is given up and taken again after a "
            "growing wait of up to a minute, while other shards go on.",
            least=0,
            for_daemon=True,
        ),
    ] = 10
    child_timeout_millis: Annotated[
        int,
        Setting(
            "How long a record processor may neither answer nor log before it counts as hung and "
            "is killed. It must be at least twice `publisher.retryMaxWaitMillis`, since a wait "
            "between two attempts gives no sign of life. A call to SNS alone may take 18 s.",
            least=1_000,
            for_daemon=True,
        ),
    ] = 300_000
    on_trimmed_data: Annotated[
        Literal["continue", "stop"],
        Setting(
            "What happens where records expired before they were read: reading goes on at the "
            "oldest kept and the gap is logged as `records_expired`, or the shard stands still.",
            for_daemon=True,
        ),
    ] = "continue"
    log_format: Annotated[
        Literal["json", "human"], Setting("`json` for CloudWatch, `human` for a terminal.")
    ] = "json"
    log_batches: Annotated[
        Literal["each", "totals"],
        Setting(
            "What a worker logs of messages that SNS took: a line for `each` message, or `totals` "
            "of a shard every 5 s. A line has some 474 bytes. At 1,000 changes a second they are "
            "124 GB a month, for 62 USD at CloudWatch's list price; totals are 0.1 USD a shard. "
            "With `publisher.logFormat` = human it is always totals, unless `publisher.logLevel` "
            "is DEBUG."
        ),
    ] = "each"
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARN", "ERROR"], Setting("The lowest level that is logged.")
    ] = "INFO"
    kcl_log_level: Annotated[
        Literal["DEBUG", "INFO", "WARN", "ERROR"],
        Setting(
            "The lowest level that is logged of KCL and the adapter. At INFO they log every call "
            "and, when they start, every setting."
        ),
    ] = "WARN"
    metrics: Annotated[
        Literal["emf", "none"],
        Setting(
            "`emf` writes metrics as lines of the log, from which CloudWatch takes them without an "
            "agent or a call; only with `publisher.logFormat` = json. `none` writes none. At "
            "CloudWatch's list price 19 metrics cost at most 5.70 USD a month for one application, "
            "however many workers and shards."
        ),
    ] = "emf"
    metrics_interval_millis: Annotated[
        int,
        Setting(
            "How often a record processor and the daemon write metrics, while there is anything to "
            "tell. It is a minute at most, since alarms count by the minute. A shorter interval "
            "costs space in the log, about 1 kB a line and shard.",
            least=1_000,
            most=60_000,
        ),
    ] = 60_000
    metrics_per_shard: Annotated[
        bool,
        Setting(
            "Also writes metrics for each shard. Each open shard costs as much again, and DynamoDB "
            "opens new ones every four hours."
        ),
    ] = False
    health_port: Annotated[
        int,
        Setting(
            "Port on which the daemon answers `GET /health`; 0 opens none. `stream-publisher "
            "health` asks there.",
            least=0,
            most=65_535,
            for_daemon=True,
        ),
    ] = 0
    health_host: Annotated[str, Setting("Address of that port.", for_daemon=True)] = "127.0.0.1"
    health_stuck_after_millis: Annotated[
        int,
        Setting(
            "How long a shard may stand still before the daemon reports itself unhealthy. A quiet "
            "shard doesn't stand still: it is read about once a second.",
            least=1_000,
            for_daemon=True,
        ),
    ] = 300_000
    jars: Annotated[
        str | None,
        Setting("The folder with the daemon's jars, where they are not in their usual place."),
    ] = None
    java_options: Annotated[
        str,
        Setting(
            "Options of the Java machine, split at spaces. The default has a small heap, the "
            "collector and compiler with the least memory and start time, and no file in /tmp; "
            "the machine ends when memory runs out. Hundreds of shards need more heap."
        ),
    ] = (
        "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData "
        "-XX:+ExitOnOutOfMemoryError"
    )
    allow_http_endpoints: Annotated[
        bool,
        Setting(
            "Endpoints of other machines may begin with http://, for an emulator in a network of "
            "your own. Others on the way can read what is sent there. Endpoints of this machine "
            "always may."
        ),
    ] = False

    @property
    def bucket_owner(self) -> str:
        """The account that owns the claim check's bucket."""
        return self.claim_check_bucket_owner or account_of(self.topic_arn)

    @property
    def metrics_period_millis(self) -> int:
        """How often metrics are written; 0 where there are none, as in a log for a person."""
        is_wanted = self.metrics == "emf" and self.log_format == "json"
        return self.metrics_interval_millis if is_wanted else 0

    def region_of(self, _service: str) -> str:
        """Return the region of the topic, the queue or the bucket: all are where the topic is.

        Args:
            _service: sns, sqs or s3.
        """
        return region_of(self.topic_arn)
