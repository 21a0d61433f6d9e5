"""Small question sets in the published layouts; every word in them was made up for these tests."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

TURNS = [
    [("Ines", "I adopted a parrot named Kiwi."), ("Omar", "Wonderful! I bake sourdough on Sundays.")],
    [("Ines", "We painted the boat green."), ("Omar", "My sister opened a bakery in Graz.")],
]


def locomo_sample() -> dict:
    return {
        "sample_id": "conv-1",
        "conversation": {
            "speaker_a": "Ines",
            "speaker_b": "Omar",
            "session_1_date_time": "9:05 am on 3 March, 2024",
            "session_1": [
                {"speaker": who, "dia_id": f"D1:{n}", "text": text} for n, (who, text) in enumerate(TURNS[0], 1)
            ],
            "session_2_date_time": "12:30 pm on 1 April, 2024",
            "session_2": [
                {"speaker": who, "dia_id": f"D2:{n}", "text": text, "blip_caption": "a green boat"}
                for n, (who, text) in enumerate(TURNS[1], 1)
            ],
            "session_3_date_time": "1:00 am on 2 April, 2024",
        },
        "qa": [
            {"question": "Which pet did Ines adopt?", "answer": "a parrot", "evidence": ["D1:1"], "category": 4},
            {"question": "Who bakes?", "answer": "Omar", "evidence": ["D1:2; D2:02"], "category": 1},
            {"question": "Which colour?", "answer": "green", "evidence": ["D:2:1"], "category": 2},
            {"question": "What is lost?", "answer": "", "evidence": ["D9:9", "D"], "category": 3},
            {"question": "Did Omar adopt a parrot?", "adversarial_answer": "", "evidence": ["D1:1"], "category": 5},
        ],
    }


def put(path: Path, value: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def put_lines(path: Path, rows: list) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join((row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n" for row in rows)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return path


def chat(*pairs):
    return [{"role": role, "content": content} for role, content in pairs]


SESSIONS = {
    "answer_1": chat(("user", "I booked a flight to Oslo."), ("assistant", "Enjoy the fjords!")),
    "noise_7": chat(("user", "How do I boil rice?"), ("assistant", "Use two cups of water."), ("user", "\u200b")),
    "noise_8": chat(("user", "请推荐一部电影。"), ("assistant", "可以看看纪录片。")),
}
ASKED = {
    "question_id": "a1",
    "question_type": "single-session-user",
    "question": "Where did I book a flight to?",
    "answer": "Oslo",
    "question_date": "2024/05/10 (Fri) 08:00",
    "answer_session_ids": ["answer_1"],
}
DATES = {
    "answer_1": "2024/05/01 (Wed) 10:00",
    "noise_7": "2024/05/02 (Thu) 11:30",
    "noise_8": "2024/05/03 (Fri) 09:15",
}


def official_question(**changes) -> dict:
    ids = list(SESSIONS)
    return {
        **ASKED,
        "haystack_session_ids": ids,
        "haystack_dates": [DATES[one] for one in ids],
        "haystack_sessions": [SESSIONS[one] for one in ids],
        **changes,
    }


ITEMS = [
    {
        "user": "wei",
        "item_id": "sms:1",
        "type": "sms",
        "datetime": "2025-03-05 10:00:00",
        "text": "周六去爬山",
    },
    {"user": "wei", "item_id": "note:1", "type": "note", "datetime": "2025-02-01", "text": "买新的登山鞋"},
    {
        "user": "lan",
        "item_id": "sms:1",
        "type": "sms",
        "datetime": "2025-03-06 09:00:00",
        "text": "牙医改到九点",
    },
]
LIFE_QUESTIONS = [
    {
        "qid": "wei_0",
        "user": "wei",
        "question": "周六的计划是什么？",
        "question_type": "Information Extraction",
        "ask_time": "2025-03",
        "evidence": ["sms:1", "note:1"],
    },
    {
        "qid": "lan_0",
        "user": "lan",
        "question": "牙医改到几点？",
        "question_type": "Information Extraction",
        "ask_time": "2025-08-31",
        "evidence": ["sms:1"],
    },
    {
        "qid": "lan_1",
        "user": "lan",
        "question": "?",
        "question_type": "Unanswerable",
        "ask_time": "2025-03",
        "evidence": [],
    },
]


GENERIC = [
    {
        "type": "message",
        "id": "m1",
        "content": "Ann moved to Porto.",
        "name": "Ann",
        "session": "s1",
        "scope": "ann",
    },
    {"type": "message", "id": "m2", "content": "她喜欢吃杨梅。", "session": "s2", "scope": "ann"},
    {"type": "message", "id": "m1", "content": "Bo lives in Bonn.", "scope": "bo", "time": "2024-01-02T03:04:05"},
    {"type": "question", "query": "Where does Ann live?", "gold": ["m1"], "scope": "ann", "category": "place"},
    {"type": "question", "query": "她喜欢吃什么？", "gold": ["m2"], "scope": "ann", "sessions": ["s2"]},
    {"type": "question", "query": "Nothing?", "gold": [], "scope": "bo"},
]


CHAT = [
    {
        "batch_number": 1,
        "turns": [
            [
                {"id": 0, "role": "user", "time_anchor": "March-09-2024", "content": "I plant basil. ->-> 1,1"},
                {"id": 1, "role": "assistant", "content": "Water it daily.\n->->->-> 1,1"},
            ],
            [{"id": 2, "role": "user", "content": "The shed is green. ->-> 1,N/A"}],
        ],
    },
    {
        "batch_number": 2,
        "turns": [
            [
                {"id": 3, "role": "user", "time_anchor": "April-02-2024", "content": "Now I plant leeks."},
                {"id": 4, "role": "assistant", "content": " ->-> 2,1"},
            ]
        ],
    },
]
PROBES = {
    "abstention": [{"question": "Which tractor?"}],
    "update": [{"question": "What do I plant?", "source_chat_ids": {"old": [0], "new": [[3]]}}],
    "extraction": [{"question": "Which colour?", "source_chat_ids": [2]}],
}


def put_beam(folder: Path, chat: object = CHAT, probes: object = PROBES) -> Path:
    put(folder / "chat.json", chat)
    put(folder / "probing_questions" / "probing_questions.json", probes)
    return folder


FITTING = [
    {"7": {"time": "2024-02-01", "event": "Mia在海边捡到一枚贝壳。", "scene": "活动"}},
    {"5": {"time": "2023-12-24", "event": "Mia第一次滑雪。"}},
]
TALKS = [
    {
        "dialogue": [
            "<BOD>\n",
            '<Mia>:"我想去海边。"\n',
            '<Assistant>: "好主意！"\n',
            '<Assistant>:"还记得贝壳吗？"\n',
        ],
        "test-turn": [3],
        "relevant-id": [7, 99],
    },
    {"dialogue": ["<BOD>\n", '<Mia>:"你好"\n'], "test-turn": [1], "relevant-id": [98]},
]


def put_madial(folder: Path, memories: list = FITTING, talks: list = TALKS, language: str = "zh") -> Path:
    put_lines(folder / f"{language}_memory.jsonl", memories)
    put_lines(folder / f"{language}_dialogue.jsonl", talks)
    return folder


def said_by(*pairs, **changes):
    return [{"speaker": who, "is_query": False, "content": content, **changes} for who, content in pairs]


PROJECT = {
    "_metadata": {"person_name": "Noor_Haddad"},
    "dialogues": [
        {
            "session_uuid": "aaa",
            "current_time": "2025-03-02 (Sunday)",
            "dialogue_turns": said_by(("User", "I keep bees."), ("Assistant", "How many hives?")),
            "extracted_memory": [],
        },
        {
            "session_uuid": "bbb",
            "current_time": "2025-03-01 (Saturday)",
            "dialogue_turns": [
                *said_by(("User", "What did I say I keep?"), is_query=True, category_name="Recall"),
                *said_by(("Assistant", "Bees."), memory_session_uuids=["aaa", "bbb", "ccc"]),
                *said_by(("User", "And now?"), is_query=True),
                *said_by(("Assistant", "Nothing."), memory_session_uuids=["bbb"]),
            ],
            "extracted_memory": [],
        },
        {
            "session_uuid": "ccc",
            "current_time": "2025-03-05 (Wednesday)",
            "dialogue_turns": said_by(("User", "Bees, bees, I keep bees.")),
            "extracted_memory": [],
        },
    ],
}
