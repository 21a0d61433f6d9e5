"""The reference in docs/ is what the commands say now."""

from pathlib import Path

import pytest

from fusion_memory.cli import settings_page, table
from fusion_memory.cli.reference import render
from fusion_memory.core.settings import catalogue

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("lang", "name"), [("en", "cli.md"), ("zh", "cli.zh-CN.md")])
def test_the_committed_page_is_current(lang, name):
    page = (DOCS / name).read_text("utf-8")
    assert page == render(lang), f"python -m fusion_memory.cli.reference {lang} > docs/{name}"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_has_every_command(lang):
    page = render(lang)
    for name in table.COMMANDS:
        assert f"\n### {name}\n" in page


@pytest.mark.parametrize(("lang", "name"), [("en", "settings.md"), ("zh", "settings.zh-CN.md")])
def test_the_page_of_settings_is_current_and_whole(lang, name):
    page = (DOCS / name).read_text("utf-8")
    assert page == settings_page.render(lang), f"python -m fusion_memory.cli.settings_page {lang} > docs/{name}"
    assert all(f"| `{setting.name}` |" in page for setting in catalogue())


def test_config_show_says_where_every_value_came_from(cli):
    cli.environment["FUSION_MEMORY_RETRIEVAL_LIMIT"] = "7"
    lines = cli("config", "show", "--origin").out.splitlines()
    assert len(lines) == len(catalogue())
    [limit] = [line for line in lines if line.split()[0] == "retrieval.limit"]
    assert limit.split()[1:] == ["7", "environment", "FUSION_MEMORY_RETRIEVAL_LIMIT"]
    assert cli("config", "retrieval.limit", "--origin").out.split() == limit.split()
    assert len(cli("config", "show").out.splitlines()) == len(lines)
