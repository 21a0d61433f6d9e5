"""Credentials never reach the database file, by whichever door they come."""

import sqlite3

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.core.errors import InvalidSetting
from fusion_memory.core.settings import CaptureSettings, Layer, Settings, resolve

ANA = Scope(user_id="ana", session_id="s")
KEY = "ghp_" + "a7Bc" * 9
CARD = "4111 1111 1111 1111"


def opened(path=":memory:", **capture):
    return MemoryService(path, embedder=None, settings=Settings(capture=CaptureSettings(**capture)))


def test_no_door_lets_a_credential_in(tmp_path):
    path = tmp_path / "memory.db"
    with opened(path) as memory:
        added = memory.add({"content": f"My token is {KEY}, keep it.", "metadata": {"env": f"T={KEY}"}}, ANA)
        memory.add_batch([f"again {KEY}", {"role": "tool", "content": f"GITHUB={KEY}"}], ANA)
        memory.record_message(ANA, "user", f"and {KEY}")
        memory.ingest_log([{"role": "user", "content": f"I use the token {KEY} for the deployment."}], ANA)
        memory.tell(f"remember that my token is {KEY}", ANA)
        memory.update_user_profile(ANA, {"token": f"it is {KEY}"})
        memory.add("I live in Berlin.", ANA)
        fact = next(iter(memory.facts(ANA)))
        memory.correct(fact.id, ANA, object=f"Paris {KEY}")
        memory.search(f"Where is {KEY}?", ANA)
        memory.answer(f"Where is {KEY}?", ANA)
        pack = memory.answer_context(f"What about {KEY}?", ANA)
        assert added.redacted == {"github_token": 2}
        assert memory.get(added.ids[0], scope=ANA).content == "My token is [redacted:github_token], keep it."
        assert KEY not in pack.text
        assert KEY not in str(list(memory.export(ANA)))
        memory.backup(tmp_path / "copy.db")
    files = [file for file in tmp_path.iterdir() if file.is_file()]
    assert len(files) >= 2
    assert not [file.name for file in files if KEY.encode() in file.read_bytes()]


def test_the_audit_trail_counts_them(tmp_path):
    with opened(tmp_path / "memory.db") as memory:
        memory.add(f"one {KEY} and {CARD}", ANA)
        memory.add("nothing", ANA)
    database = sqlite3.connect(tmp_path / "memory.db")
    details = [
        row[0] for row in database.execute("SELECT detail FROM audit WHERE action = 'add' ORDER BY audit_no")
    ]
    database.close()
    assert '"redacted": {"card_number": 1, "github_token": 1}' in details[0]
    assert "redacted" not in details[1]


def test_the_same_saying_with_a_credential_is_the_same_memory():
    with opened() as memory:
        first = memory.add({"content": f"token {KEY}", "time": "2026-01-01"}, ANA)
        again = memory.add({"content": f"token {KEY}", "time": "2026-01-01"}, ANA)
        assert again.duplicates == first.ids


def test_it_can_be_switched_off_or_left_in_by_kind():
    with opened(redact="off") as memory:
        assert KEY in memory.get(memory.add(KEY, ANA).ids[0], scope=ANA).content
    with opened(redact_except="card_number, npm_token") as memory:
        kept = memory.get(memory.add(f"{KEY} {CARD}", ANA).ids[0], scope=ANA).content
        assert kept == f"[redacted:github_token] {CARD}"


@pytest.mark.parametrize("capture", [{"redact": "maybe"}, {"redact_except": "card_number,nonsense"}])
def test_a_wrong_setting_is_said(capture):
    with pytest.raises(InvalidSetting):
        opened(**capture)


def test_a_project_file_cannot_switch_it_off():
    for name, value in (("capture.redact", "off"), ("capture.redact_except", "github_token")):
        with pytest.raises(InvalidSetting):
            resolve([Layer("project", {name: value}, trusted=False)])
