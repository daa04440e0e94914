"""The keys of the Kinesis Client Library's daemon, under their own names.

A key without a default here is not handed on, so that KCL's own default holds. The daemon takes
0 for 'not set', hence the lower bounds of 1. tests/settings compares this list with the daemon.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from consumer.settings.formats import (
    check_application_name,
    check_not_blank,
    check_program,
    check_stream_arn,
    check_table,
)

REFUSED: Mapping[str, str] = {
    "streamArn": "takes streams of Kinesis only; set publisher.streamArn",
    "retrievalMode": "streams of DynamoDB are polled, there is no other way; remove it",
    "kinesisEndpoint": "is not read; set AWS_ENDPOINT_URL_DYNAMODB_STREAMS, which is",
    "workerIdentifier": "is called workerId; rename it",
    "initialPositionInStreamExtended": "is called initialPositionInStream; rename it",
}
"""Keys that the daemon knows and that can't mean anything here, each with what to do."""

PositiveInt = Annotated[int, Field(ge=1, le=2_147_483_647)]
"""What Java can take as an int: a greater number would be cut in silence."""

BillingMode = Literal["PAY_PER_REQUEST", "PROVISIONED"]


TableName = Annotated[str, AfterValidator(check_table)]


OWN_PROCESSOR = "stream-publisher-processor"


class KclSettings(BaseModel):
    """Keys of the daemon. Each is also the environment variable `KCL_<NAME>`."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)

    application_name: Annotated[str, AfterValidator(check_application_name)] = Field(
        description="The name of the lease table, which KCL creates. Workers with the same name "
        "share the shards. Each stream, and each program that wants every change, needs a name of "
        "its own."
    )
    executable_name: Annotated[str, AfterValidator(check_program)] = Field(
        OWN_PROCESSOR,
        description="The record processor, started once for each shard; split at spaces. Change it "
        "to run another program of the multilang protocol.",
    )
    stream_name: Annotated[str, AfterValidator(check_stream_arn)] | None = Field(
        None, description="The stream's ARN, KCL's name for `publisher.streamArn`."
    )
    aws_credentials_provider: str = Field(
        "DefaultCredentialsProvider",
        alias="AwsCredentialsProvider",
        description="Where the daemon finds credentials. The default looks where every SDK looks: "
        "environment, files, the container's role, the instance's role.",
    )
    worker_id: Annotated[str, AfterValidator(check_not_blank)] | None = Field(
        None,
        description="This worker's name in the lease table. By default the host's name and, for a "
        "second worker on the host, a number: a restarted worker takes its own leases back in "
        "seconds, where one with a new name waits for half a minute. Set it where hosts' names "
        "change at every start, for example to a container's slot. No two workers may have the "
        "same name: they would take each other's shards in turn.",
    )
    initial_position_in_stream: Literal["TRIM_HORIZON", "LATEST"] = Field(
        "TRIM_HORIZON",
        description="Where reading begins while the lease table is empty: at the oldest record "
        "kept (24 hours), so that nothing is missed, or with LATEST at what comes after the start. "
        "LATEST holds for each shard until its first checkpoint: a restart before that skips what "
        "was written while no worker ran.",
    )
    region_name: str | None = Field(
        None, description="The region, where AWS_REGION doesn't tell it."
    )
    call_process_records_even_for_empty_record_list: bool = Field(
        default=True,
        description="Calls the record processor on a quiet shard too. It is the clock of partial "
        "batches and of the health check; leave it on. Costs no call to AWS.",
    )
    max_records: int = Field(
        1000,
        ge=1,
        le=1000,
        description="Records of one read. DynamoDB gives 1,000 at the most; fewer only where a "
        "record processor must save memory.",
    )
    idle_time_between_reads_in_millis: PositiveInt = Field(
        250,
        description="Pause between two reads of a shard; twice as long while it is quiet, and "
        "nearly none while more waits to be read. Costs 120 GetRecords a minute and quiet shard, "
        "240 on a busy one, and is most of what a change waits for. 1000 costs a quarter; take it "
        "where others read the stream too.",
    )
    shutdown_grace_millis: PositiveInt = Field(
        60_000,
        description="How long a stopping worker may take to publish what it holds and give its "
        "leases back. KCL's own default is not to wait at all. Keep it below the time after which "
        "the service manager kills.",
    )
    failover_time_millis: PositiveInt = Field(
        10_000,
        description="A lease that is not renewed for so long is given to another worker, by the "
        "fleet's leader: what a crash costs whose worker doesn't come back, and twice as "
        "long where it was the leader itself. Renewing costs about 20 writes a minute and "
        "shard, more with a shorter time.",
    )
    shard_sync_interval_millis: PositiveInt = Field(
        1,
        description="KCL sleeps for so long before the first sync of shards of a new lease table; "
        "its own 60000 make a first start a minute longer. Costs nothing later.",
    )
    lease_assignment_interval_millis: PositiveInt = Field(
        1_000,
        description="How often leases without a holder are looked for and handed out. Costs 240 "
        "small reads a minute (scans by the fleet's leader, queries by each worker); KCL's own "
        "20000 cost 12 and make every start and take-over up to 20 s longer.",
    )
    worker_metrics_reporter_freq_in_millis: PositiveInt = Field(
        1_000,
        description="How often a worker reports its load; before the first report it is given no "
        "lease. Costs 60 writes a minute and worker; KCL's own 30000 cost 2 and make a first start "
        "up to 30 s longer.",
    )
    in_memory_worker_metrics_capture_frequency_millis: PositiveInt = Field(
        1_000, description="How often that load is measured. Costs no call to AWS."
    )
    parent_shard_poll_interval_millis: PositiveInt = Field(
        2_000,
        description="How often a shard that follows on another asks whether that one is read to "
        "its end. Costs 30 reads a minute while it waits; KCL's own 10000 cost 6 and may delay its "
        "first record by 10 s, every four hours or so, when DynamoDB rolls its shards over.",
    )
    metrics_level: Literal["NONE", "SUMMARY", "DETAILED"] = Field(
        "NONE",
        description="KCL's own CloudWatch metrics, which cost money for each shard. KCL's own "
        "default is DETAILED.",
    )
    max_active_threads: Annotated[int, Field(ge=0, le=0)] | None = Field(
        None,
        description="0 alone, no limit, works: each shard needs three threads, and with fewer none "
        "of them would start.",
    )
    processing_language: str | None = Field(
        None, description="Known to KCL, and without effect on the stream of a table."
    )
    table_name: TableName | None = Field(
        None, description="The lease table, where its name is not `applicationName`."
    )
    max_leases_for_worker: PositiveInt | None = Field(
        None,
        description="The most shards that this worker takes. Set it where a worker's memory "
        "allows only so many record processors, of 20 MB each, 45 MB where they aren't forked. "
        "KCL's own: no limit.",
    )
    max_leases_to_steal_at_one_time: PositiveInt | None = Field(
        None,
        description="Leases taken in one round while a fleet migrates from KCL 2. KCL's own: 1.",
    )
    max_lease_renewal_threads: PositiveInt | None = Field(
        None,
        description="Threads that renew leases; more for a worker of hundreds of shards. KCL's "
        "own: 20.",
    )
    enable_priority_lease_assignment: bool | None = Field(
        None, description="Takes leases that expired long ago first. KCL's own: true."
    )
    cleanup_leases_upon_shard_completion: bool | None = Field(
        None,
        description="Deletes the leases of shards that are read to their end. KCL's own: true.",
    )
    ignore_unexpected_child_shards: bool | None = Field(
        None, description="Goes on when a child shard's parent is unknown. KCL's own: false."
    )
    skip_shard_sync_at_worker_initialization_if_leases_exist: bool | None = Field(
        None, description="Known to KCL, and without effect on the stream of a table."
    )
    scheduler_initialization_backoff_time_millis: PositiveInt | None = Field(
        None,
        description="Pause after a failed start, of which there are 20 before KCL gives up. "
        "KCL's own: 1000.",
    )
    task_backoff_time_millis: PositiveInt | None = Field(
        None, description="Pause after a failed read or task. KCL's own: 500."
    )
    log_warning_for_task_after_millis: PositiveInt | None = Field(
        None, description="Warns of a task that takes longer. KCL's own: never."
    )
    list_shards_backoff_time_in_millis: PositiveInt | None = Field(
        None, description="Known to KCL, and without effect on the stream of a table."
    )
    max_list_shards_retry_attempts: PositiveInt | None = Field(
        None, description="Known to KCL, and without effect on the stream of a table."
    )
    timeout_in_seconds: PositiveInt | None = Field(
        None,
        description="Ends the daemon when a record processor has not answered for so long. A "
        "publish that waits for SNS to come back counts, so leave it unset. KCL's "
        "own: never.",
    )
    validate_sequence_number_before_checkpointing: bool | None = Field(
        None,
        description="Known to KCL, and without effect on the stream of a table.",
    )
    client_version_config: (
        Literal["CLIENT_VERSION_CONFIG_COMPATIBLE_WITH_2X", "CLIENT_VERSION_CONFIG_3X"] | None
    ) = Field(
        None,
        description="Set to the 2X value while a fleet migrates from KCL 2. KCL's own: the 3X "
        "value.",
    )
    shard_prioritization: str | None = Field(
        None, description="A Java class that orders shards. KCL's own: no order."
    )
    metrics_buffer_time_millis: PositiveInt | None = Field(
        None,
        description="How often KCL's metrics are sent, with `metricsLevel` above NONE. KCL's "
        "own: 10000.",
    )
    metrics_max_queue_size: PositiveInt | None = Field(
        None, description="KCL's metrics kept in memory until they are sent. KCL's own: 10000."
    )
    metrics_enabled_dimensions: str | None = Field(
        None, description="Dimensions of KCL's metrics. KCL's own: ALL."
    )
    initial_lease_table_read_capacity: PositiveInt | None = Field(
        None, description="Read capacity of a lease table that is provisioned. KCL's own: 10."
    )
    initial_lease_table_write_capacity: PositiveInt | None = Field(
        None, description="Write capacity of a lease table that is provisioned. KCL's own: 10."
    )
    lease_table_deletion_protection_enabled: bool | None = Field(
        None,
        description="Protects the lease table from deletion, once, when KCL creates it. KCL's "
        "own: false.",
    )
    lease_table_pitr_enabled: bool | None = Field(
        None,
        description="Point-in-time recovery of the lease table, once, when KCL creates it. KCL's "
        "own: false.",
    )
    retry_get_records_in_seconds: PositiveInt | None = Field(
        None, description="Known to KCL, and without effect on the stream of a table."
    )
    max_get_records_thread_pool: PositiveInt | None = Field(
        None, description="Known to KCL, and without effect on the stream of a table."
    )
    millis_behind_latest_threshold_for_reduced_tps: PositiveInt | None = Field(
        None, description="Known to KCL, and without effect on the stream of a table."
    )
    graceful_lease_handoff_timeout_millis: PositiveInt | None = Field(
        None,
        description="How long a holder may finish its work before a lease is handed over. KCL's "
        "own: 30000.",
    )
    is_graceful_lease_handoff_enabled: bool | None = Field(
        None,
        description="Whether a holder may finish its work before a lease is handed over. KCL's "
        "own: true.",
    )
    no_of_persisted_metrics_per_worker_metrics: PositiveInt | None = Field(
        None, description="Measurements of load kept for each worker. KCL's own: 10."
    )
    disable_worker_metrics: bool | None = Field(
        None, description="Balances by the count of leases alone. KCL's own: false."
    )
    max_throughput_per_host_k_bps: float | None = Field(
        None,
        alias="maxThroughputPerHostKBps",
        gt=0,
        description="The most kB/s that one worker is given. KCL's own: no limit.",
    )
    dampening_percentage: PositiveInt = Field(
        80,
        description="Share of an imbalance that one rebalancing removes, in percent. With KCL's "
        "own 60 a worker that joins waits up to a minute for the last of its leases.",
    )
    re_balance_threshold_percentage: PositiveInt | None = Field(
        None, description="Imbalance from which leases are moved, in percent. KCL's own: 10."
    )
    allow_throughput_overshoot: bool | None = Field(
        None, description="Whether a move may overshoot the mean. KCL's own: true."
    )
    variance_balancing_frequency: PositiveInt = Field(
        10,
        description="Assignment rounds from one balancing to the next, by default 10 s. Each lease "
        "that is moved rests for some seconds. KCL's own 3 rounds take a minute at its own "
        "`leaseAssignmentIntervalMillis`, and 3 s at this default, sooner than a lease has moved.",
    )
    worker_metrics_ema_alpha: float | None = Field(
        None,
        alias="workerMetricsEMAAlpha",
        gt=0,
        le=1,
        description="Weight of the newest measurement of load. KCL's own: 0.5.",
    )
    stale_worker_metrics_entry_cleanup_duration: str | None = Field(
        None,
        description="Time after which a silent worker's metrics are removed, as in P1D. KCL's "
        "own: P1D.",
    )
    worker_metrics_table_name: TableName | None = Field(
        None,
        description="Table of the workers' loads. KCL's own: "
        "`<applicationName>-WorkerMetricStats`.",
    )
    worker_metrics_billing_mode: BillingMode | None = Field(
        None, description="Billing of the table of loads."
    )
    worker_metrics_read_capacity: PositiveInt | None = Field(
        None, description="Read capacity of the table of loads, where it is provisioned."
    )
    worker_metrics_write_capacity: PositiveInt | None = Field(
        None, description="Write capacity of the table of loads, where it is provisioned."
    )
    worker_metrics_point_in_time_recovery_enabled: bool | None = Field(
        None, description="Point-in-time recovery of the table of loads."
    )
    worker_metrics_deletion_protection_enabled: bool | None = Field(
        None, description="Protects the table of loads from deletion."
    )
    worker_metrics_tags: str | None = Field(None, description="Tags of the table of loads.")
    coordinator_state_table_name: TableName | None = Field(
        None,
        description="Table of the leader's lock. KCL's own: `<applicationName>-CoordinatorState`.",
    )
    coordinator_state_billing_mode: BillingMode | None = Field(
        None, description="Billing of the table of the leader's lock."
    )
    coordinator_state_read_capacity: PositiveInt | None = Field(
        None,
        description="Read capacity of the table of the leader's lock, where it is provisioned.",
    )
    coordinator_state_write_capacity: PositiveInt | None = Field(
        None,
        description="Write capacity of the table of the leader's lock, where it is provisioned.",
    )
    coordinator_state_point_in_time_recovery_enabled: bool | None = Field(
        None, description="Point-in-time recovery of the table of the leader's lock."
    )
    coordinator_state_deletion_protection_enabled: bool | None = Field(
        None, description="Protects the table of the leader's lock from deletion."
    )
    coordinator_state_tags: str | None = Field(
        None, description="Tags of the table of the leader's lock."
    )
    aws_credentials_provider_dynamo_db: str | None = Field(
        None,
        alias="AwsCredentialsProviderDynamoDB",
        description="Where the daemon finds credentials for its own tables, if elsewhere.",
    )
    aws_credentials_provider_cloud_watch: str | None = Field(
        None,
        alias="AwsCredentialsProviderCloudWatch",
        description="Where the daemon finds credentials for KCL's metrics, if elsewhere.",
    )
    dynamo_db_endpoint: str | None = Field(
        None,
        alias="dynamoDBEndpoint",
        description="The endpoint of the lease table, where it lives elsewhere than the changed "
        "table.",
    )
