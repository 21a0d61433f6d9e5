"""Who does not serve does not pay for it: neither the package nor the command line loads the web framework."""

import subprocess
import sys

import pytest

HEAVY = {"fastapi", "starlette", "pydantic", "uvicorn"}


@pytest.mark.parametrize(
    "module",
    ["fusion_memory", "fusion_memory.cli.application", "fusion_memory.server", "fusion_memory.engine.service"],
)
def test_importing_it_loads_no_web_framework(module):
    program = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert not HEAVY & set(done.stdout.split())


@pytest.mark.parametrize("options", [["--port", "70000"], ["--storage-backend", "oracle"], ["--hosts", "x"]])
def test_the_other_name_of_serve_refuses_bad_options(options):
    done = subprocess.run(
        [sys.executable, "-m", "fusion_memory.server", *options], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ")
