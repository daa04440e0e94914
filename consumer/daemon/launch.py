"""The daemon's command line, properties and environment, and the step into it."""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import javaproperties

from consumer.adapters.aws import find_region
from consumer.settings.child import ChildSettings
from consumer.settings.resolve import Configuration

MAIN_CLASS = "streampublisher.Main"

_REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Launch:
    """A daemon that is ready to be started.

    Attributes:
        command: The program and its arguments.
        properties: What the daemon reads from its standard input.
        environ: Its whole environment, which the record processors inherit.
    """

    command: tuple[str, ...]
    properties: Mapping[str, str]
    environ: Mapping[str, str]


def plan_launch(
    configuration: Configuration, stream_arn: str, worker_id: str, environ: Mapping[str, str]
) -> Launch:
    """Put together what the daemon is started with; does nothing else."""
    return Launch(
        command=(
            find_java(environ) or "java",
            *configuration.publisher.java_options.split(),
            "-cp",
            f"{find_jars(configuration)}/*",
            MAIN_CLASS,
            "/dev/stdin",
        ),
        properties=_properties(configuration, stream_arn, worker_id),
        environ=_environment(configuration, worker_id, environ),
    )


def find_java(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the java program of JAVA_HOME or of the PATH, None where there is none."""
    home = environ.get("JAVA_HOME")
    inside = shutil.which("java", path=f"{home}/bin") if home else None
    return inside or shutil.which("java", path=environ.get("PATH"))


def find_jars(configuration: Configuration) -> Path:
    """Return the folder of the daemon's jars: as set, or where the build in a checkout puts it."""
    named = configuration.publisher.jars
    return Path(named) if named else _REPOSITORY / "daemon" / "target" / "jars"


def search_path(environ: Mapping[str, str]) -> str:
    """Return a PATH on which the programs of this very installation are found first."""
    # Not resolved: in a virtual environment the interpreter is a link to one that lacks them.
    return os.pathsep.join([str(Path(sys.executable).parent), environ.get("PATH", os.defpath)])


def start(launch: Launch) -> None:
    """Become the daemon: signals reach it, and its exit status is ours.

    The properties travel through memory, so that nothing is written to disk.
    """
    text = javaproperties.dumps(launch.properties, timestamp=False).encode()
    os.dup2(_readable(text), 0)
    os.execve(launch.command[0], launch.command, launch.environ)  # noqa: S606 - no shell is wanted


def _readable(text: bytes) -> int:
    """Return a descriptor to read a text from, from its start."""
    if hasattr(os, "memfd_create"):
        memory = os.memfd_create("properties")
        os.write(memory, text)
        os.lseek(memory, 0, os.SEEK_SET)
        return memory
    reading, writing = os.pipe()  # which holds a file's worth, but not any
    os.write(writing, text)
    os.close(writing)
    return reading


def _properties(configuration: Configuration, stream_arn: str, worker_id: str) -> dict[str, str]:
    kcl = configuration.kcl.model_dump(by_alias=True, exclude_none=True)
    own = configuration.publisher
    kcl |= {"streamName": stream_arn, "workerId": worker_id}
    kcl |= {
        "shardFailuresBeforeExit": own.shard_failures_before_exit,
        "childTimeoutMillis": own.child_timeout_millis,
        "onTrimmedData": own.on_trimmed_data,
        "metricsIntervalMillis": _metrics_interval(configuration),
        "healthPort": own.health_port,
        "healthHost": own.health_host,
        "healthStuckAfterMillis": own.health_stuck_after_millis,
    }
    return {key: _java_value(value) for key, value in kcl.items()}


def _java_value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _environment(
    configuration: Configuration, worker_id: str, environ: Mapping[str, str]
) -> dict[str, str]:
    own = configuration.publisher
    region = find_region(configuration.kcl.region_name, environ)
    return {
        # botocore asks once, for a second, in which a host that starts a worker may be busy.
        "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "3",
        **environ,
        **({"AWS_REGION": region} if region else {}),
        "PATH": search_path(environ),
        "PUBLISHER_LOG_FORMAT": own.log_format,
        "PUBLISHER_LOG_LEVEL": own.log_level,
        "PUBLISHER_KCL_LOG_LEVEL": own.kcl_log_level,
        **child_settings(configuration, worker_id).to_environment(),
    }


def _metrics_interval(configuration: Configuration) -> int:
    """Milliseconds; 0 where there are no metrics, as in a log that a person reads."""
    own = configuration.publisher
    is_wanted = own.metrics == "emf" and own.log_format == "json"
    return own.metrics_interval_millis if is_wanted else 0


def child_settings(configuration: Configuration, worker_id: str) -> ChildSettings:
    """Return what a record processor of this configuration needs to know."""
    own = configuration.publisher
    return ChildSettings(
        table=configuration.table,
        topic_arn=own.topic_arn,
        worker_id=worker_id,
        batch_size=own.batch_size,
        batch_max_wait_millis=own.batch_max_wait_millis,
        subject=own.subject,
        entry_metadata=own.entry_metadata,
        plain_images=own.plain_images,
        on_poison=own.on_poison,
        dead_letter_queue_url=own.dead_letter_queue_url,
        dead_letter_max_percent=own.dead_letter_max_percent,
        max_in_flight=own.max_in_flight,
        retry_max_wait_millis=own.retry_max_wait_millis,
        operator_error_exit_after=own.operator_error_exit_after,
        claim_check_bucket=own.claim_check_bucket,
        max_attempts=own.max_attempts,
        max_record_age=own.max_record_age,
        application=configuration.kcl.application_name,
        metrics_interval_millis=_metrics_interval(configuration),
        metrics_per_shard=own.metrics_per_shard,
        log_format=own.log_format,
        log_level=own.log_level,
    )
