"""The guide on security is true in both languages: its commands run, its code runs, its rights file is one."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from fusion_memory.cli.application import ROOT
from fusion_memory.cli.context import Doors
from fusion_memory.core.rights_map import rights_map
from fusion_memory.core.settings import catalogue

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {name: (DOCS / name).read_text("utf-8") for name in ("security.md", "security.zh-CN.md")}
EACH = pytest.mark.parametrize("name", PAGES)


def blocks(name, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGES[name], re.MULTILINE | re.DOTALL)


def shape(text):
    return [len(re.findall(pattern, text, re.MULTILINE)) for pattern in (r"^## ", r"^- ", r"^\|", r"^```")]


def test_both_languages_say_the_same():
    english, chinese = PAGES.values()
    assert shape(english) == shape(chinese)
    for language in ("sh", "python"):
        assert blocks("security.md", language) == blocks("security.zh-CN.md", language)
    assert sorted(re.findall(r"`([a-z]+\.[a-z_]+)`", english)) == sorted(
        re.findall(r"`([a-z]+\.[a-z_]+)`", chinese)
    )


@EACH
def test_its_commands_run(name, tmp_path):
    doors = Doors(environment={"FUSION_MEMORY_HOME": str(tmp_path), "FUSION_MEMORY_EMBEDDING_PROVIDER": "none"})
    for block in blocks(name, "sh"):
        for line in block.splitlines():
            words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', line)]
            assert words.pop(0) == "fusion-memory"
            result = CliRunner().invoke(ROOT, words, obj=doors)
            assert result.exit_code == 0, result.stderr


@EACH
def test_its_code_runs(name, tmp_path):
    [program] = blocks(name, "python")
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "0\n"), done.stderr


@EACH
def test_its_rights_file_is_one(name):
    [text] = blocks(name, "toml")
    assert len(rights_map(tomllib.loads(text), name).grants) == 2


@EACH
def test_its_settings_exist(name):
    known = {setting.name for setting in catalogue()} | {setting.variable for setting in catalogue()}
    named = set(re.findall(r"`((?:auth|limits|server)\.[a-z_]+|FUSION_MEMORY_\w+)`", PAGES[name]))
    assert named <= known
    assert len(named) >= 9
