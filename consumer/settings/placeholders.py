"""`${NAME}` and `${NAME:-default}` in a value of the file, filled from the environment."""

import re
from collections.abc import Iterator, Mapping

_START = "${"
_PLACEHOLDER = re.compile(
    r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>(?:(?!\$\{)[^}])*))?\}"
)
_SECRET = re.compile(
    r"SECRET|PASSWORD|PASSWD|TOKEN|CREDENTIAL|ACCESS_KEY|PRIVATE_KEY|API_KEY", re.IGNORECASE
)


def fill_placeholders(
    properties: Mapping[str, str], environ: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Replace the placeholders in every value.

    A variable that is set to nothing counts as not set, as in a shell.

    Returns:
        The filled properties, and a line for each mistake: a variable that is neither set nor has a
        default, one whose name says that it holds a secret, or text that only looks like a
        placeholder.
    """
    mistakes = [
        f"{key}: {wrong}" for key, value in properties.items() for wrong in _wrong(value, environ)
    ]
    return {key: _filled(value, environ) for key, value in properties.items()}, mistakes


def _wrong(value: str, environ: Mapping[str, str]) -> Iterator[str]:
    for name, default in (match.groups() for match in _PLACEHOLDER.finditer(value)):
        if _SECRET.search(name):
            yield f"names ${{{name}}}, a secret; settings are logged and published: remove it"
        elif not environ.get(name) and default is None:
            yield f"names ${{{name}}}, which is not set; set {name} or write ${{{name}:-default}}"
    if _START in _PLACEHOLDER.sub("", value):
        yield "has a ${ that is no ${NAME} or ${NAME:-default}; correct it"


def _filled(value: str, environ: Mapping[str, str]) -> str:
    def replacement(match: re.Match[str]) -> str:
        if _SECRET.search(match["name"]):
            return ""
        return environ.get(match["name"]) or match["default"] or ""

    return _PLACEHOLDER.sub(replacement, value)
