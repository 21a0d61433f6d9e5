"""The guide to the service is true: every line of it runs, and its two languages say the same."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from fusion_memory.core import errors, service_errors
from fusion_memory.engine.service import MemoryService
from fusion_memory.service.app import create_app
from fusion_memory.service.contract import contract
from fusion_memory.service.problems import status_of

DOCS = Path(__file__).parents[2] / "docs"
ENGLISH = (DOCS / "http.md").read_text(encoding="utf-8")
CHINESE = (DOCS / "http.zh-CN.md").read_text(encoding="utf-8")


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def lines(text):
    joined = "".join(blocks(text, "sh")).replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.startswith("curl ")]


@pytest.mark.parametrize("language", ["sh", "python", "json"])
def test_both_languages_show_the_same_code(language):
    assert blocks(ENGLISH, language) == blocks(CHINESE, language)


@pytest.mark.parametrize("pattern", [r"^#+ ", r"^\|", r"`[^`\n]+`"])
def test_both_languages_have_the_same_shape(pattern):
    assert len(re.findall(pattern, ENGLISH, re.MULTILINE)) == len(re.findall(pattern, CHINESE, re.MULTILINE))


class Shell:
    """Does what the lines of the guide say, and remembers the ids that later lines speak of."""

    def __init__(self, http, folder):
        self.http, self.folder, self.values = http, folder, {}

    def run(self, line):
        for name, value in self.values.items():
            line = line.replace(f"${name}", value.replace('"', '\\"') if "-H 'If" not in line else value)
        assert "$" not in line, line
        words = iter(shlex.split(line)[1:])
        verb, url, headers, body, target = "GET", "", {}, None, None
        for word in words:
            match word:
                case "-X":
                    verb = next(words)
                case "-H":
                    name, _, value = next(words).partition(": ")
                    headers[name] = value
                case "-d":
                    body = next(words)
                case "--data-binary":
                    body = (self.folder / next(words).removeprefix("@")).read_bytes()
                case "-o":
                    target = self.folder / next(words)
                case "-i":
                    continue
                case _:
                    url = word
        parts = urlsplit(url)
        assert parts.netloc == "127.0.0.1:8765"
        response = self.http.request(verb, url.removeprefix("http://127.0.0.1:8765"), headers=headers, content=body)
        if target:
            target.write_bytes(response.content)
        self.remember(parts.path, response)
        return response

    def remember(self, path, response):
        if path == "/v1/memories" and response.status_code == 201:
            self.values["MEMORY"] = response.json()["ids"][0]
        if path == "/v1/facts" and response.status_code == 200 and response.json():
            self.values["FACT"] = response.json()[0]["id"]
        if response.headers.get("etag"):
            self.values["ETAG"] = response.headers["etag"]
        if response.headers.get("link"):
            self.values["NEXT"] = re.search("<(.*)>", response.headers["link"])[1]


def test_every_line_of_the_guide_runs(tmp_path):
    with MemoryService(embedder=None, llm=None, reranker=None) as memory, TestClient(create_app(memory)) as http:
        shell = Shell(http, tmp_path)
        statuses = {line: shell.run(line).status_code for line in lines(ENGLISH)}
    wrong = {line: status for line, status in statuses.items() if status >= 400}
    assert list(wrong) == [line for line in statuses if "colour=green" in line]
    assert len(statuses) > 15


@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_every_route_that_is_named_is_there(text):
    plain = {re.sub(r"\{\w+\}", "{}", path.removeprefix("/v1/")) for path in contract()["paths"]}
    table = text.split("|---|---|\n")[1].split("\n\n")[0]
    named = {re.sub(r"\{\w+\}", "{}", name) for row in table.splitlines() for name in re.findall(r"`([^`]+)`", row)}
    assert named <= plain
    assert len(named) > 50


def test_every_status_that_is_named_is_that_of_its_code():
    kinds = {
        kind.code: status_of(kind())
        for room in (errors, service_errors)
        for kind in vars(room).values()
        if isinstance(kind, type) and issubclass(kind, errors.FusionMemoryError)
    }
    rows = re.findall(r"^\| ([\d, ]+) \| (.*?) \|", ENGLISH, flags=re.MULTILINE)
    assert len(rows) > 8
    for statuses, codes in rows:
        told = {kinds[code] for code in re.findall(r"`(\w+)`", codes)}
        assert told == {int(status) for status in statuses.split(", ")}


def test_the_service_in_an_application_of_ones_own(tmp_path):
    (program,) = blocks(ENGLISH, "python")
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "1\n"
