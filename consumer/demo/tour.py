"""A tour of what an operator does: `scripts/tour`.

A worker starts, its topic is deleted and made again, changes are replayed, a dead letter is
redriven; each step runs the real commands and checks what they show.
"""

import contextlib
import sys
from typing import TextIO

import click

from consumer.demo.daemon import Daemon
from consumer.demo.limits import TopicLimit
from consumer.demo.page import TourError, TourPage
from consumer.demo.stage import CREATE, SUBSCRIBE, Stage
from consumer.demo.steps import Tour
from consumer.sandbox.backends import Sandbox
from consumer.sandbox.proxy import Proxy
from consumer.sandbox.server import SandboxError
from consumer.terminal import exits
from consumer.terminal.interrupts import StopRequest, deferred
from consumer.terminal.output import say_error

_INTRODUCTION = """\
<!-- Written by scripts/tour --output docs/tour.md; times and ids differ from run to run. -->
# Tour

What an operator meets in a bad hour, on ministack and moto's server; `scripts/tour` does it
again on any machine, and ends with status 1 where a step doesn't show what it should.
"""


def give(output: TextIO, stop: StopRequest) -> None:
    """Give the whole tour; TourError where a step doesn't show what it should."""
    topic = TopicLimit()
    with contextlib.ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox())
        proxy = Proxy(sandbox.topics.url, topic.instead, topic.change)
        stage = Stage(sandbox, stack.enter_context(proxy).url)
        page = TourPage(output, sandbox.folder, stage.environment(), stop.check)
        # Whatever happens, no request is held while the worker ends.
        stack.callback(topic.publishing.set)
        worker = start(stage, page, sandbox)
        stack.callback(worker.stop)
        tour = Tour(stage, page, worker, topic)
        began = tour.see_changes_arrive()
        tour.break_topic()
        tour.fix_topic()
        tour.replay(began)
        tour.redrive()
        tour.account()


def start(stage: Stage, page: TourPage, sandbox: Sandbox) -> Daemon:
    """Make the topic and start the worker."""
    page.write(_INTRODUCTION)
    page.step("A worker starts", "A topic with a queue behind it, the worker's settings, a worker.")
    page.run(*CREATE)
    page.run(*SUBSCRIBE)
    run = "stream-publisher run --properties properties/local.properties > daemon.log 2>&1 &"
    page.show([*(f"export {name}={value}" for name, value in stage.settings().items()), run])
    return Daemon(stage.environment(), sandbox.folder)


@click.command()
@click.option("--output", type=click.File("w"), default="-", help="A file instead of stdout.")
def main(output: TextIO) -> None:
    """Give the tour: start, break the topic, see it, fix, replay, redrive a dead letter.

    Nothing is left behind, also after Ctrl-C. The exit status is 1 where a step doesn't show what
    it should.
    """
    try:
        with deferred() as stop:
            give(output, stop)
    except (TourError, SandboxError) as error:
        say_error(str(error))
        sys.exit(exits.FAILED)
    except KeyboardInterrupt:
        sys.exit(exits.INTERRUPTED)


if __name__ == "__main__":
    main()
