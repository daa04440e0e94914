"""How a key of the properties file is called in the environment."""

import re

PUBLISHER_PREFIX = "publisher."
OWN_VARIABLES = "PUBLISHER_"
"""How variables of the publisher's own settings begin."""
KCL_VARIABLES = "KCL_"
"""How variables of the daemon's settings begin."""
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def environment_name(key: str) -> str:
    """Return the environment variable that overrides a key.

    `publisher.topicArn` is `PUBLISHER_TOPIC_ARN`; a key of KCL, such as `applicationName`, gets
    the prefix `KCL_`: `KCL_APPLICATION_NAME`.
    """
    own = key.startswith(PUBLISHER_PREFIX)
    name = key.removeprefix(PUBLISHER_PREFIX)
    snake = _HUMP.sub("_", name).replace(".", "_").upper()
    return f"{OWN_VARIABLES if own else KCL_VARIABLES}{snake}"


def bare(name: str) -> str:
    """Return a key or a variable without what says whose it is."""
    for prefix in (PUBLISHER_PREFIX, OWN_VARIABLES, KCL_VARIABLES):
        name = name.removeprefix(prefix)
    return name
