"""`zhoudao outbox`: what waits, what got stuck, and what to do about it."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from zhoudao.core.access import SYSTEM
from zhoudao.core.commands import emit, refuse
from zhoudao.core.outbox import actions, queries
from zhoudao.core.outbox.models import OutboxMessage
from zhoudao.core.outbox.rules import Channel

JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group()
def outbox() -> None:
    """Jobs and notices (发件箱) on their way."""


@outbox.command("list")
@click.option(
    "--view", type=click.Choice(queries.VIEWS), default="waiting", show_default=True, help="Which messages."
)
@JSON
def list_(view: str, as_json: bool) -> None:
    """The messages that wait, are late, or were given up; at most a hundred, longest due first."""
    messages = [as_record(message) for message in queries.messages(SYSTEM, view)]
    lines = [
        "{id}  {kind} {name}  {state}, {tries} tries, due {due_at}  {last_error}".format(**message)
        for message in messages
    ]
    emit({"counts": queries.counts(SYSTEM), "messages": messages}, as_json, lines or ["nothing"])


def as_record(message: OutboxMessage) -> dict[str, object]:
    return {
        "id": message.pk,
        "key": message.key,
        "kind": message.kind,
        "name": message.name,
        "channel": message.channel,
        "state": message.state,
        "tries": message.tries,
        "enqueued_at": message.enqueued_at.isoformat(),
        "due_at": message.due_at.isoformat(),
        "last_error": message.last_error,
    }


@outbox.command()
@click.argument("message", type=int, required=False)
@click.option("--all", "everything", is_flag=True, help="Every message that was given up.")
@JSON
def retry(message: int | None, everything: bool, as_json: bool) -> None:
    """Try MESSAGE again, one that was given up; or all of them."""
    if everything == (message is not None):
        refuse("name one message, or --all")
    if message is None:
        count = actions.retry_all(SYSTEM)
    else:
        _on_one(lambda: actions.retry(SYSTEM, message), message)
        count = 1
    emit({"retried": count}, as_json, [f"{count} will be tried again"])


@outbox.command()
@click.argument("message", type=int)
@click.option("--reason", required=True, help="Why it need not be delivered; kept in the audit trail.")
@JSON
def drop(message: int, reason: str, as_json: bool) -> None:
    """Give MESSAGE up for good and wipe what it said."""
    _on_one(lambda: actions.drop(SYSTEM, message, reason), message)
    emit({"dropped": message}, as_json, [f"message {message} is dropped"])


@outbox.command("try")
@click.argument("channel", type=click.Choice([channel.value for channel in Channel]))
@click.argument("recipient")
@JSON
def try_(channel: str, recipient: str, as_json: bool) -> None:
    """Send a test notice to RECIPIENT, to see that CHANNEL works; the worker delivers it."""
    message = actions.try_channel(SYSTEM, channel, recipient)
    emit(as_record(message), as_json, [f"message {message.pk} waits for the worker"])


def _on_one(do: Callable[[], object], message: int) -> None:
    try:
        do()
    except OutboxMessage.DoesNotExist:
        refuse(f"there is no message {message}")
    except ValueError as error:
        refuse(str(error))
    except actions.NotStuck as error:
        click.echo(str(error), err=True)
        sys.exit(1)
