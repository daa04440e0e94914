"""docs/licences.md, from what the packages and jars themselves say."""

from collections.abc import Iterator, Sequence

from deploy.licences import POLICY, Part, jars, others, packages

_HEAD = """\
<!-- Written by scripts/docs from the packages' own metadata; edit requirements/licences.toml. -->
# Licences

The stream publisher stands under the [Apache License 2.0](../LICENSE). Everything that is shipped
or run by default has an open licence of this list, and a test fails where one hasn't:

{allowed}.

[NOTICE](../NOTICE) says what these licences ask to be said. Jars are passed on as their makers
built them, each with its own licence and notice inside.
"""


def licences_page() -> str:
    """Return docs/licences.md."""
    shipped, used = packages("run.txt"), packages("dev.txt")
    names = {part.name for part in shipped}
    rest = [part for part in used if part.name not in names]
    return "\n".join(
        (
            _HEAD.format(allowed=", ".join(POLICY["allowed"])),
            *_section("Python packages of a worker", shipped),
            *_section("Jars of a worker", jars()),
            *_section("Beside them", others()),
            *_section("Only for demo, tests and builds", rest),
        )
    )


def _section(title: str, parts: Sequence[Part]) -> Iterator[str]:
    rows = "".join(f"| {part.name} | {part.version} | {part.licence} |\n" for part in parts)
    yield f"## {title}\n\n| part | version | licence |\n| --- | --- | --- |\n{rows}"
