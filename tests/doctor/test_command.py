"""`stream-publisher doctor` as a person and a script see it."""

import io
import json
from pathlib import Path

from click.testing import CliRunner

from consumer.cli import main
from consumer.doctor.screen import print_outcomes
from consumer.problems import CheckOutcome, Problem
from consumer.terminal.output import Console


def test_a_finding_is_told_with_what_it_causes_and_what_to_do(tmp_path: Path) -> None:
    """Every problem of the settings; what needs them could not be told. Exit status 1."""
    file = tmp_path / "a.properties"
    file.write_text("publisher.table = orders\nmaxRecords = many\n")
    shown, told = (
        CliRunner().invoke(main, ["doctor", "--properties", str(file), *options])
        for options in ([], ["--json"])
    )
    document = json.loads(told.stdout)

    assert (shown.exit_code, told.exit_code) == (1, 1)
    assert "applicationName: is missing" in shown.stdout
    assert "causes: The worker doesn't start." in shown.stdout
    assert "do:     set it in the file or as KCL_APPLICATION_NAME" in shown.stdout
    assert "3 findings; 0 of 2 checks are ok, 1 could not tell" in shown.stdout
    assert document["checks"][1] == {
        "check": "everything else",
        "verdict": "could not tell",
        "untold": "needs settings, which are not ok",
    }
    assert {finding["check"] for finding in document["findings"]} == {"settings"}
    assert all(finding["causes"] and finding["wrong"] for finding in document["findings"])


def test_a_file_that_cant_be_read_is_a_finding(tmp_path: Path) -> None:
    """As wrong as what might stand in it."""
    done = CliRunner().invoke(main, ["doctor", "--properties", str(tmp_path / "missing")])

    assert done.exit_code == 1
    assert "can't be read" in done.stdout


def test_a_setting_whose_line_says_no_more_is_explained_by_a_command(tmp_path: Path) -> None:
    """There is nothing about settings in the failures' page, and no page in the image."""
    file = tmp_path / "a.properties"
    file.write_text("publisher.topicArn = changes\nmaxRecords = many\n")
    done = CliRunner().invoke(main, ["doctor", "--properties", str(file)])

    assert "do:     see stream-publisher settings publisher.topicArn" in done.stdout
    assert "do:     set 1 to 1000" in done.stdout
    assert "docs/failures.md" not in done.stdout


def test_what_could_not_be_told_is_not_cut() -> None:
    """An ARN in it is wider than its column, and is broken rather."""
    output, arn = io.StringIO(), f"arn:aws:iam::123456789012:role/{'long' * 30}"
    outcomes = [CheckOutcome("permissions", "", untold=arn)]
    print_outcomes(outcomes, Console(file=output, width=80), verbose=True)
    shown = "".join(output.getvalue().split())

    assert arn in shown


def test_findings_come_first_and_what_is_well_is_short() -> None:
    """A reason that many checks share is told once; permissions are counted."""
    outcomes = [
        CheckOutcome("settings", "Nothing starts."),
        CheckOutcome("endpoint of sns", ""),
        CheckOutcome("endpoint of sqs", ""),
        *(CheckOutcome(f"may do {number}", "") for number in range(30)),
        *(CheckOutcome(f"check {number}", "", untold="needs workers") for number in range(7)),
        CheckOutcome("one topic", "", untold="no answer"),
        CheckOutcome("workers", "No change.", (Problem("workers", "none", "start one"),)),
    ]
    output = io.StringIO()
    print_outcomes(outcomes, Console(file=output, width=80), verbose=False)

    assert output.getvalue().splitlines() == [
        "workers: none",
        "  causes: No change.",
        "  do:     start one",
        "",
        "could not tell: 7 checks, such as check 0: needs workers",
        "could not tell: one topic: no answer",
        "ok: settings",
        "ok: endpoints of sns, sqs",
        "ok: 30 permissions",
        "",
        "1 finding; 33 of 42 checks are ok, 8 could not tell",
    ]


def test_a_long_row_is_broken_between_words_on_a_terminal() -> None:
    """Elsewhere a line stays a line."""
    outcomes = [CheckOutcome(f"check-{number}", "") for number in range(30)]
    shown, piped = io.StringIO(), io.StringIO()
    for file, is_terminal in ((shown, True), (piped, False)):
        console = Console(file=file, width=40, force_terminal=is_terminal, color_system=None)
        print_outcomes(outcomes, console, verbose=False)

    assert all(len(line) <= 40 for line in shown.getvalue().splitlines()[:-2])
    assert len(piped.getvalue().splitlines()) == 3
