"""What is wrong with an item, in the reader's language.

The schema knows no language: it says its sentences in English, and remembers what it filled in (``yaml_lines.Said``).
Here they stand once more, so that they are among the messages to translate; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from zhoudao.core.city.yaml_lines import Problem, Said


def in_words(problem: Problem) -> Problem:
    """The same problem in the active language."""
    return replace(problem, problem=_said(problem.problem), expected=_said(problem.expected))


def _said(text: str) -> str:
    if not isinstance(text, Said):
        return gettext(text)
    sentence = gettext(text.sentence)
    values = {name: _said(value) if isinstance(value, Said) else value for name, value in text.values.items()}
    return (sentence.format(**values) if values else sentence) + text.given


WRONG = (
    _("is missing"),
    _("is not a known field"),
    _("one of {known}"),
    _("another value"),
    _("has no Chinese character"),
    _("has a Chinese character"),
    _("has no letter"),
    _("names {repeated} twice"),
    _("is not checked, but no note says what is still to be checked"),
    _("has {zh} steps in Chinese and {en} in English"),
    _("is not required but has no note that says when it is needed"),
    _("has the kiosk in only one of channels and served_by"),
    _("is done at a window, but served_by names only kiosks"),
    _("has two materials of one code"),
    _("names itself in related"),
    _("has a paper for {names}, which is no material"),
    _("codes of materials"),
    _("has steps of {taken} working days"),
    _("at most the promised {promised}"),
    _("needs two choices or more exactly when its type is choice"),
    _("has two choices of one code"),
    _("gives least or most but is no number"),
    _("gives days_ago or days_ahead but is no date"),
    _("can't {odd} at the step {kind}"),
    _("some of {known}"),
    _("is decided on the spot, but the power is the province's and no document delegates it"),
    _("has steps out of order"),
    _("accept, review, perhaps second, perhaps issue"),
    _("names a certificate, but has no step issue"),
    _("endorses a certificate at its approval"),
    _("no step issue"),
    _("asks {code} twice"),
    _("takes the fact {names}, which no question asks"),
    _("depends on {code}, which is not asked before it"),
    _("depends on an answer that {code} can't have"),
    _("some of {answers}"),
    _("is not an item"),
    _("keys and values, the first of them code"),
    _("names {code}, which is no item"),
    _("the code of an item"),
    _("{rank} is also the rank of {twin}"),
    _("each rank once"),
    _("can't be read as YAML ({problem})"),
    _("valid YAML"),
    _("uses the alias *{name}"),
    _("the value itself"),
    _("has the tag {tag}"),
    _("a plain value"),
    _("has a key that is not a word"),
    _("a word as key"),
    _("is given twice"),
    _("each key once"),
    _("is no text"),
    _("has fewer characters than {min_length}"),
    _("has more characters than {max_length}"),
    _("isn't written as it should be"),
    _("is no whole number"),
    _("is neither true nor false"),
    _("is no list"),
    _("holds no keys and values"),
    _("is none of the known words"),
    _("has {actual_length}, fewer than {min_length}"),
    _("has {actual_length}, more than {max_length}"),
    _("is less than {ge}"),
    _("is more than {le}"),
)
"""What is wrong, and what the checks themselves expected."""

EXPECTED = (
    _("an English code in lower case with hyphens, the same as the file's name"),
    _("one of household, traffic, exit-entry, public-security, enterprise, the same as the folder"),
    _("the item's name, zh and en"),
    _("the text in Simplified Chinese"),
    _("the text in English, without Chinese characters"),
    _("one sentence for someone who has never heard of it, zh and en"),
    _("what people type when they mean it, zh and en"),
    _("5 to 80 plain Chinese phrases, each once"),
    _("3 to 40 plain English phrases, each once"),
    _("a list of resident, migrant, enterprise, foreigner, visitor"),
    _("who may apply, and for whom, zh and en"),
    _("a list of what to bring; [] when nothing"),
    _("a short English code in lower case with hyphens, unique in the item"),
    _("its name, zh and en"),
    _("one of original, copy, photo, form, certificate"),
    _("true, or false when only the case the note tells needs it"),
    _("when it is needed, or what it must look like, zh and en"),
    _("fen, and a note where it depends on something"),
    _("the fee in fen (1/100 yuan), 0 or more"),
    _("what the fee depends on, zh and en"),
    _("amount and unit of the limit the law sets; left out when no law sets one"),
    _("a whole number from 1 to 1000"),
    _("one of minute, hour, workday, day"),
    _("what the time depends on, zh and en"),
    _("amount and unit of the time the city promises"),
    _("a list of window, online, kiosk, post, home"),
    _(
        "a list of service codes: household, id-card, residence, vehicle, driver, exit-entry, public-security, "
        "enterprise, kiosk-household, kiosk-traffic, kiosk-exit-entry, anti-fraud"
    ),
    _("what the person does, in order, zh and en"),
    _("1 to 9 steps in Chinese"),
    _("1 to 9 steps in English"),
    _("at least one law with its article"),
    _("the title of the law or regulation, zh and en"),
    _("the article, zh and en, such as 第十一条 and Article 11"),
    _("true when the citation was compared with the text, else false"),
    _("what is still to be checked, zh and en"),
    _("a list of codes of other items; [] when none"),
    _("1 for what people come for most, left out for most items"),
    _("how the platform takes and decides it; left out while it is only described"),
    _("a list of self, another, organisation"),
    _('first two digits of the identity number, as "33"; left out: from anywhere'),
    _("the questions, in order; [] when none"),
    _("a short English code with underscores, unique in the form"),
    _("the question, zh and en"),
    _("what helps to answer it, zh and en"),
    _("one of text, long-text, number, date, choice, yes-no, phone, identity-number"),
    _("true or false"),
    _("for the type choice: two or more, code and name"),
    _("a short English code with underscores"),
    _("what it is called, zh and en"),
    _("characters, 1 to 2000"),
    _("for a number: the least that is taken"),
    _("for a number: the most that is taken"),
    _("for a date: at least that many days before today; 0 means not in the future"),
    _("for a date: not further ahead of today than that many days"),
    _("question and one_of; left out when always asked"),
    _("the code of an earlier question"),
    _('a list of answers; "yes" and "no" for yes-no'),
    _("materials that are handed in"),
    _("the code of one of the item's materials"),
    _("a list of jpeg, png, pdf"),
    _("the largest file, 1 to 20 MiB"),
    _("pixels, for pictures"),
    _("working days within which it may follow (容缺受理); left out when not"),
    _("true when a commitment stands in for it (告知承诺)"),
    _("the type of a certificate that stands in for it when already held"),
    _("accept, review, perhaps second, issue"),
    _("one of accept, review, second, issue"),
    _("one of clerk, reviewer, supervisor"),
    _("promised working days, 0 for the same day"),
    _("a list of what may be decided at this kind of step"),
    _("whose power it is: one of county, city, province"),
    _("the document by which a higher level delegated it, zh and en"),
    _("true when it is decided while the applicant waits; needs the power or its delegation"),
    _("a list of population, residence, photo, home_province"),
    _("what is issued; left out when nothing"),
    _("a code such as residence-permit"),
    _("months it is valid"),
    _("months between endorsements; 0: none"),
    _("true for a card that is handed over: its serial is kept"),
    _("true when it takes the place of the one held, which ends with it"),
    _("what else it says: codes of questions, and what each is called"),
    _("the type of a held certificate that an approval endorses (签注); left out when none"),
    _("a list of letterbox, sms"),
    _("one of ordinary, enterprise, urgent"),
    _("working days within which the decision is published (双公示)"),
    _("working days within which a bad mark is answered (好差评)"),
    _("days within which a refusal may be asked to be reconsidered"),
    _("years after its end for which what was said and handed in is kept"),
    _("legal reasons to refuse, code and text"),
    _("the reason with its article, zh and en"),
    _("what the program's own rules rest on"),
)
"""What was expected at each field: the descriptions of the schema."""

UNREADABLE = (
    _("mapping values are not allowed in this context"),
    _("mapping keys are not allowed in this context"),
    _("block sequence entries are not allowed in this context"),
    _("could not find expected ':'"),
    _("did not find expected key"),
    _("did not find expected '-' indicator"),
    _("did not find expected ',' or ']'"),
    _("did not find expected ',' or '}'"),
    _("did not find expected node content"),
    _("did not find expected <document start>"),
    _("found character that cannot start any token"),
    _("found a tab character that violates indentation"),
    _("found unexpected end of stream"),
    _("found unexpected document indicator"),
    _("found unknown escape character"),
    _("control characters are not allowed"),
    _("expected a single document in the stream"),
)
"""What the reader of YAML says."""
