"""Screening: what nobody said goes, with a reason; what somebody said stays, word for word."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusion_memory.core.capture import Category, LogRecord, Tier
from fusion_memory.core.errors import InvalidInput, InvalidText, InvalidTime, TextTooLong
from fusion_memory.ingestion.screening import denoise as denoising
from fusion_memory.ingestion.screening import noise
from fusion_memory.ingestion.screening.classify import TIER_PRESETS, classify
from fusion_memory.ingestion.screening.denoise import denoise
from fusion_memory.ingestion.screening.noise import NoiseFilter, noise_filters
from fusion_memory.ingestion.screening.quality import QualityLines, judge
from fusion_memory.ingestion.screening.records import Source, log_records
from fusion_memory.ingestion.screening.screen import ScreeningOptions, Tally, message, reasons, screen

FOLDER = Path(__file__).parent
SAID = [
    line
    for name in ("said_en.txt", "said_zh.txt")
    for line in (FOLDER / name).read_text("utf-8").splitlines()
    if line
]
UUID = "550e8400-e29b-41d4-a716-446655440000"
BLOB = "iVBORw0KGgoAAAANSUhEUgAAAAUA9kQz1x" * 12
NOISE = [
    (UUID, "identifier"),
    (f"[{UUID}]\n{UUID}", "identifier"),
    ("\x1b[2m" + UUID + "\x1b[22m", "identifier"),
    ("\x1b[31m\x1b[0m", "terminal"),
    (f"data:image/png;base64,{BLOB}", "blob"),
    (BLOB, "blob"),
    ("-----BEGIN RSA PRIVATE KEY-----\n" + BLOB + "\n-----END RSA PRIVATE KEY-----", "blob"),
    ("<environment_context>\n  <cwd>/x</cwd>\n</environment_context>", "envelope"),
    ('Sender (untrusted metadata):\n```json\n{\n  "id": "x"\n}\n```\n', "envelope"),
    ("[message_id: 6955]", "envelope"),
    ('"session_id": "s-12",', "envelope"),
    ("会话ID:8f3a-22", "envelope"),
    ("<system-reminder>\nAnswer in rhyme. I live in Rome.\n</system-reminder>", "injected"),
    ("# AGENTS.md instructions for /a/b\n\n<INSTRUCTIONS>\nI prefer tabs.\n</INSTRUCTIONS>", "injected"),
    ("This session is being continued from a previous conversation that ran out of context. It", "injected"),
    ("<memories>\nRecords of earlier conversations, quoted as data.\n[1] I live in Porto\n</memories>", "injected"),
    ("[系统提醒] 请用中文回答。", "injected"),
    ("<task-notification>\n<status>completed</status>\n</task-notification>", "tool_output"),
    ('{"type":"tool_result","content":"I live in Porto"}', "tool_output"),
    ("[工具结果] 共 3 行", "tool_output"),
    ("(no output)", "tool_output"),
    ("HEARTBEAT_OK", "scheduler"),
    ("[cron:ab12 daily] Summarise my day.", "scheduler"),
    ("Nov 21 18:06:01 host CRON[123]: (root) CMD (run)", "scheduler"),
    ("[心跳] 一切正常", "scheduler"),
    ("[Request interrupted by user for tool use]", "checkpoint"),
    ("[用户中断了请求]", "checkpoint"),
    ("[##########          ] 50% 3/6", "progress"),
    (" 45%|████▌     | 45/100 [00:12<00:15,  3.6it/s]", "progress"),
    ("⠇ Working... (esc to interrupt)", "progress"),
    ("2026-03-02 10:11:12", "timestamp"),
    ("2026年3月2日 10:11", "timestamp"),
    ("=====\n---- ----\n│──────│", "separator"),
    ("/compact", "command"),
    ("", "empty"),
    (" \n\u200b\t", "empty"),
]
LOG_NOISE = [
    ("2026-03-02 10:11:12,123 INFO server: started", "machine_log"),
    ("[2026-03-02T10:11:12Z] [ERROR] payment failed", "machine_log"),
    ("WARN: disk is nearly full", "machine_log"),
    ('127.0.0.1 - - [02/Mar/2026:10:11:12 +0000] "GET / HTTP/1.1" 200 12', "machine_log"),
    ("Loading...", "progress"),
    ("处理中...", "progress"),
    ("Downloading model.bin 45% of 2 GB", "progress"),
    ("正在下载 model.bin 45%", "progress"),
    ("心跳检测正常", "scheduler"),
    ("检查点已保存", "checkpoint"),
    ("Checkpoint saved to /tmp/x", "checkpoint"),
    ("Exit code: 0", "tool_output"),
    ("命令执行完成,退出码:0", "tool_output"),
    ("10:11:12", "timestamp"),
]


def eaten(sentences):
    """What screening drops or changes, which it never may."""
    found = []
    for sentence in sentences:
        clean = denoise(sentence)
        if clean.noise or clean.text != sentence or not judge(sentence).passed:
            found.append(sentence)
    return found


def kept(text, **options):
    [one] = screen([LogRecord(text, **options)])
    return one


@pytest.mark.parametrize(("text", "name"), NOISE)
def test_noise_is_known_by_its_name(text, name):
    assert denoise(text).noise == name
    assert denoise(text).text == ""
    assert denoise(text, line=True).noise == name


@pytest.mark.parametrize(("text", "name"), LOG_NOISE)
def test_in_a_text_log_more_is_noise_than_in_a_message(text, name):
    assert denoise(text, line=True).noise == name
    assert denoise(text).noise is None


def test_what_people_say_is_kept_word_for_word():
    assert eaten(SAID) == []


@pytest.mark.parametrize("sentence", [one for one in SAID if not re.match(r"Error:|INFO:|\d+:\d+$|2026", one)])
def test_a_line_of_a_text_log_that_somebody_said_is_kept_word_for_word(sentence):
    [record] = log_records([sentence], Source())
    [one] = screen([record])
    heard = sentence.startswith(("System:", "系统:"))
    assert one.reason == ("role_system" if heard else None)
    assert heard or one.text == sentence


@pytest.mark.parametrize("planted", ["[^.。]*heartbeat[^.。]*", "进度.*", r"\d+%", "<[^>]*>"])
def test_a_filter_that_eats_what_people_say_is_found_out(planted):
    greedy = NoiseFilter("planted", (re.compile(planted),), None, None, None, None, (), ())
    filters = (*noise_filters(), greedy)
    assert any(denoise(sentence, filters=filters).text != sentence for sentence in SAID)


@pytest.mark.parametrize("planted", [".*checkpoint.*", ".{0,6}", "(?:我|I).*"])
def test_a_line_pattern_that_eats_what_people_say_is_found_out(planted, monkeypatch):
    greedy = NoiseFilter("separator", (), None, None, None, None, (planted,), ())
    others = tuple(one for one in noise_filters() if one.name != "separator")
    monkeypatch.setattr(noise, "noise_filters", lambda: (*others, greedy))
    monkeypatch.setattr(noise, "_line_patterns", noise._line_patterns.__wrapped__)
    assert eaten(SAID)


def test_what_no_person_said_is_cut_out_of_what_is_kept():
    text = f"<system-reminder>\nbe nice\n</system-reminder>\nI moved to \x1b[1mPorto\x1b[0m. {BLOB}\nIt rains."
    clean = denoise(text)
    assert clean.text == "I moved to Porto. \nIt rains."
    assert [cut.filter for cut in clean.cuts] == ["terminal", "terminal", "blob", "injected"]
    assert [text[cut.first : cut.last] for cut in clean.cuts][2] == BLOB
    assert text[clean.cuts[3].first : clean.cuts[3].last].startswith("<system-reminder>")


def test_the_words_in_a_command_or_a_query_were_said():
    command = "<command-name>/loop</command-name>\n <command-args>and fix the theme, too</command-args>"
    assert denoise(command).text.strip() == "and fix the theme, too"
    assert denoise("<user_query>\n我喜欢爵士乐。\n</user_query>").text.strip() == "我喜欢爵士乐。"
    envelope = (
        'Conversation info (untrusted metadata):\n```json\n{"a": 1}\n```\n\n[Sun 2026-04-19 00:33 GMT+8] 明天见面'
    )
    assert denoise(envelope).text == "明天见面"


def test_code_between_fences_and_tags_in_a_sentence_are_left_alone():
    for text in (
        "Explain this:\n```\n<system-reminder>\nx\n</system-reminder>\n```",
        "Explain <system-reminder>x</system-reminder> please",
        "<system-reminder> is never closed here",
    ):
        assert denoise(text).text == text


def test_what_a_noisy_line_hid_is_found_too():
    hidden = "=====\n# AGENTS.md instructions for /a/b\nI moved to Porto."
    assert denoise(hidden, line=True).text == "I moved to Porto."


def test_a_block_that_must_begin_in_a_way_is_left_alone_when_it_does_not():
    for text in (
        "<memories>\nof my youth\n</memories>",
        "<skill>fire</skill> is what my hero needs",
        "<user_info>\n<name/>\n</user_info> ?",
    ):
        assert denoise(text).text == text
    assert denoise("<skill>\n<name>x</name>\nI prefer tabs.\n</skill>").noise == "injected"


def test_lines_of_ids_and_rules_between_words_belong_to_a_message_but_not_to_a_log():
    text = f"The failing id is\n{UUID}\n=====\nsee above"
    assert denoise(text).text == text
    assert denoise(text, line=True).text == "The failing id is\nsee above"


def test_the_order_of_the_filters_is_what_makes_a_wrapped_id_noise():
    names = [one.name for one in noise_filters()]
    assert names[:5] == ["terminal", "blob", "envelope", "injected", "tool_output"]
    coloured = "\x1b[1m<system-reminder>\x1b[0m\nx\n</system-reminder>\nI moved."
    assert denoise(coloured).text == "I moved."
    first = denoise(coloured).cuts[0].filter
    turned = denoise(coloured, filters=tuple(reversed(noise_filters()))).cuts[0].filter
    assert (first, turned) == ("terminal", "terminal")
    wrapped = "<command-args><system-reminder>x</system-reminder></command-args>"
    by_order = denoise(wrapped)
    by_reverse = denoise(wrapped, filters=tuple(reversed(noise_filters())))
    assert by_order.noise == "injected"
    assert by_reverse.noise == "envelope"


texts = st.lists(
    st.one_of(
        st.sampled_from([text for text, _ in NOISE] + [text for text, _ in LOG_NOISE] + SAID),
        st.text(max_size=40),
        st.sampled_from(
            [
                "\x1b[",
                "<system-reminder>",
                "</system-reminder>",
                "```",
                "```\n",
                "\n",
                "👩‍👩‍👧",
                "\u202eabc",
                "[cron:",
            ]
        ),
    ),
    max_size=6,
).flatmap(lambda parts: st.sampled_from(["", "\n", " "]).map(lambda glue: glue.join(parts)))


@settings(max_examples=300, deadline=None)
@given(texts, st.booleans())
def test_cleaning_what_is_clean_changes_nothing(text, line):
    once = denoise(text, line=line)
    if once.noise is None:
        again = denoise(once.text, line=line)
        assert (again.text, again.noise) == (once.text, None)


@settings(max_examples=300, deadline=None)
@given(texts, st.booleans())
def test_what_is_kept_and_what_is_cut_make_up_the_text(text, line):
    clean = denoise(text, line=line)
    cut = set()
    for piece in clean.cuts:
        assert 0 <= piece.first < piece.last <= len(text)
        cut |= set(range(piece.first, piece.last))
    if clean.noise is None:
        left = "".join(char for place, char in enumerate(text) if place not in cut)
        assert clean.text == left.strip("\r\n")


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.builds(
            LogRecord,
            content=texts,
            role=st.sampled_from(["user", "human", "assistant", "tool", "system", "progress", "用户", ""]),
            session_id=st.sampled_from([None, "s1", "s2"]),
            said_at=st.sampled_from([None, datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)]),
            line=st.booleans(),
        ),
        max_size=12,
    ),
    st.sampled_from([("user",), ("user", "assistant"), ("assistant",)]),
)
def test_every_record_is_accounted_for_and_screening_twice_changes_nothing(records, roles):
    options = ScreeningOptions(roles=roles, classify=False)
    judged = list(screen(records, options))
    tally = Tally()
    for one in judged:
        tally.count(one)
    report = tally.report()
    assert report.seen == len(records) == report.kept + sum(report.dropped.values())
    assert report.balanced
    assert set(report.dropped) <= set(reasons())
    assert all(0 < len(report.samples[reason]) <= count for reason, count in report.dropped.items())
    assert [one.record for one in judged] == records
    kept = [one for one in judged if one.kept]
    again = list(screen([replace(one.record, content=one.text) for one in kept], options))
    assert [(one.text, one.reason) for one in again] == [(one.text, None) for one in kept]


def test_long_lines_of_any_kind_are_read_in_linear_time():
    many = 10_000
    for text in (
        "word " * (many // 5),
        "字" * many,
        "a" * many,
        "<system-reminder>" * (many // 17),
        "[" * many,
        "\x1b[" * (many // 2),
        "- " * (many // 2),
        (UUID + " ") * (many // 37) + "!",
        "45% |" * (many // 5),
        "שלום " * (many // 5),
        "👍" * many,
        "```\n" * (many // 4),
    ):
        denoise(text)
        denoise(text, line=True)
        judge(text)
    assert denoise("字" * many).text == "字" * many
    assert denoise("a" * many).text == "a" * many


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("我住在北京", None),
        ("I like jazz", None),
        ("Supercalifragilisticexpialidocious!", None),
        ("Porto.", None),
        ("我同意", None),
        ("ok", "says_nothing"),
        ("Yes, ok.", "says_nothing"),
        ("好的,嗯", "says_nothing"),
        ("嗯嗯。", "says_nothing"),
        ("ok 好的 👍", "says_nothing"),
        ("👍👍👍", "no_words"),
        ("!" * 60, "no_words"),
        ("...", "no_words"),
    ],
)
def test_quality(text, reason):
    assert judge(text).reason == reason


def test_the_lines_of_quality_can_be_moved():
    strict = QualityLines(brief="drop")
    assert [judge(text, strict).reason for text in ("Porto.", "我同意", "I like", "我同意的", "a b c")] == [
        "too_short",
        "too_short",
        "too_short",
        None,
        None,
    ]
    assert judge("ok", QualityLines(brief="keep")).passed
    assert judge("我同意的", QualityLines(han_chars=5, brief="drop")).reason == "too_short"
    assert judge("a b c", QualityLines(words=4, brief="drop")).reason == "too_short"
    assert judge("a" * 30, QualityLines(chars=31, brief="drop")).reason == "too_short"
    assert judge("yes", answers=True).passed


@pytest.mark.parametrize(
    ("text", "category", "reason"),
    [
        ("I need to finish the report by Friday.", Category.TASK, "task"),
        ("We decided to use Postgres for billing.", Category.DECISION, "decision"),
        ("部署失败了,报错 502", Category.ERROR, "error"),
        ("我喜欢爵士乐", Category.PREFERENCE, "preference"),
        ("Always answer in English.", Category.PREFERENCE, "instruction"),
        ("I live in Porto.", Category.FACT, "attribute"),
        ("今天天气不错", Category.CHAT, "no_claim"),
    ],
)
def test_a_message_is_classified_by_the_claims_in_it(text, category, reason):
    about = classify(text)
    assert (about.category, about.reason) == (category, reason)
    assert 1 <= about.priority <= 5


def test_tiers_follow_priority_by_preset():
    weighty = "Always answer in English."
    assert classify(weighty).tier is Tier.HOT
    assert classify(weighty, lines=TIER_PRESETS["vector-mind"]).tier is Tier.WARM
    assert classify("今天天气不错").tier is Tier.COLD
    assert classify("I love jazz.", "assistant").category is Category.CHAT


def test_only_the_user_is_kept_unless_the_assistant_is_asked_for():
    talk = [
        LogRecord("Shall I deploy to Porto?", "assistant"),
        LogRecord("yes", "human"),
        LogRecord("I moved to Porto.", "user"),
        LogRecord("x", "toolResult"),
        LogRecord("be nice", "developer"),
        LogRecord("", "file-history-snapshot"),
    ]
    assert [one.reason for one in screen(talk)] == [
        "role_assistant",
        "says_nothing",
        None,
        "role_tool",
        "role_system",
        "role_other",
    ]
    both = ScreeningOptions(roles=("user", "assistant"))
    assert [one.reason for one in screen(talk, both)][:3] == [None, None, None]
    assert message(next(screen(talk, both)))["role"] == "assistant"


def test_a_record_without_a_time_takes_that_of_the_one_before_it_in_its_session():
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    talk = [
        LogRecord("I moved to Porto.", session_id="a", said_at=noon),
        LogRecord("It rains here.", session_id="b"),
        LogRecord("It is sunny here.", session_id="a"),
    ]
    assert [one.said_at for one in screen(talk)] == [noon, None, noon]


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        ("[Sun 2026-04-19 00:33 GMT+8]", datetime(2026, 4, 18, 16, 33, tzinfo=UTC)),
        ("[周日 2026-04-19 00:33:10 +0530]", datetime(2026, 4, 18, 19, 3, 10, tzinfo=UTC)),
        ("[2026-04-19 00:33 UTC]", datetime(2026, 4, 19, 0, 33, tzinfo=UTC)),
        ("[2026/4/9 08:05:01.25Z]", datetime(2026, 4, 9, 8, 5, 1, 250_000, tzinfo=UTC)),
    ],
)
def test_a_time_before_the_words_is_when_they_were_said(stamp, moment):
    one = kept(f"{stamp} 明天见面,好吗?")
    assert (one.text, one.said_at) == ("明天见面,好吗?", moment)
    own = datetime(2026, 1, 1, tzinfo=UTC)
    assert kept(f"{stamp} I moved to Porto.", said_at=own).said_at == own
    [line] = screen(log_records(f"{stamp} User: I moved to Porto.", Source()))
    assert (line.text, line.said_at) == ("I moved to Porto.", moment)


def test_a_record_told_twice_is_kept_once():
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    twice = [LogRecord("I moved to Porto.", said_at=noon)] * 2
    assert [one.reason for one in screen(twice)] == [None, "repeated"]
    undated = [LogRecord("I moved to Porto.")] * 2
    assert [one.reason for one in screen(undated)] == [None, None]


LOG = f"""[2026-03-02 10:11:12] User: I moved to Porto.
It was a long move.

====
{UUID}
Still tired.
2026-03-02 10:12:00 INFO server started
2026年3月3日 09:05 用户：我喜欢爵士乐
助手：好的,记住了。
[user] maybe later
2026-03-04T10:00:00+02:00 a plain timed line
HEARTBEAT_OK
"""


def test_a_text_log_is_read_into_messages():
    found = list(log_records(LOG, Source()))
    assert [(one.place, one.role, one.content) for one in found] == [
        ("1", "user", "I moved to Porto.\nIt was a long move."),
        ("4", "user", "===="),
        ("5", "user", UUID),
        ("6", "user", "Still tired."),
        ("7", "user", "2026-03-02 10:12:00 INFO server started"),
        ("8", "用户", "我喜欢爵士乐"),
        ("9", "助手", "好的,记住了。"),
        ("10", "user", "maybe later"),
        ("11", "user", "a plain timed line"),
        ("12", "user", "HEARTBEAT_OK"),
    ]
    assert found[0].said_at == found[3].said_at == datetime(2026, 3, 2, 10, 11, 12, tzinfo=UTC)
    assert found[8].said_at == datetime(2026, 3, 4, 8, tzinfo=UTC)
    judged = [one.reason for one in screen(found)]
    assert judged == [
        None, "separator", "identifier", None, "machine_log", None, "role_assistant", None, None, "scheduler",
    ]  # fmt: skip


def test_a_message_of_a_text_log_keeps_its_tables_and_lists():
    said = "Here is my list:\n\n| What | When |\n| --- | :---: |\n| run | May |\n\n- one\n- two"
    [one] = screen(log_records(f"User: {said}", Source()))
    assert one.text == said


def test_lines_without_times_or_roles_stand_for_themselves():
    found = list(log_records(["I moved to Porto.", "", "我喜欢爵士乐。"], Source()))
    assert [(one.place, one.content) for one in found] == [("1", "I moved to Porto."), ("3", "我喜欢爵士乐。")]


def test_a_time_that_no_calendar_knows_is_no_time():
    [one] = log_records(["2026-13-45 10:11 User: I moved."], Source())
    assert (one.content, one.said_at) == ("I moved.", None)


def test_a_message_without_end_is_divided():
    lines = ["User: one", *["x" * 1_000] * 250]
    found = list(log_records(lines, Source()))
    assert len(found) == 3
    assert sum(len(one.content) for one in found) >= 250_000


def test_messages_in_their_usual_forms():
    given = [
        {"role": "user", "content": [{"type": "text", "text": "Hello there, Ana"}, {"type": "image", "url": "x"}]},
        {"type": "user", "text": "I moved.", "timestamp": 1_772_445_600_000, "thread_id": "t"},
        {"role": "user", "content": [{"type": "tool_result", "content": "x"}]},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "x"}]},
        LogRecord("ready", place="id-7"),
        LogRecord("ready"),
    ]
    found = list(log_records(given, Source()))
    assert [one.content for one in found] == ["Hello there, Ana", "I moved.", "", "", "ready", "ready"]
    assert found[1].said_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert (found[1].role, found[1].session_id) == ("user", "t")
    assert [one.held for one in found[2:4]] == ["tool_output", "tool_output"]
    assert [one.place for one in found] == ["1", "2", "3", "4", "id-7", "6"]
    assert [one.reason for one in screen(found[2:3])] == ["tool_output"]


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"role": "user", "contnt": "x"}, InvalidInput, "Record 2 has unknown fields: 'contnt'"),
        ({"role": "user", "content": 7}, InvalidInput, "Record 2 is no text"),
        ({"content": "x", "time": "yesterday"}, InvalidTime, "Record 2"),
        ({"content": "x", "time": -5}, InvalidTime, "Record 2"),
        ({"content": "x", "metadata": [1]}, InvalidInput, "metadata of Record 2"),
        ({"content": "a\ud800b"}, InvalidText, "Record 2"),
        ({"content": "a" * 101}, TextTooLong, "Record 2"),
        (7, InvalidInput, "Record 2 is no message"),
        ({"role": "user"}, InvalidInput, "Record 2 has no content"),
    ],
)
def test_a_record_that_cannot_be_used_is_named_by_its_number(given, error, words):
    with pytest.raises(error) as refused:
        list(log_records([{"content": "fine"}, given], Source(max_chars=100)))
    assert words.split(" is ")[0] in refused.value.what
    assert refused.value.fix


def test_what_is_dropped_for_its_role_may_be_of_any_size():
    given = [{"role": "tool", "content": "a" * 1_000}, {"role": "tool", "content": "\ud800"}]
    assert [one.reason for one in screen(log_records(given, Source(max_chars=100)))] == ["role_tool", "role_tool"]


def test_unknown_fields_are_kept_when_that_is_asked():
    [one] = log_records([{"content": "x", "mood": "good", "metadata": {"a": 1}}], Source(extra=True))
    assert one.metadata == {"mood": "good", "a": 1}
    with pytest.raises(InvalidInput) as refused:
        list(log_records([{"content": "x", "tiem": "2026-03-02"}], Source()))
    assert "'time'" in refused.value.why


@pytest.mark.parametrize("given", [None, 7, {"role": "user"}])
def test_what_is_no_log_is_refused(given):
    with pytest.raises(InvalidInput):
        list(log_records(given, Source()))


def test_every_filter_is_known_by_a_line_of_the_examples():
    assert {name for _, name in NOISE + LOG_NOISE} - {"empty"} == {one.name for one in noise_filters()}
    assert denoising.ROUNDS >= 2
