"""The keys of the Kinesis Client Library's daemon, under their own names.

A key without a default here is not handed on, so that KCL's own default holds. Bounds are those
within which KCL does what it is told: it takes 0 for 'not set', cuts what is too large for an int,
and refuses other values long after the start, or never. tests/settings compares this list with the
daemon.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from consumer.settings.forms import (
    APPLICATION_NAME,
    LONG_DURATION,
    NOT_BLANK,
    PROGRAM,
    STREAM_ARN,
    TABLE,
    TAGS,
)
from consumer.settings.setting import Setting

REFUSED: Mapping[str, str] = {
    "streamArn": "takes streams of Kinesis only; set publisher.streamArn",
    "retrievalMode": "streams of DynamoDB are polled, there is no other way; remove it",
    "kinesisEndpoint": "is not read; set AWS_ENDPOINT_URL_DYNAMODB_STREAMS, which is",
    "workerIdentifier": "is called workerId; rename it",
    "initialPositionInStreamExtended": "is called initialPositionInStream; rename it",
    "timeoutInSeconds": "ends the worker, with all its shards, when one record processor is slow; "
    "set publisher.childTimeoutMillis, which ends that one alone",
    "shardPrioritization": "the daemon can't read any value of it; remove it",
    "cleanupLeasesUponShardCompletion": "is always true: the daemon can't be told false; remove it",
}
"""Keys that the daemon knows and that can't mean anything here, each with what to do."""

BillingMode = Literal["PAY_PER_REQUEST", "PROVISIONED"]

OWN_PROCESSOR = "stream-publisher-processor"

_JAVA_INT = 2_147_483_647
_MINUTE, _TEN_MINUTES, _HOUR = 60_000, 600_000, 3_600_000
_WITHOUT_EFFECT = "Known to KCL, and without effect on the stream of a table."


@dataclass(frozen=True, slots=True, kw_only=True)
class KclSettings:
    """Keys of the daemon. Each is also the environment variable `KCL_<NAME>`."""

    PREFIX: ClassVar[str] = ""

    application_name: Annotated[
        str,
        Setting(
            "The name of the lease table. Workers with the same name share the shards. Each "
            "stream, and each program that wants every change, needs a name of its own.",
            form=APPLICATION_NAME,
        ),
    ]
    executable_name: Annotated[
        str,
        Setting(
            "The record processor, started once for each shard; split at spaces. Change it to run "
            "another program of the multilang protocol.",
            form=PROGRAM,
        ),
    ] = OWN_PROCESSOR
    stream_name: Annotated[
        str | None,
        Setting("The stream's ARN, KCL's name for `publisher.streamArn`.", form=STREAM_ARN),
    ] = None
    aws_credentials_provider: Annotated[
        str,
        Setting(
            "Where the daemon finds credentials. The default looks where every SDK looks: "
            "environment, files, the container's role, the instance's role.",
            key="AwsCredentialsProvider",
        ),
    ] = "DefaultCredentialsProvider"
    worker_id: Annotated[
        str | None,
        Setting(
            "This worker's name in the lease table. By default it is the host's name and, for a "
            "second worker on the host, a number: a restarted worker takes its own leases back in "
            "seconds, while one with a new name waits for half a minute. Set it where hosts' names "
            "change at every start, for example to a container's slot. No two workers may have the "
            "same name: they would take each other's shards in turn.",
            form=NOT_BLANK,
        ),
    ] = None
    initial_position_in_stream: Annotated[
        Literal["TRIM_HORIZON", "LATEST"],
        Setting(
            "Where reading begins while the lease table is empty: at the oldest record kept (24 "
            "hours), so that nothing is missed, or with LATEST at what comes after the start. "
            "To find that place, the first start reads what the open shards have."
        ),
    ] = "TRIM_HORIZON"
    region_name: Annotated[str | None, Setting("The region, where AWS_REGION doesn't name it.")] = (
        None
    )
    call_process_records_even_for_empty_record_list: Annotated[
        bool,
        Setting(
            "Calls the record processor on a quiet shard too. Partial batches and the health check "
            "depend on these calls; leave it on. Costs no call to AWS."
        ),
    ] = True
    max_records: Annotated[
        int,
        Setting(
            "Records of one read. DynamoDB gives 1,000 at the most; set fewer only where a record "
            "processor must save memory.",
            least=1,
            most=1000,
        ),
    ] = 1000
    idle_time_between_reads_in_millis: Annotated[
        int,
        Setting(
            "Pause between two reads of a shard; twice as long while it is quiet, and nearly none "
            "while more waits to be read. It is most of the time from a change to its message. "
            "Costs 120 GetRecords a minute for a quiet shard, 240 for a busy one. 1000 costs a "
            "quarter; set it where others read the stream too.",
            least=200,
            most=_MINUTE,
        ),
    ] = 250
    shutdown_grace_millis: Annotated[
        int,
        Setting(
            "How long a stopping worker may take to publish what it holds and give its leases "
            "back. KCL's own default is not to wait at all. Keep it below the time after which the "
            "service manager kills.",
            least=1,
            most=_HOUR,
        ),
    ] = 60_000
    failover_time_millis: Annotated[
        int,
        Setting(
            "A lease that is not renewed for so long is given to another worker, by the fleet's "
            "leader. This bounds the outage after a crash; it doubles if the crashed worker was "
            "the leader. Renewing costs about 20 writes a minute and shard, and more with a "
            "shorter time.",
            least=1_000,
            most=_TEN_MINUTES,
        ),
    ] = 10_000
    shard_sync_interval_millis: Annotated[
        int,
        Setting(
            "How long KCL sleeps before the first sync of shards of a new lease table. KCL's own "
            "60000 make a first start a minute longer. Costs nothing later.",
            least=1,
            most=10_000,
        ),
    ] = 1
    lease_assignment_interval_millis: Annotated[
        int,
        Setting(
            "How often leases without a holder are looked for and handed out. Costs 240 small "
            "reads a minute (scans by the fleet's leader, queries by each worker). KCL's own 20000 "
            "cost 12, and make every start and take-over up to 20 s longer.",
            least=200,
            most=_TEN_MINUTES,
        ),
    ] = 1_000
    worker_metrics_reporter_freq_in_millis: Annotated[
        int,
        Setting(
            "How often a worker reports its load; before the first report it is given no lease. "
            "Costs 60 writes a minute and worker. KCL's own 30000 cost 2, and make a first start "
            "up to 30 s longer.",
            least=1_000,
            most=_MINUTE,
        ),
    ] = 1_000
    in_memory_worker_metrics_capture_frequency_millis: Annotated[
        int,
        Setting(
            "How often that load is measured, at least once between two reports. Costs no call to "
            "AWS.",
            least=100,
            most=_MINUTE,
        ),
    ] = 1_000
    parent_shard_poll_interval_millis: Annotated[
        int,
        Setting(
            "How often a child shard checks whether its parent is read to its end. Costs 30 reads "
            "a minute while it waits. KCL's own 10000 cost 6, and may delay the child's first "
            "record by 10 s, every four hours or so, when DynamoDB rolls its shards over.",
            least=100,
            most=_MINUTE,
        ),
    ] = 2_000
    metrics_level: Annotated[
        Literal["NONE", "SUMMARY", "DETAILED"],
        Setting(
            "KCL's own CloudWatch metrics, which cost money for each shard. KCL's own default is "
            "DETAILED."
        ),
    ] = "NONE"
    max_active_threads: Annotated[
        int | None,
        Setting(
            "Only 0, no limit, works: each shard needs three threads, and with fewer none of them "
            "would start.",
            least=0,
            most=0,
        ),
    ] = None
    processing_language: Annotated[str | None, Setting(_WITHOUT_EFFECT)] = None
    table_name: Annotated[
        str | None,
        Setting("The lease table, where its name is not `applicationName`.", form=TABLE),
    ] = None
    max_leases_for_worker: Annotated[
        int | None,
        Setting(
            "The most shards that this worker takes. Set it where a worker's memory allows only so "
            "many record processors, of 20 MB each, 45 MB where they aren't forked. KCL's own: no "
            "limit.",
            least=1,
            most=_JAVA_INT,
        ),
    ] = None
    max_leases_to_steal_at_one_time: Annotated[
        int | None,
        Setting(
            "Leases taken in one round while a fleet migrates from KCL 2. KCL's own: 1.",
            least=1,
            most=_JAVA_INT,
        ),
    ] = None
    max_lease_renewal_threads: Annotated[
        int | None,
        Setting(
            "Threads that renew leases. A worker with hundreds of shards needs more. KCL's "
            "own: 20.",
            least=2,
            most=1_000,
        ),
    ] = None
    enable_priority_lease_assignment: Annotated[
        bool | None,
        Setting("Takes leases that expired long ago first. KCL's own: true."),
    ] = None
    ignore_unexpected_child_shards: Annotated[
        bool | None, Setting("Goes on when a child shard's parent is unknown. KCL's own: false.")
    ] = None
    skip_shard_sync_at_worker_initialization_if_leases_exist: Annotated[
        bool | None, Setting(_WITHOUT_EFFECT)
    ] = None
    scheduler_initialization_backoff_time_millis: Annotated[
        int | None,
        Setting(
            "Pause after a failed start; after 20 of them KCL gives up. KCL's own: 1000.",
            least=1,
            most=_MINUTE,
        ),
    ] = None
    task_backoff_time_millis: Annotated[
        int | None,
        Setting("Pause after a failed read or task. KCL's own: 500.", least=50, most=_MINUTE),
    ] = None
    log_warning_for_task_after_millis: Annotated[
        int | None,
        Setting(
            "Logs a warning for each task that takes longer. KCL's own: never.",
            least=1,
            most=_JAVA_INT,
        ),
    ] = None
    list_shards_backoff_time_in_millis: Annotated[
        int | None, Setting(_WITHOUT_EFFECT, least=1, most=_JAVA_INT)
    ] = None
    max_list_shards_retry_attempts: Annotated[
        int | None, Setting(_WITHOUT_EFFECT, least=1, most=_JAVA_INT)
    ] = None
    validate_sequence_number_before_checkpointing: Annotated[
        bool | None, Setting(_WITHOUT_EFFECT)
    ] = None
    client_version_config: Annotated[
        Literal["CLIENT_VERSION_CONFIG_COMPATIBLE_WITH_2X", "CLIENT_VERSION_CONFIG_3X"] | None,
        Setting("Set to the 2X value while a fleet migrates from KCL 2. KCL's own: the 3X value."),
    ] = None
    metrics_buffer_time_millis: Annotated[
        int | None,
        Setting(
            "How often KCL's metrics are sent, with `metricsLevel` above NONE. KCL's own: 10000.",
            least=1_000,
            most=_TEN_MINUTES,
        ),
    ] = None
    metrics_max_queue_size: Annotated[
        int | None,
        Setting(
            "KCL's metrics kept in memory until they are sent. KCL's own: 10000.",
            least=1,
            most=100_000,
        ),
    ] = None
    metrics_enabled_dimensions: Annotated[
        str | None, Setting("Dimensions of KCL's metrics. KCL's own: ALL.")
    ] = None
    initial_lease_table_read_capacity: Annotated[
        int | None,
        Setting(
            "Read capacity of a lease table that is provisioned. KCL's own: 10.",
            least=1,
            most=_JAVA_INT,
        ),
    ] = None
    initial_lease_table_write_capacity: Annotated[
        int | None,
        Setting(
            "Write capacity of a lease table that is provisioned. KCL's own: 10.",
            least=1,
            most=_JAVA_INT,
        ),
    ] = None
    lease_table_deletion_protection_enabled: Annotated[
        bool | None,
        Setting(
            "Protects the lease table from deletion. Read once, when the first worker creates it. "
            "KCL's own: false."
        ),
    ] = None
    lease_table_pitr_enabled: Annotated[
        bool | None,
        Setting(
            "Point-in-time recovery of the lease table, which each start enables. KCL's own: false."
        ),
    ] = None
    retry_get_records_in_seconds: Annotated[
        int | None, Setting(_WITHOUT_EFFECT, least=1, most=_JAVA_INT)
    ] = None
    max_get_records_thread_pool: Annotated[
        int | None, Setting(_WITHOUT_EFFECT, least=1, most=_JAVA_INT)
    ] = None
    millis_behind_latest_threshold_for_reduced_tps: Annotated[
        int | None, Setting(_WITHOUT_EFFECT, least=1, most=_JAVA_INT)
    ] = None
    graceful_lease_handoff_timeout_millis: Annotated[
        int | None,
        Setting(
            "How long a holder may finish its work before a lease is handed over. KCL's own: "
            "30000.",
            least=1_000,
            most=_HOUR,
        ),
    ] = None
    is_graceful_lease_handoff_enabled: Annotated[
        bool | None,
        Setting(
            "Whether a holder may finish its work before a lease is handed over. KCL's own: true."
        ),
    ] = None
    no_of_persisted_metrics_per_worker_metrics: Annotated[
        int | None,
        Setting("Measurements of load kept for each worker. KCL's own: 10.", least=1, most=100),
    ] = None
    disable_worker_metrics: Annotated[
        bool,
        Setting(
            "Balances by the throughput of the leases alone. With false KCL balances by the CPU "
            "where it finds ECS's or EC2's metadata: it moves leases between workers that are "
            "nearly idle, and gives none to a worker whose metadata doesn't answer. KCL's own: "
            "false."
        ),
    ] = True
    max_throughput_per_host_k_bps: Annotated[
        float | None,
        Setting(
            "The most kB/s that one worker is given. KCL's own: no limit.",
            above=0,
            key="maxThroughputPerHostKBps",
        ),
    ] = None
    dampening_percentage: Annotated[
        int,
        Setting(
            "Share of an imbalance that one rebalancing removes, in percent. With KCL's own 60 a "
            "worker that joins waits up to a minute for the last of its leases.",
            least=1,
            most=100,
        ),
    ] = 80
    re_balance_threshold_percentage: Annotated[
        int | None,
        Setting(
            "Imbalance from which leases are moved, in percent. KCL's own: 10.", least=1, most=100
        ),
    ] = None
    allow_throughput_overshoot: Annotated[
        bool | None, Setting("Whether a move may overshoot the mean. KCL's own: true.")
    ] = None
    variance_balancing_frequency: Annotated[
        int,
        Setting(
            "Assignment rounds from one balancing to the next, by default 10 s. A lease that was "
            "moved rests for some seconds. KCL's own 3 rounds take a minute at its own "
            "`leaseAssignmentIntervalMillis`, and 3 s at this default, sooner than a lease has "
            "moved.",
            least=1,
            most=1_000,
        ),
    ] = 10
    worker_metrics_ema_alpha: Annotated[
        float | None,
        Setting(
            "Weight of the newest measurement of load. KCL's own: 0.5.",
            above=0,
            most=1,
            key="workerMetricsEMAAlpha",
        ),
    ] = None
    stale_worker_metrics_entry_cleanup_duration: Annotated[
        str | None,
        Setting(
            "Time after which a silent worker's metrics are removed. KCL's own: P1D.",
            form=LONG_DURATION,
        ),
    ] = None
    worker_metrics_table_name: Annotated[
        str | None,
        Setting(
            "Table of the workers' loads. KCL's own: `<applicationName>-WorkerMetricStats`.",
            form=TABLE,
        ),
    ] = None
    worker_metrics_billing_mode: Annotated[
        BillingMode | None, Setting("Billing of the table of loads.")
    ] = None
    worker_metrics_read_capacity: Annotated[
        int | None,
        Setting(
            "Read capacity of the table of loads, where it is provisioned.",
            least=1,
            most=_JAVA_INT,
        ),
    ] = None
    worker_metrics_write_capacity: Annotated[
        int | None,
        Setting(
            "Write capacity of the table of loads, where it is provisioned.",
            least=1,
            most=_JAVA_INT,
        ),
    ] = None
    worker_metrics_point_in_time_recovery_enabled: Annotated[
        bool | None, Setting("Point-in-time recovery of the table of loads.")
    ] = None
    worker_metrics_deletion_protection_enabled: Annotated[
        bool | None, Setting("Protects the table of loads from deletion.")
    ] = None
    worker_metrics_tags: Annotated[
        str | None, Setting("Tags of the table of loads.", form=TAGS)
    ] = None
    coordinator_state_table_name: Annotated[
        str | None,
        Setting(
            "Table of the leader's lock. KCL's own: `<applicationName>-CoordinatorState`.",
            form=TABLE,
        ),
    ] = None
    coordinator_state_billing_mode: Annotated[
        BillingMode | None, Setting("Billing of the table of the leader's lock.")
    ] = None
    coordinator_state_read_capacity: Annotated[
        int | None,
        Setting(
            "Read capacity of the table of the leader's lock, where it is provisioned.",
            least=1,
            most=_JAVA_INT,
        ),
    ] = None
    coordinator_state_write_capacity: Annotated[
        int | None,
        Setting(
            "Write capacity of the table of the leader's lock, where it is provisioned.",
            least=1,
            most=_JAVA_INT,
        ),
    ] = None
    coordinator_state_point_in_time_recovery_enabled: Annotated[
        bool | None, Setting("Point-in-time recovery of the table of the leader's lock.")
    ] = None
    coordinator_state_deletion_protection_enabled: Annotated[
        bool | None, Setting("Protects the table of the leader's lock from deletion.")
    ] = None
    coordinator_state_tags: Annotated[
        str | None, Setting("Tags of the table of the leader's lock.", form=TAGS)
    ] = None
    aws_credentials_provider_dynamo_db: Annotated[
        str | None,
        Setting(
            "Where the daemon finds credentials for its own tables, if elsewhere.",
            key="AwsCredentialsProviderDynamoDB",
        ),
    ] = None
    aws_credentials_provider_cloud_watch: Annotated[
        str | None,
        Setting(
            "Where the daemon finds credentials for KCL's metrics, if elsewhere.",
            key="AwsCredentialsProviderCloudWatch",
        ),
    ] = None
    dynamo_db_endpoint: Annotated[
        str | None,
        Setting(
            "The endpoint of the lease table, where it lives elsewhere than the changed table.",
            key="dynamoDBEndpoint",
        ),
    ] = None

    @property
    def lease_table(self) -> str:
        """The name of the lease table."""
        return self.table_name or self.application_name

    @property
    def worker_metrics_table(self) -> str:
        """The name of the table of the workers' loads."""
        return self.worker_metrics_table_name or f"{self.application_name}-WorkerMetricStats"

    @property
    def coordinator_state_table(self) -> str:
        """The name of the table of the leader's lock."""
        return self.coordinator_state_table_name or f"{self.application_name}-CoordinatorState"
