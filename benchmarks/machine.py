"""The machine that figures are from."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import psutil


def facts() -> dict[str, str | int | float]:
    """Return what a reader needs in order to compare figures with others."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "java": _java(),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _java() -> str:
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True)  # noqa: S607
    return said.stderr.splitlines()[0]
