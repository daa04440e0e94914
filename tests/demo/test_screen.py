"""What the demo shows of others' words."""

import io

from consumer.demo.screen import Screen
from consumer.terminal.output import Console


def test_a_line_of_the_daemon_is_shown_as_it_is() -> None:
    """What looks like markup is none."""
    output = io.StringIO()
    screen = Screen(Console(file=output))
    screen.daemon_line(1.0, {"event": "daemon_ready", "message": "ready [/a-z] [a-z/]"})

    assert "daemon: ready [/a-z] [a-z/]" in output.getvalue()
