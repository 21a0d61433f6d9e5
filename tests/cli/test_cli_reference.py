"""The reference in docs/ is what the commands say now."""

from pathlib import Path

import pytest

from fusion_memory.cli import table
from fusion_memory.cli.reference import render

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
