"""What is done with detectors, findings and packages."""

from zhoudao.desk.findings.actions.deciding import assign, decide, note
from zhoudao.desk.findings.actions.forgetting import forget
from zhoudao.desk.findings.actions.packaging import cancel_package, start_package
from zhoudao.desk.findings.actions.running import cancel_run, start_run

__all__ = [
    "assign",
    "cancel_package",
    "cancel_run",
    "decide",
    "forget",
    "note",
    "start_package",
    "start_run",
]
