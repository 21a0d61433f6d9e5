"""What is shipped to install and run the service can be read by what will read it."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from fusion_memory.cli.table import COMMANDS
from fusion_memory.core.settings import catalogue

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))


def install(*options, **environment):
    return subprocess.run(
        ["sh", str(ROOT / "install.sh"), *options],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", **environment},
        check=False,
        stdin=subprocess.DEVNULL,
    )


def python():
    import sys

    return {"PYTHON": sys.executable}


def test_the_installer_says_what_it_would_do():
    done = install("--dry-run", "--to", "/x/program", "--bin", "/x/bin", **python())
    assert done.returncode == 0, done.stderr
    assert f"Installing {ROOT}[local,service] into /x/program" in done.stdout
    assert "+ /x/program/bin/fusion-memory init --yes" in done.stdout
    assert "+ ln -sf /x/program/bin/fusion-memory /x/bin/fusion-memory" in done.stdout
    assert "Add /x/bin to your PATH" in done.stdout
    other = install("--dry-run", "--from", "fusion-memory==9", "--extras", "", **python())
    assert "Installing fusion-memory==9 into /nonexistent/.local/lib/fusion-memory" in other.stdout


def test_the_installer_refuses_what_it_does_not_know():
    assert "There is no option --magic" in install("--magic").stderr
    assert "--from needs a value" in install("--from").stderr
    assert "sh install.sh [--yes]" in install("--help").stdout


def test_the_installer_needs_a_python_that_is_new_enough(tmp_path):
    for name in ("sh", "dirname", "grep", "sed"):
        (tmp_path / name).symlink_to(shutil.which(name))
    done = install("--dry-run", PATH=str(tmp_path))
    assert done.returncode == 1
    assert "There is no Python 3.11 or later." in done.stderr


def test_the_windows_installer_has_the_same_steps():
    script = (ROOT / "install.ps1").read_text("utf-8")
    for step in ('"-m", "venv"', '"pip>=25.1"', '"init", "--yes"', "local,service", "(3, 11)"):
        assert step in script
    assert script.count("{") == script.count("}")
    assert script.count("(") == script.count(")")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_sound_and_runs_a_command_there_is(unit, tmp_path):
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str
    parsed.read(unit)
    assert {"Unit", "Service", "Install"} == set(parsed.sections())
    assert parsed["Service"]["ExecStart"].split()[1] in COMMANDS
    if shutil.which("systemd-analyze"):
        there = tmp_path / unit.name
        there.write_text(unit.read_text().replace("/opt/fusion-memory/bin/fusion-memory", "/bin/true"))
        words = ["systemd-analyze", "verify", "--man=no", there]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert unit.name not in done.stderr, done.stderr


def test_the_containers_run_commands_there_are_on_what_the_image_has():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    assert set(compose["services"]) == {"memory", "worker"}
    for service in compose["services"].values():
        assert service["cap_drop"] == ["ALL"]
        assert service["volumes"] == ["memory:/var/lib/fusion-memory"]
    assert compose["services"]["memory"]["ports"][0].startswith("127.0.0.1:")
    assert compose["services"]["worker"]["command"][1] in COMMANDS
    dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")
    for line in re.findall(r"^COPY (?!--)(.*)$", dockerfile, re.MULTILINE):
        *sources, _ = line.split()
        assert all((ROOT / source).exists() for source in sources), line


def test_every_variable_of_the_example_is_a_setting():
    known = {setting.variable for setting in catalogue()} | {"FUSION_MEMORY_HOME", "FUSION_MEMORY_PORT"}
    text = "".join(file.read_text("utf-8") for file in DEPLOY.iterdir() if file.is_file())
    assert set(re.findall(r"\bFUSION_MEMORY_[A-Z_]+", text)) <= known
