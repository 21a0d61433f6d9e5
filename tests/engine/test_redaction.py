"""Credentials never reach the database file, by whichever door they come."""

import sqlite3
from dataclasses import fields, replace

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.core.errors import InvalidInput, InvalidSetting
from fusion_memory.core.settings import SECRETS, CaptureSettings, Layer, Settings, resolve

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


def test_no_side_door_lets_a_credential_in(tmp_path):
    path = tmp_path / "memory.db"
    with opened(path) as memory:
        said = {
            "role": "user",
            "name": f"Bob {KEY}",
            "id": f"id-{KEY}",
            "origin": f"app {KEY}",
            "metadata": {KEY: 1},
        }
        added = memory.add({"content": "My sister Eva lives in Rome with Tom.", **said}, ANA)
        again = memory.add({"content": "My sister Eva lives in Rome with Tom.", **said}, ANA)
        assert again.duplicates == added.ids
        assert added.redacted == {"github_token": 4}
        told = memory.tell(f"remember that my token is {KEY}", ANA)
        assert KEY not in repr(told)
        memory.add_alias(ANA, "Eva", f"Evi {KEY}")
        memory.remove_alias(ANA, "Eva", f"Evi {KEY}")
        memory.add_alias(ANA, "Eva", f"Evi {KEY}")
        memory.merge_entities(ANA, "Eva", "Tom", f"one person {KEY}")
        memory.split_entity(ANA, "Tom", f"two persons {KEY}")
        memory.update_user_profile(ANA, {f"kept {KEY}": "v"})
        memory.hold(Scope(user_id="ana"), f"matter {KEY}")
        memory.forget(ANA, added.ids, despite_hold=f"order {KEY}")
        memory.create_key(Scope(workspace_id="w"), f"label {KEY}", ["read"])
        memory.backup(tmp_path / "copy.db")
    files = [file for file in tmp_path.iterdir() if file.is_file()]
    assert not [file.name for file in files if KEY.encode() in file.read_bytes()]


def test_a_session_is_not_named_by_a_credential():
    with opened() as memory:
        with pytest.raises(InvalidInput) as refused:
            memory.add("I live in Porto.", Scope(user_id="ana", session_id=f"s-{KEY}"))
        assert KEY not in str(refused.value)
        card = Scope(user_id="ana", session_id="4111111111111111")
        assert memory.add("I live in Porto.", card).inserted == 1
    with opened(redact_except="github_token") as memory:
        assert memory.add("I live in Porto.", Scope(user_id="ana", session_id=f"s-{KEY}")).inserted == 1


def test_an_import_takes_credentials_out_and_stays_repeatable(tmp_path):
    with opened(redact="off") as before:
        said = {"content": f"I live in Rome. My token is {KEY}.", "name": f"Ana {KEY}", "metadata": {"password": 7}}
        added = before.add([said, "I work at Acme with Tom."], ANA)
        fact = next(fact for fact in before.facts(ANA) if fact.object == "Rome")
        before.correct(fact.id, ANA, object=f"Milan {KEY}")
        before.add_alias(ANA, "Tom", f"Tommy {KEY}")
        before.update_user_profile(ANA, {f"note {KEY}": KEY, "password": "hunter"})
        records = list(before.export(Scope(user_id="ana")))
    assert KEY in str(records)
    assert {"telling", "name_link", "profile_value"} & {record["type"] for record in records}
    with opened(tmp_path / "memory.db") as memory:
        first = memory.import_records(records)
        kept = list(memory.export(Scope(user_id="ana")))
        second = memory.import_records(records)
        again = list(memory.export(Scope(user_id="ana")))
        assert (first.imported, second.imported, second.duplicates) == (2, 0, 2)
        assert second.by_hand == 0 < first.by_hand
        assert [record for record in kept if record["type"] != "end"] == [
            {**record, "times_seen": 1} if record["type"] == "memory" else record
            for record in again
            if record["type"] != "end"
        ]
        assert [memory.get(one, scope=ANA).id for one in added.ids] == list(added.ids)
        assert memory.get(added.ids[0], scope=ANA).content == "I live in Rome. My token is [redacted:github_token]."
        assert memory.get_user_profile(ANA)["password"] == "[redacted:named_secret]"
    with opened() as third:
        assert third.import_records(kept).imported == 2
    files = [file for file in tmp_path.iterdir() if file.is_file()]
    assert not [file.name for file in files if KEY.encode() in file.read_bytes() or b"hunter" in file.read_bytes()]


def test_an_import_into_the_database_it_came_from_changes_nothing(tmp_path):
    path = tmp_path / "memory.db"
    with opened(path, redact="off") as memory:
        memory.add(f"My token is {KEY}.", ANA)
        records = list(memory.export(Scope(user_id="ana")))
    with opened(path) as memory:
        assert memory.import_records(records).duplicates == 1


def test_settings_are_shown_without_their_secrets():
    settings = Settings()
    for name in SECRETS:
        section, field = name.split(".")
        changed = replace(getattr(settings, section), **{field: "s3cret-of-" + field})
        settings = replace(settings, **{section: changed})
    assert "s3cret-of" not in repr(settings)
    assert "s3cret-of" not in "".join(repr(getattr(settings, field.name)) for field in fields(settings))
    assert settings.storage.key == "s3cret-of-key"
