"""Documentation is part of the product: what no page names fails here."""

import re
from pathlib import Path

import click
import pytest

from zhoudao import cli
from zhoudao.engines.detection import detectors

CHECKOUT = Path(__file__).resolve().parent.parent
PAGES = sorted((CHECKOUT / "docs").glob("*.md")) + sorted(CHECKOUT.glob("*.md"))
SOURCES = [path for path in (CHECKOUT / "src").rglob("*.py") if "tests" not in path.parts]
SETTING = re.compile(
    r"""(?:env(?:_\w+)?\(\s*|environ(?:\.get\(|\.setdefault\(|\[)\s*)["']([A-Z][A-Z_]+)["']"""
)


def settings_in_code() -> set[str]:
    names = {name for path in SOURCES for name in SETTING.findall(path.read_text(encoding="utf-8"))}
    return names - {"DJANGO_SETTINGS_MODULE"}


def test_every_setting_is_documented_and_every_documented_one_exists():
    page = (CHECKOUT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = "\n".join(line for line in page.splitlines() if line.startswith("| `"))
    documented = set(re.findall(r"`([A-Z][A-Z_]+)`", rows)) - {"PORT"}
    read = {name.removesuffix("_FILE") for name in settings_in_code()}
    assert read - documented == set(), "settings that docs/settings.md does not name"
    assert {name for name in documented if name.startswith("ZHOUDAO")} - read == set(), (
        "documented, but nothing reads them"
    )


def commands(group: click.Group, path: str):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


ALL_COMMANDS = dict(commands(cli.main, "zhoudao"))


def test_every_command_is_documented():
    page = (CHECKOUT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [path for path in ALL_COMMANDS if f"`{path}" not in page] == []


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_the_list_of_commands_says_what_each_says_of_itself(name):
    own = cli.main.get_command(click.Context(cli.main), name).help
    first = " ".join(own.split("\n\n")[0].split()).split(". ")[0].rstrip(".")
    assert cli.COMMANDS[name][1] == first


@pytest.mark.parametrize("path", sorted(ALL_COMMANDS))
def test_every_command_explains_itself(path):
    command = ALL_COMMANDS[path]
    assert command.help, f"{path} has no help text"
    if path != "zhoudao manage":
        silent = [
            option.name
            for option in command.params
            if isinstance(option, click.Option)
            and not option.help
            and option.name not in ("help", "port", "size", "seed")
        ]
        assert silent == [], f"{path}: options without a help text"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)", text) + re.findall(r'src="([^"]+)"', text)
    broken = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert broken == []


def test_every_page_is_in_the_index():
    index = (CHECKOUT / "docs" / "README.md").read_text(encoding="utf-8")
    missing = [
        page.name
        for page in (CHECKOUT / "docs").glob("*.md")
        if page.name != "README.md" and f"({page.name})" not in index
    ]
    assert missing == []


def test_the_lock_names_no_address_and_every_package_has_a_hash():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (CHECKOUT / name).read_text(encoding="utf-8")
        assert not re.search(r"https?://|file:|@ ", text), name
        pinned = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
        assert pinned, name
        assert [block.split()[0] for block in pinned if "--hash=sha256:" not in block] == []


def test_every_detector_is_documented():
    page = (CHECKOUT / "docs" / "detectors.md").read_text(encoding="utf-8")
    assert [name for name in detectors() if f"| `{name}` |" not in page] == []


def test_both_front_pages_show_the_same_commands():
    english, chinese = (
        re.findall(r"^make \w+", (CHECKOUT / name).read_text(encoding="utf-8"), re.MULTILINE)
        for name in ("README.md", "README.zh-CN.md")
    )
    assert english == chinese != []
