"""Every setting as a reader wants it: for the properties files, the documents and the command."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from consumer.settings.cross_checks import STREAM_KEYS
from consumer.settings.known import known_rules
from consumer.settings.rules import ANY_TEXT, Rule

_WIDTH = 96


@dataclass(frozen=True, slots=True)
class ExplainedSetting:
    """One setting, in words.

    Attributes:
        key: Its key in the properties file.
        variable: The environment variable that overrides it.
        default: Its default as the file would have it; None where there is none.
        required: Whether nothing runs without it.
        instead: The key that may be set in its stead; None where none may.
        values: Which values it takes.
        description: What it does, why its default is what it is, and when to change it.
    """

    key: str
    variable: str
    default: str | None
    required: bool
    instead: str | None
    values: str
    description: str

    @property
    def need(self) -> str | None:
        """That it has to be set, and unless what; None where it hasn't."""
        if self.instead:
            return f"required, or {self.instead}"
        return "required" if self.required else None

    def to_json(self) -> dict[str, object]:
        """The setting as a JSON object."""
        return asdict(self)


def all_settings() -> list[ExplainedSetting]:
    """Return the publisher's own settings, then the daemon's, in the order of declaration."""
    return [_explained(rule) for rule in known_rules()]


def _explained(rule: Rule) -> ExplainedSetting:
    table, stream, *_ = STREAM_KEYS
    return ExplainedSetting(
        key=rule.key,
        variable=rule.variable,
        default=_default(rule),
        required=rule.required,
        instead=stream if rule.key == table else None,
        values=rule.values,
        description=rule.description,
    )


def _default(rule: Rule) -> str | None:
    if rule.default is None:
        return None
    return str(rule.default).lower() if rule.kind == "switch" else str(rule.default)


def as_properties(settings: Sequence[ExplainedSetting]) -> str:
    """Write settings as a properties file in which everything is commented out."""
    return "\n".join([_HEAD, *(_paragraph(setting) for setting in settings)])


_HEAD = """\
# Settings of `stream-publisher run --properties FILE`, written by
# `stream-publisher settings --properties`.
#
# Each key stands here with its default, commented out: take the # away to change it. A key without
# a value has no default; one of KCL's then keeps KCL's own. ${NAME} and ${NAME:-default} in a value
# are taken from the environment. Each key can also be set, or overridden, by a variable: write
# PUBLISHER_TOPIC_ARN for publisher.topicArn, and KCL_WORKER_ID for KCL's own workerId.
"""


def _paragraph(setting: ExplainedSetting) -> str:
    text = " ".join(_sentences(setting))
    comment = "".join(f"# {line}\n" for line in textwrap.wrap(text, _WIDTH))
    return f"{comment}#{setting.key} = {setting.default or ''}".rstrip() + "\n"


def _sentences(setting: ExplainedSetting) -> Iterator[str]:
    if setting.need:
        yield f"{setting.need[0].upper()}{setting.need[1:]}."
    yield setting.description
    if setting.values != ANY_TEXT:
        yield f"Takes {setting.values}."
