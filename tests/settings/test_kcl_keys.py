"""Our list of KCL's keys against the daemon's own."""

import re
import subprocess

import pytest

from consumer.settings.declaration import rules_of
from consumer.settings.kcl import REFUSED, KclSettings
from consumer.worker.launch import find_java
from tests.places import DAEMON_JARS

CONFIGURATION = "software.amazon.kinesis.multilang.config.MultiLangDaemonConfiguration"
KEYS = {rule.key for rule in rules_of(KclSettings)}
# Read by the launcher of the daemon itself, before its configuration.
LAUNCHERS_OWN = {"executableName", "maxActiveThreads", "processingLanguage"}


@pytest.mark.server
def test_every_key_of_the_daemon_is_known_or_refused_with_a_reason() -> None:
    """No key of KCL's is missing here, and none is made up."""
    java = find_java()
    assert java is not None
    javap = re.sub("java$", "javap", java)
    shown = subprocess.run(
        [javap, "-public", "-cp", f"{DAEMON_JARS}/*", CONFIGURATION],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    daemons = {name.lower() for name in re.findall(r" set(\w+)\(", shown)}
    ours = {key.lower() for key in {*KEYS, *REFUSED} - LAUNCHERS_OWN}

    assert len(daemons) > 50
    assert ours == daemons
