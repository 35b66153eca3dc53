"""Register checks (信息核验): population, residence, photo and home-province registers, and a person to fall back on.

    from zhoudao.counter.applications.registers import Question, Register, ask

    answer = ask(Question(Register.POPULATION, {"name": name, "identity_number": number}))
    if answer.verdict is Verdict.UNANSWERED: ...a clerk looks it up by hand...

An answer never decides: it stands beside the application for whoever does.
"""

from zhoudao.counter.applications.registers.asking import Patience, ask
from zhoudao.counter.applications.registers.questions import (
    Answer,
    BadQuestion,
    Question,
    Register,
    Verdict,
)

__all__ = ["Answer", "BadQuestion", "Patience", "Question", "Register", "Verdict", "ask"]
