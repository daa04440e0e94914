"""What the documents say is what the code has."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from consumer.cli import COMMANDS
from consumer.delivery.error_classes import CODES
from consumer.fleet.status import STATES
from consumer.publishing.errors import BatchError, OperatorError, TransientError
from consumer.publishing.events import EVENTS
from consumer.publishing.messages import encode_message
from consumer.reference.all_settings import ExplainedSetting, all_settings
from consumer.settings.known import known_keys
from tests.builders import FORM, a_batch
from tests.places import ROOT
from tests.project.tables import rows

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
README = (ROOT / "README.md").read_text()
LOGS = (ROOT / "docs" / "logs.md").read_text()
_PUBLISHED = ast.dump(ast.Constant("batch_published"))
JAVA = "\n".join(file.read_text() for file in (ROOT / "daemon" / "src" / "main").rglob("*.java"))


def test_the_readme_lists_every_setting_that_one_may_want_to_change() -> None:
    """Ours, and KCL's where we have a default: key, default, first sentence."""

    def row(setting: ExplainedSetting) -> list[str]:
        default = setting.need or f"`{setting.default}`"
        first = setting.description.split(". ")[0].rstrip(".") + "."
        return [f"`{setting.key}`", "" if default == "`None`" else default, first]

    def is_wanted(setting: ExplainedSetting) -> bool:
        ours = setting.key.startswith("publisher.") or setting.key == "workerId"
        return ours or setting.required or setting.default is not None

    assert rows(README, "Settings") == [row(each) for each in all_settings() if is_wanted(each)]


def test_the_log_page_lists_every_event_of_a_record_processor() -> None:
    """Name, level and meaning."""
    assert rows(LOGS, "Events of a record processor") == [
        [f"`{name}`", kind.level, kind.meaning] for name, kind in EVENTS.items()
    ]


def test_the_log_page_lists_every_event_of_the_daemon() -> None:
    """With the level that the source gives it; `daemon` is a library's line, `metrics` has none."""
    logged = set(re.findall(r'Events\.(info|warn|error)\(\s*"(\w+)"', JAVA))
    listed = {
        (level.lower(), row[0].strip("`"))
        for row in rows(LOGS, "Events of the daemon")
        for level in row[1].split(", ")
    }

    assert listed - {("warn", "daemon"), ("info", "metrics")} == logged


def test_the_log_page_names_every_fact_of_a_publish() -> None:
    """An operator who queries needs the names."""
    tree = ast.parse((ROOT / "consumer" / "publishing" / "shard.py").read_text())
    (facts,) = [
        [keyword.arg for keyword in node.keywords]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and [ast.dump(arg) for arg in node.args] == [_PUBLISHED]
    ]

    assert len(facts) == 8
    assert [fact for fact in facts if f"`{fact}`" not in LOGS] == []


def test_the_message_page_lists_every_attribute() -> None:
    """In the order in which they are written."""
    page = (ROOT / "docs" / "messages.md").read_text()
    listed = [row[0].strip("`") for row in rows(page, "Attributes")]

    assert listed == list(encode_message(a_batch(1, 1), FORM).attributes)


def test_the_daemon_page_lists_the_daemons_own_keys() -> None:
    """Those that the launcher reads and KCL doesn't know."""
    page = (ROOT / "docs" / "daemon.md").read_text()
    listed = {row[0].strip("`") for row in rows(page, "Use it alone")}
    read = set(re.findall(r'(?:getProperty|required|number)\("(\w+)"', JAVA))

    assert listed == read - set(known_keys())


def test_the_failure_page_lists_every_code_with_its_class() -> None:
    """What an operator looks up is what the code does."""
    page = (ROOT / "docs" / "failures.md").read_text()
    names = {TransientError: "transient", OperatorError: "operator's", BatchError: "batch's"}
    listed = {
        code: name
        for name, codes in rows(page, "Which failure has which class")
        for code in re.findall(r"`([\w.]+)`", codes)
    }

    assert listed == {code: names[failure_class] for code, failure_class in CODES.items()}


def test_the_operations_page_lists_every_state_of_a_shard() -> None:
    """As `status` prints them."""
    page = (ROOT / "docs" / "operations.md").read_text()

    assert [row[0].strip("`") for row in rows(page, "How far behind")] == list(STATES)


def links() -> Iterator[tuple[Path, str]]:
    """Every link of a document to a file of this repository."""
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text()):
            if "://" not in target:
                yield document, target


@pytest.mark.parametrize(("document", "target"), list(links()))
def test_a_link_leads_somewhere(document: Path, target: str) -> None:
    """The file is there."""
    assert (document.parent / target).exists()


def test_a_link_into_a_page_finds_its_heading() -> None:
    """Headings get renamed."""
    for document in DOCUMENTS:
        for file, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", document.read_text()):
            page = (document.parent / file if file else document).read_text()
            headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}


def test_commands_that_documents_name_exist() -> None:
    """`stream-publisher X` is a command, and X's options are its own."""
    for document in DOCUMENTS:
        for name in re.findall(r"(?<![\w/-])stream-publisher ([a-z][a-z-]*)", document.read_text()):
            assert name in COMMANDS, f"{document.name}: stream-publisher {name}"


@pytest.mark.parametrize("name", ["README.md", "docs/lambda.md"])
def test_a_checkouts_commands_are_called_by_their_path(name: str) -> None:
    """Nothing puts them on the path of who follows the page."""
    text = (ROOT / name).read_text()
    blocks = re.findall(r"```sh\n(.*?)```|((?:^    \S.*\n)+)", text, re.DOTALL | re.MULTILINE)
    lines = [line.strip() for block in blocks for part in block for line in part.splitlines()]

    assert [line for line in lines if line.startswith("stream-publisher ")] == []
    assert [line for line in lines if line.startswith(".venv/bin/stream-publisher ")] != []


def test_every_command_is_in_the_readme() -> None:
    """With what it is for."""
    assert [name for name in COMMANDS if f"`stream-publisher {name}`" not in README] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_keys_and_variables_that_documents_name_are_known(document: Path) -> None:
    """A renamed setting must not survive in prose."""
    text = document.read_text()
    variables = {setting.variable for setting in all_settings()}
    keys = set(re.findall(r"`(publisher\.\w+)", text))
    named = set(re.findall(r"\b(?:PUBLISHER|KCL)_[A-Z_]+[A-Z]\b", text))

    assert keys <= set(known_keys())
    assert named <= variables
