"""Where things stand in a checkout."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
DAEMON_JARS = ROOT / "daemon" / "target" / "jars"
