"""Which script a stretch is in, and which language a text mostly is."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.text.language import dominant_language, runs

MIXED_ALPHABET = st.text(alphabet=st.sampled_from("ab Z.,!9中文漢かナ한é я🎉\n"), max_size=60)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where did we have lunch?", "en"),
        ("我们在哪里吃的午饭？", "zh"),
        ("我們在哪裡吃的午飯？", "zh"),
        ("我用 Python 写了一个小工具来整理照片", "zh"),
        ("Please ask 小明 about it tomorrow morning", "en"),
        ("帮我 review 一下这个 pull request 好吗", "mixed"),
        ("deploy 到 staging 环境", "mixed"),
        ("昨日は友達とラーメンを食べました", "other"),
        ("어제 친구와 함께 라면을 먹었어요", "other"),
        ("Вчера мы ходили в музей", "other"),
        ("café déjà vu", "en"),
        ("2024-05-01 10:30", "other"),
        ("🎉🎉", "other"),
        ("", "other"),
    ],
)
def test_the_dominant_language(text, language):
    assert dominant_language(text) == language


def test_runs_follow_the_script_within_a_sentence():
    text = "我在 GitHub 上看到了"
    assert [(run.script, text[run.start : run.end]) for run in runs(text)] == [
        ("han", "我在 "),
        ("latin", "GitHub "),
        ("han", "上看到了"),
    ]


def test_japanese_and_korean_have_their_own_runs():
    assert [run.script for run in runs("漢字とカナ、한국어 и русский")] == ["han", "kana", "hangul", "other"]


def test_marks_and_digits_belong_to_the_run_before_and_open_the_first():
    text = "「1」你好！ok..."
    assert [text[run.start : run.end] for run in runs(text)] == ["「1」你好！", "ok..."]


def test_no_letters_is_one_run_and_nothing_is_none():
    assert [(run.start, run.end, run.script) for run in runs("12 + 3")] == [(0, 6, "other")]
    assert runs("") == []


@given(MIXED_ALPHABET)
def test_runs_cover_the_text_without_gaps_and_neighbours_differ(text):
    found = runs(text)
    assert "".join(text[run.start : run.end] for run in found) == text
    assert all(left.script != right.script for left, right in pairwise(found))


@given(st.text())
def test_any_text_has_a_language(text):
    assert dominant_language(text) in {"zh", "en", "mixed", "other"}
