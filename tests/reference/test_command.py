"""What `settings` explains, and how."""

import json

from click.testing import CliRunner, Result

from consumer.cli import main
from consumer.reference.all_settings import all_settings


def settings(*arguments: str) -> Result:
    """`stream-publisher settings` on a terminal of 80 columns."""
    return CliRunner().invoke(main, ["settings", *arguments], env={"COLUMNS": "80"})


def test_no_name_and_no_default_is_cut() -> None:
    """They are there to be copied."""
    lines = settings().stdout.splitlines()

    for setting in all_settings():
        assert setting.key in lines
        assert f"    variable  {setting.variable}" in lines
        assert f"    default   {setting.need or setting.default or 'none'}" in lines
        assert f"    values    {setting.values}" in lines


def test_what_a_setting_does_is_broken_between_words() -> None:
    """Within the terminal's width."""
    (setting,) = (each for each in all_settings() if each.key == "idleTimeBetweenReadsInMillis")
    lines = settings(setting.key).stdout.splitlines()

    assert setting.description in " ".join(" ".join(lines).split())
    assert max(map(len, lines)) <= 80


def test_words_that_no_setting_has_are_a_failure() -> None:
    """In every form; nothing is on stdout."""
    for options in ([], ["--json"], ["--properties"]):
        done = settings("zzz", "wait", *options)

        assert (done.exit_code, done.stdout) == (1, "")
        assert "no setting has all of: zzz wait" in done.stderr


def test_json_has_values_and_what_may_stand_instead() -> None:
    """For a program that makes settings."""
    found = {each["key"]: each for each in json.loads(settings("publisher", "--json").stdout)}
    table, level = found["publisher.table"], found["publisher.logLevel"]

    assert (table["required"], table["instead"]) == (False, "publisher.streamArn")
    assert level["values"] == "DEBUG, INFO, WARN or ERROR"
