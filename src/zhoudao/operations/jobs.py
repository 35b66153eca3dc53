"""What the worker does for whoever keeps the platform running."""

from zhoudao.core.access import SYSTEM
from zhoudao.core.outbox.jobs import every, job
from zhoudao.operations import retention
from zhoudao.operations.watch import alarms


@job("operations.tell")
@every(minutes=5)
def tell() -> None:
    """Tell the administrators what turned bad."""
    alarms.tell(SYSTEM)


@job("operations.retain")
@every(minutes=24 * 60)
def retain() -> None:
    """Erase what has been kept long enough."""
    retention.run(SYSTEM)
