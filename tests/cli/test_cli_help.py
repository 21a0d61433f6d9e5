"""Help: complete, in both languages, and cheap."""

import re
import subprocess
import sys

import click
import pytest

from fusion_memory.cli import table
from fusion_memory.cli.application import ROOT
from fusion_memory.cli.failure import PROGRAM
from fusion_memory.cli.help import option_help, own_params, short_help, topic

LANGUAGES = ("en", "zh")


def chinese(text):
    return bool(re.search(r"[一-鿿]", text))


def contexts():
    root = click.Context(ROOT, info_name=PROGRAM)
    for name in table.COMMANDS:
        command = ROOT.get_command(root, name)
        yield command, click.Context(command, info_name=name, parent=root)
        for inner in command.commands.values() if isinstance(command, click.Group) else ():
            yield inner, click.Context(inner, info_name=inner.name, parent=root)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_page_lists_every_command_and_every_exit_code(cli, lang):
    page = cli("--lang", lang, "--help").out
    lines = page.splitlines()
    for name in table.COMMANDS:
        assert any(line.split()[:1] == [name] and len(line.split()) > 1 for line in lines), name
    for code in ("0", "1", "2", "3", "4", "5", "6", "7", "8", "130", "141"):
        assert any(line.startswith(f"  {code} ") for line in lines), code
    assert cli("--lang", lang).out == page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_command_and_every_option_is_explained(lang):
    for command, _ in contexts():
        assert short_help(topic(command), lang)
        for param in command.params:
            meaning = option_help(param, topic(command), lang)
            assert meaning, f"{command.name}: {param.name}"
            assert chinese(meaning) == (lang == "zh"), f"{command.name}: {param.name}"


@pytest.mark.parametrize("name", table.COMMANDS)
def test_a_page_names_its_options_and_the_shared_ones(cli, name):
    page = cli(name, "--help").out
    assert page.startswith(f"Usage: {PROGRAM} {name}")
    for spelling in ("--user-id", "--db", "--json", "--lang", "--allow-cross-session", "--session-id"):
        assert spelling in page


def test_a_page_speaks_the_language_of_the_locale(cli, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "查找" in cli("search", "--help").out
    assert "Find" in cli("search", "--help", "--lang", "en").out


def test_lines_fit_the_screen(cli, monkeypatch):
    monkeypatch.setenv("COLUMNS", "72")
    from fusion_memory.cli.columns import cell_width

    for lang in LANGUAGES:
        for line in cli("add", "--help", "--lang", lang).out.splitlines():
            assert cell_width(line) <= 74 or line.startswith("  fusion-memory") or "{" in line, line


def test_the_first_page_imports_no_command_no_rich_and_no_engine(cli):
    script = (
        "import sys; from fusion_memory.cli.application import run; code = run(['--help']);"
        "heavy = [m for m in sys.modules if m.endswith('_command') or m.split('.')[0] in ('rich', 'numpy', 'apsw')"
        " or m.startswith(('fusion_memory.engine', 'fusion_memory.retrieval'))];"
        " sys.exit(str(heavy) if heavy else code)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_version_needs_not_even_click(cli):
    script = (
        "import sys; sys.argv = ['fusion-memory', '--version'];"
        "from fusion_memory.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as leaving: code = leaving.code\n"
        "sys.exit('click' in sys.modules or code)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("fusion-memory ")


def test_the_version_as_json(cli):
    assert set(cli("--version", "--json").json) == {"version"}
    assert cli("-V").out.startswith("fusion-memory ")


def test_options_of_commands_do_not_hide_the_shared_ones():
    for command, _ in contexts():
        spellings = [spelling for param in command.params for spelling in param.opts]
        assert len(spellings) == len(set(spellings)), command.name
        assert own_params(command) is not None
