"""``redact`` shows what would go, and ``add`` says what went."""

from fusion_memory.text.secrets import NAMES

KEY = "ghp_" + "a7Bc" * 9


def test_it_shows_the_text_without_them(cli, tmp_path):
    note = tmp_path / "note.txt"
    note.write_text(f"token {KEY}\n密码是 abc12345。\n", "utf-8")
    run = cli("redact", str(note))
    assert run.out == "token [redacted:github_token]\n密码是 [redacted:told_password]。\n"
    assert "2 credentials taken out" in run.err
    assert cli("redact", "-", "--json", stdin=f"x {KEY}").json == {
        "text": "x [redacted:github_token]",
        "counts": {"github_token": 1},
    }


def test_it_lists_the_kinds(cli):
    assert cli("redact", "--kinds").out.split() == list(NAMES)
    assert "请指定一个文件" in cli("redact", "--lang", "zh", code=2).err


def test_adding_says_what_was_taken_out(cli):
    run = cli("add", f"my token is {KEY}", "--user-id", "ana")
    assert "1 credential was taken out before anything was kept: github_token" in run.err
    assert KEY not in cli("get", run.out.strip(), "--user-id", "ana").out
