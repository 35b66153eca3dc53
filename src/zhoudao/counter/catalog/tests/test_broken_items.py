"""What a broken item file says of itself: file, line, field, and what was expected."""

import re

import pytest

from zhoudao.counter.catalog.files import BadItems, read_file, read_folder, read_text


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def line_of(path, beginning):
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(beginning))


def problems(folder):
    with pytest.raises(BadItems) as bad:
        read_folder(folder)
    return bad.value.problems


def only_problem(folder):
    found = problems(folder)
    assert len(found) == 1, "\n".join(map(str, found))
    return found[0]


def test_a_whole_folder_is_read(folder):
    assert [item.code for item in read_folder(folder)] == [
        "driver-licence-renewal",
        "driver-licence-replacement",
    ]


def test_the_text_of_a_problem_names_file_line_field_and_what_was_expected(folder, renewal):
    replace(renewal, "  fen: 1000\n", "  fen: -5\n")
    line = line_of(renewal, "fee:") + 1
    said = str(only_problem(folder))
    assert said.startswith(f"{renewal}:{line} fee.fen: ")
    assert said.endswith("; expected the fee in fen (1/100 yuan), 0 or more")
    assert "-5" in said


def test_a_wrong_indent(folder, renewal):
    replace(
        renewal,
        "promised_time:\n  amount: 10\n  unit: minute\n",
        "promised_time:\n  amount: 10\n unit: minute\n",
    )
    problem = only_problem(folder)
    assert problem.line == line_of(renewal, " unit: minute")
    assert "YAML" in str(problem)


def test_a_missing_key(folder, renewal):
    text = renewal.read_text(encoding="utf-8")
    renewal.write_text(re.sub(r"^audience: .*\n", "", text, flags=re.MULTILINE), encoding="utf-8")
    problem = only_problem(folder)
    assert (problem.field, problem.problem) == ("audience", "is missing")
    assert "resident, migrant" in problem.expected


def test_a_missing_language(folder, renewal):
    line = line_of(renewal, "name:")
    lines = renewal.read_text(encoding="utf-8").splitlines()
    del lines[line + 1]  # the English name
    renewal.write_text("\n".join(lines) + "\n", encoding="utf-8")
    problem = only_problem(folder)
    assert (problem.line, problem.field, problem.problem) == (line, "name.en", "is missing")


def test_an_unknown_key(folder, renewal):
    replace(renewal, "promised_time:", "promise_time:")
    found = {problem.field: problem for problem in problems(folder)}
    assert found["promise_time"].line == line_of(renewal, "promise_time:")
    assert "promised_time" in found["promise_time"].expected
    assert found["promised_time"].problem == "is missing"


def test_a_word_outside_its_list(folder, renewal):
    replace(renewal, "channels: [window, online, kiosk]", "channels: [window, online, kiosk, fax]")
    problem = only_problem(folder)
    assert (problem.line, problem.field) == (line_of(renewal, "channels:"), "channels.3")
    assert "window, online, kiosk, post, home" in str(problem)


def test_an_unknown_service(folder, renewal):
    replace(renewal, "served_by: [driver, kiosk-traffic]", "served_by: [drivers, kiosk-traffic]")
    problem = only_problem(folder)
    assert problem.field == "served_by.0"
    assert "kiosk-household" in problem.expected


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("  amount: 1\n", "  amount: 0\n", "legal_time.amount"),
        ("  amount: 1\n", "  amount: one\n", "legal_time.amount"),
        ("  unit: minute\n", "  unit: fortnight\n", "promised_time.unit"),
        ("audience: [resident, migrant, foreigner]", "audience: [resident, resident]", "audience"),
        ("category: traffic", "category: parking", "category"),
        ("  fen: 1000\n", '  fen: "1000"\n', "fee.fen"),
    ],
)
def test_a_value_of_the_wrong_kind(folder, renewal, old, new, field):
    replace(renewal, old, new)
    assert field in {problem.field for problem in problems(folder)}


def test_english_that_is_chinese(folder, renewal):
    line = line_of(renewal, "summary:") + 2
    lines = renewal.read_text(encoding="utf-8").splitlines()
    lines[line - 1] = "  en: 驾驶证快到期"
    renewal.write_text("\n".join(lines) + "\n", encoding="utf-8")
    problem = only_problem(folder)
    assert (problem.line, problem.field) == (line, "summary.en")


def test_steps_that_differ_in_number(folder, renewal):
    lines = renewal.read_text(encoding="utf-8").splitlines()
    last = max(number for number, line in enumerate(lines) if line.startswith("    - "))
    del lines[last]
    renewal.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert only_problem(folder).field == "steps"


def test_a_law_without_its_article(folder, renewal):
    text = renewal.read_text(encoding="utf-8")
    renewal.write_text(re.sub(r"    article:\n.*\n.*\n", "", text, count=1), encoding="utf-8")
    problem = only_problem(folder)
    assert (problem.field, problem.problem) == ("law.0.article", "is missing")


def test_a_citation_nobody_checked_says_what_is_left_to_check(folder, renewal):
    text = renewal.read_text(encoding="utf-8")
    tail = text[text.index("law:") :]
    unnoted = re.sub(r"    note:\n.*\n.*\n", "", tail, count=1).replace("checked: true", "checked: false", 1)
    renewal.write_text(text.replace(tail, unnoted), encoding="utf-8")
    assert only_problem(folder).field == "law.0"


def test_a_paper_that_is_not_always_needed_says_when(folder, renewal):
    replace(
        renewal, "    kind: certificate\n    required: true\n", "    kind: certificate\n    required: false\n"
    )
    assert [item.code for item in read_folder(folder)]  # it has a note
    lines = renewal.read_text(encoding="utf-8").splitlines()
    at = lines.index("    required: false")
    del lines[at + 1 : at + 4]
    renewal.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert only_problem(folder).field == "materials.1"


def test_a_kiosk_that_no_channel_leads_to(folder, renewal):
    replace(renewal, "channels: [window, online, kiosk]", "channels: [window, online]")
    assert "kiosk" in only_problem(folder).problem


def test_a_related_item_that_does_not_exist(folder, renewal):
    replace(
        renewal,
        "related: [driver-licence-replacement]",
        "related: [driver-licence-replacement, flying-licence]",
    )
    problem = only_problem(folder)
    assert (problem.field, problem.line) == ("related.1", line_of(renewal, "related:"))
    assert "flying-licence" in problem.problem


def test_two_items_of_one_code(folder, renewal):
    again = folder / "household" / renewal.name
    again.parent.mkdir()
    again.write_text(renewal.read_text(encoding="utf-8"), encoding="utf-8")
    said = [str(problem) for problem in problems(folder)]
    assert any("also the code of" in problem and "household" in problem for problem in said)
    assert any("the file to be traffic/driver-licence-renewal.yaml" in problem for problem in said)


def test_a_file_that_is_named_otherwise(folder, renewal):
    renewal.rename(renewal.with_name("renewal.yaml"))
    assert {problem.field for problem in problems(folder)} == {"code", "related.0"}


def test_every_problem_of_every_file_is_told_at_once(folder, renewal):
    replace(renewal, "category: traffic", "category: parking")
    replacement = folder / "traffic" / "driver-licence-replacement.yaml"
    replace(replacement, "  fen: 1000\n", "  fen: -1\n")
    replace(replacement, "audience: [resident, migrant, foreigner]", "audience: []")
    found = problems(folder)
    assert [(problem.path.name, problem.field) for problem in found] == [
        ("driver-licence-renewal.yaml", "category"),
        ("driver-licence-replacement.yaml", "audience"),
        ("driver-licence-replacement.yaml", "fee.fen"),
    ]


def test_a_file_in_another_encoding(folder, renewal):
    renewal.write_bytes(renewal.read_text(encoding="utf-8").encode("gb18030"))
    assert "UTF-8" in str(only_problem(folder))


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words\n"])
def test_a_file_that_holds_no_item(folder, renewal, text):
    renewal.write_text(text, encoding="utf-8")
    assert only_problem(folder).problem == "is not an item"


def test_a_folder_without_items(tmp_path):
    assert "holds no item" in str(problems(tmp_path)[0])
    assert "is not a folder" in str(problems(tmp_path / "nowhere")[0])


def test_one_file_or_text_can_be_read_by_itself(renewal):
    alone = read_file(renewal)
    assert alone.item == read_text(renewal.read_text(encoding="utf-8"), renewal).item
    with pytest.raises(BadItems, match=r"new\.yaml:\d"):
        read_text("code: [", renewal.with_name("new.yaml"))
