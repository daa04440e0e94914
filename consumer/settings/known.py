"""Every setting that there is."""

from consumer.settings.declaration import rules_of
from consumer.settings.kcl import KclSettings
from consumer.settings.publisher import PublisherSettings
from consumer.settings.rules import Rule


def known_rules() -> tuple[Rule, ...]:
    """Return the rules of the publisher's own settings, then those of the daemon's."""
    return rules_of(PublisherSettings) + rules_of(KclSettings)


def known_keys() -> list[str]:
    """Return every key that a properties file may have."""
    return [rule.key for rule in known_rules()]
