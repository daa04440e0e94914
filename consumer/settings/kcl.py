"""The keys of the Kinesis Client Library's daemon, under their own names.

A key without a default here is not handed on, so that KCL's own default holds. The daemon takes
0 for 'not set', hence the lower bounds of 1. tests/settings compares this list with the daemon.
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt
from pydantic.alias_generators import to_camel

from consumer.settings.publisher import check_stream_arn

# The side tables' names, up to 20 characters longer, must be tables' names too.
_APPLICATION_NAME = re.compile(r"[A-Za-z0-9_.-]{3,230}")

BillingMode = Literal["PAY_PER_REQUEST", "PROVISIONED"]


def _check_application_name(name: str) -> str:
    if not _APPLICATION_NAME.fullmatch(name):
        raise ValueError("is not a table's name: 3 to 230 letters, digits, '_', '-' and '.'")
    return name


class KclSettings(BaseModel):
    """Keys of the daemon. Each is also the environment variable `KCL_<NAME>`."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)

    application_name: Annotated[str, AfterValidator(_check_application_name)] = Field(
        description="The name of the lease table. Workers with the same name share the shards."
    )
    executable_name: str = Field(
        "stream-publisher-processor",
        min_length=1,
        description="The record processor, started once for each shard; split at spaces.",
    )
    stream_name: Annotated[str, AfterValidator(check_stream_arn)] | None = Field(
        None, description="The stream's ARN, as `publisher.streamArn`."
    )
    aws_credentials_provider: str = Field(
        "DefaultCredentialsProvider",
        alias="AwsCredentialsProvider",
        description="Where the daemon finds credentials. The default looks where every SDK looks.",
    )
    worker_id: str | None = Field(
        None,
        min_length=1,
        description="This worker's name in the lease table. By default the host's name and, for a "
        "second worker on the host, a number: a restarted worker takes its own leases back in "
        "seconds.",
    )
    initial_position_in_stream: Literal["TRIM_HORIZON", "LATEST"] = Field(
        "TRIM_HORIZON",
        description="Where reading begins while the lease table is empty: the oldest record kept "
        "(24 hours), so that nothing is missed, or only what comes after the start.",
    )
    region_name: str | None = Field(
        None, description="The region, where AWS_REGION doesn't tell it."
    )
    call_process_records_even_for_empty_record_list: bool = Field(
        default=True,
        description="Calls the record processor on a quiet shard too. It is the clock of partial "
        "batches and of the health check; leave it on.",
    )
    max_records: PositiveInt = Field(
        1000, le=1000, description="Records of one read. DynamoDB gives 1,000 at the most."
    )
    idle_time_between_reads_in_millis: PositiveInt = Field(
        1000, description="Pause between two reads of a shard: 60 GetRecords a minute and shard."
    )
    shutdown_grace_millis: PositiveInt = Field(
        60_000,
        description="How long a stopping worker may take to publish what it holds and give its "
        "leases back. KCL's own default is not to wait at all.",
    )
    failover_time_millis: PositiveInt = Field(
        10_000,
        description="A lease that is not renewed for so long is given to another worker. Renewing "
        "writes about three times in that time, for each shard.",
    )
    shard_sync_interval_millis: PositiveInt = Field(
        1,
        description="KCL sleeps for so long before the first sync of shards; its default costs a "
        "first start 60 s.",
    )
    lease_assignment_interval_millis: PositiveInt = Field(
        1_000,
        description="How often the leader spreads leases. Each round scans the lease table and "
        "the workers' metrics: 120 small reads a minute for the fleet.",
    )
    worker_metrics_reporter_freq_in_millis: PositiveInt = Field(
        1_000,
        description="How often a worker reports its load, without which it is given no lease: 60 "
        "writes a minute and worker.",
    )
    in_memory_worker_metrics_capture_frequency_millis: PositiveInt = Field(
        1_000, description="How often that load is measured. Costs nothing outside the worker."
    )
    parent_shard_poll_interval_millis: PositiveInt = Field(
        2_000,
        description="How often a child shard asks whether its parent is finished: 30 reads a "
        "minute while it waits.",
    )
    metrics_level: Literal["NONE", "SUMMARY", "DETAILED"] = Field(
        "NONE", description="KCL's own CloudWatch metrics, which cost money for each shard."
    )
    max_active_threads: NonNegativeInt | None = Field(None, description="Threads; 0 is no limit.")
    processing_language: str | None = Field(None, description="Named in the daemon's log.")
    table_name: str | None = Field(None, description="Lease table, if not `applicationName`.")
    max_leases_for_worker: PositiveInt | None = Field(None, description="Shards of one worker.")
    max_leases_to_steal_at_one_time: PositiveInt | None = Field(
        None, description="Leases taken in one round while KCL 2 leases are migrated."
    )
    max_lease_renewal_threads: PositiveInt | None = Field(None, description="Renewing threads.")
    enable_priority_lease_assignment: bool | None = Field(
        None, description="Takes very old leases first."
    )
    cleanup_leases_upon_shard_completion: bool | None = Field(
        None, description="Deletes leases of finished shards."
    )
    ignore_unexpected_child_shards: bool | None = Field(
        None, description="Goes on when a child shard's parent is unknown."
    )
    skip_shard_sync_at_worker_initialization_if_leases_exist: bool | None = Field(
        None, description="The adapter always sets it: no sync at start while leases exist."
    )
    scheduler_initialization_backoff_time_millis: PositiveInt | None = Field(
        None, description="Pause after a failed initialization."
    )
    task_backoff_time_millis: PositiveInt | None = Field(
        None, description="Pause after a failed read or task."
    )
    log_warning_for_task_after_millis: PositiveInt | None = Field(
        None, description="Warns of a task that takes longer."
    )
    list_shards_backoff_time_in_millis: PositiveInt | None = Field(
        None, description="Pause between tries to list shards."
    )
    max_list_shards_retry_attempts: PositiveInt | None = Field(
        None, description="Tries to list shards."
    )
    timeout_in_seconds: PositiveInt | None = Field(
        None, description="Halts the daemon when a record processor doesn't answer in time."
    )
    validate_sequence_number_before_checkpointing: bool | None = Field(
        None, description="Asks Kinesis to check sequence numbers; leave it off."
    )
    client_version_config: (
        Literal["CLIENT_VERSION_CONFIG_COMPATIBLE_WITH_2X", "CLIENT_VERSION_CONFIG_3X"] | None
    ) = Field(None, description="Migration from KCL 2.")
    shard_prioritization: str | None = Field(None, description="Order among shards.")
    metrics_buffer_time_millis: PositiveInt | None = Field(
        None, description="How often KCL's metrics are sent."
    )
    metrics_max_queue_size: PositiveInt | None = Field(None, description="Metrics kept in memory.")
    metrics_enabled_dimensions: str | None = Field(None, description="KCL's metric dimensions.")
    initial_lease_table_read_capacity: PositiveInt | None = Field(
        None, description="Read capacity of a provisioned lease table."
    )
    initial_lease_table_write_capacity: PositiveInt | None = Field(
        None, description="Write capacity of a provisioned lease table."
    )
    lease_table_deletion_protection_enabled: bool | None = Field(
        None, description="Protects the lease table from deletion."
    )
    lease_table_pitr_enabled: bool | None = Field(
        None, description="Point-in-time recovery of the lease table."
    )
    retry_get_records_in_seconds: PositiveInt | None = Field(None, description="Read retry.")
    max_get_records_thread_pool: PositiveInt | None = Field(None, description="Read threads.")
    millis_behind_latest_threshold_for_reduced_tps: PositiveInt | None = Field(
        None, description="Reads less often while closer to the tip than this."
    )
    graceful_lease_handoff_timeout_millis: PositiveInt | None = Field(
        None, description="How long a lease's holder may finish before a hand-over."
    )
    is_graceful_lease_handoff_enabled: bool | None = Field(
        None, description="Whether leases are handed over gracefully."
    )
    no_of_persisted_metrics_per_worker_metrics: PositiveInt | None = Field(
        None, description="Load measurements kept for each worker."
    )
    disable_worker_metrics: bool | None = Field(None, description="Balances by lease count only.")
    max_throughput_per_host_k_bps: float | None = Field(
        None, alias="maxThroughputPerHostKBps", gt=0, description="A worker's greatest throughput."
    )
    dampening_percentage: PositiveInt | None = Field(None, description="Damps rebalancing.")
    re_balance_threshold_percentage: PositiveInt | None = Field(
        None, description="Imbalance from which leases are moved."
    )
    allow_throughput_overshoot: bool | None = Field(
        None, description="Whether a move may overshoot the mean."
    )
    variance_balancing_frequency: PositiveInt | None = Field(
        None, description="Rounds between two balancings."
    )
    worker_metrics_ema_alpha: float | None = Field(
        None, alias="workerMetricsEMAAlpha", gt=0, le=1, description="Weight of the newest load."
    )
    stale_worker_metrics_entry_cleanup_duration: str | None = Field(
        None, description="ISO-8601 duration after which a silent worker's metrics are removed."
    )
    worker_metrics_table_name: str | None = Field(None, description="Table of workers' loads.")
    worker_metrics_billing_mode: BillingMode | None = Field(None, description="Its billing.")
    worker_metrics_read_capacity: PositiveInt | None = Field(None, description="Its reads.")
    worker_metrics_write_capacity: PositiveInt | None = Field(None, description="Its writes.")
    worker_metrics_point_in_time_recovery_enabled: bool | None = Field(
        None, description="Its point-in-time recovery."
    )
    worker_metrics_deletion_protection_enabled: bool | None = Field(
        None, description="Its protection from deletion."
    )
    worker_metrics_tags: str | None = Field(None, description="Its tags.")
    coordinator_state_table_name: str | None = Field(
        None, description="Table of the leader's lock."
    )
    coordinator_state_billing_mode: BillingMode | None = Field(None, description="Its billing.")
    coordinator_state_read_capacity: PositiveInt | None = Field(None, description="Its reads.")
    coordinator_state_write_capacity: PositiveInt | None = Field(None, description="Its writes.")
    coordinator_state_point_in_time_recovery_enabled: bool | None = Field(
        None, description="Its point-in-time recovery."
    )
    coordinator_state_deletion_protection_enabled: bool | None = Field(
        None, description="Its protection from deletion."
    )
    coordinator_state_tags: str | None = Field(None, description="Its tags.")
    aws_credentials_provider_dynamo_db: str | None = Field(
        None,
        alias="AwsCredentialsProviderDynamoDB",
        description="Credentials for the lease table, if others.",
    )
    aws_credentials_provider_cloud_watch: str | None = Field(
        None,
        alias="AwsCredentialsProviderCloudWatch",
        description="Credentials for KCL's metrics, if others.",
    )
    dynamo_db_endpoint: str | None = Field(
        None, alias="dynamoDBEndpoint", description="The lease table's endpoint, if its own."
    )
