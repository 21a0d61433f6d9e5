"""Index tokens and question terms: either form of a word finds the other, and FTS5 keeps tokens whole."""

import string
from concurrent.futures import ThreadPoolExecutor

import apsw
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fusion_memory.text.tokens import query_terms, terms

TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from(string.printable + "中文漢字。，かナー한é’ＡＢ１🎉ßİø\u0301\u200d\u093f\u19b0"),
        st.characters(),
    ),
    max_size=80,
)


def phrases(question: str, limit: int = 64) -> list[str]:
    return [" ".join(term.tokens) for term in query_terms(question, limit)]


def finds(question: str, text: str) -> bool:
    """Whether any term of the question stands in the text as a phrase."""
    index = f" {' '.join(terms(text))} "
    return any(f" {phrase} " in index for phrase in phrases(question))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("The dogs were running", ["the", "dog", "were", "run"]),
        ("我喜欢北京", ["我", "喜", "欢", "北", "京"]),
        ("用Python写", ["用", "python", "写"]),
        ("ラーメン 먹다", ["ラ", "ー", "メ", "ン", "먹", "다"]),
        ("café naïve Ångström øre", ["cafe", "naiv", "angstrom", "ore"]),
        ("Ｈｅｌｌｏ　１２３", ["hello", "123"]),
        ("don't can’t", ["dont", "cant"]),
        ("Maria's I've we'll", ["maria", "i", "we"]),
        ("O'Brien", ["brien", "obrien"]),
        ("foo_bar", ["foo", "bar"]),
        ("getUserName", ["get", "user", "name", "getusernam"]),
        ("v1.2.3", ["v", "1", "v1", "2", "3"]),
        ("user@example.com", ["user", "exampl", "com"]),
        ("src/app/main.py", ["src", "app", "main", "py"]),
        ("C++ and C#", ["c", "c_2b_2b", "and", "c", "c_23"]),
        ("1,234.5", ["1", "234", "1234", "5"]),
        ("Wi-Fi", ["wi", "fi", "wifi"]),
        ("3f2a9c41bd", ["3f2a9c41bd"]),
        ("🎉", ["_1f389"]),
        ("𠀀", ["_20000"]),
        ("... --- !?", []),
        ("", []),
    ],
)
def test_what_the_index_stores(text, tokens):
    assert terms(text) == tokens


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("wifi password", "The Wi-Fi code is on the fridge"),
        ("wi-fi", "our wifi is slow"),
        ("gpt-4", "I tried GPT4 yesterday"),
        ("gpt4", "GPT-4 answered"),
        ("7pm", "see you at 7 pm"),
        ("1200", "it cost $1,200"),
        ("1,200", "it cost 1200 euros"),
        ("example.com", "write to user@example.com"),
        ("main.py", "edit src/app/main.py"),
        ("user name", "call getUserName()"),
        ("getUserName", "we renamed getUserName"),
        ("foo bar", "set foo_bar"),
        ("foo_bar", "the variable foo_bar"),
        ("1.2.3", "released v1.2.3 today"),
        ("c++", "she teaches C++ on Mondays"),
        ("cafe", "the Café Central"),
        ("Müller", "muller called"),
        ("brien", "Mr O'Brien"),
        ("running", "a run in the park"),
        ("北京", "我上个月去了北京出差"),
        ("ＡＰＩ", "the api is down"),
        ("🎉", "we did it 🎉🎉"),
    ],
)
def test_either_form_finds_the_other(question, text):
    assert finds(question, text)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What did we decide about the budget?", ["decid", "budget"]),
        ("我上周在北京买了什么书？", ["上 周", "北 京", "京 买", "书"]),
        ("我上週在北京買了什麼書？", ["上 週", "北 京", "京 買", "書"]),
        ("你知道我的目的地是哪里吗", ["知 道", "目 的", "的 地"]),
        ("現在誰負責這個專案？", ["現 在", "負 責", "專 案"]),
        ("帮我找 Docker 的配置", ["docker", "配 置"]),
        ("email user@example.com", ["user exampl com", "email", "user", "exampl", "com"]),
    ],
)
def test_what_a_question_asks_for(question, wanted):
    found = set(phrases(question))
    assert set(wanted) <= found
    assert not {"what", "the", "什 么", "什 麼", "吗", "是 哪", "在 誰"} & found


@pytest.mark.parametrize(
    ("question", "kept"), [("who are you", {"who", "are", "you"}), ("你是谁", {"你 是", "是 谁"})]
)
def test_a_question_of_function_words_keeps_them(question, kept):
    assert set(phrases(question)) == kept


def test_nothing_to_ask():
    assert query_terms("?! ...") == []


def test_compounds_weigh_more_than_words_and_words_more_than_pieces():
    weight = {" ".join(term.tokens): term.weight for term in query_terms("open src/main.py in GPT4 新建文件夹")}
    assert weight["src main py"] > weight["open"] > weight["新 建"] > weight["gpt"]


def test_the_limit_keeps_the_weightiest_in_order():
    question = " ".join(f"word{number:03} 天气" for number in range(100)) + " user@example.com"
    found = query_terms(question, limit=10)
    assert len(found) == 10
    assert ("user", "exampl", "com") in {term.tokens for term in found}
    everything = [term.tokens for term in query_terms(question, limit=10_000)]
    assert [everything.index(term.tokens) for term in found] == sorted(everything.index(t.tokens) for t in found)


def test_terms_are_not_repeated():
    found = phrases("budget Budget budgets 预算 预算")
    assert found == ["budget", "预 算"]


def test_operators_and_quotes_are_only_text():
    assert phrases('"NEAR" (a* OR b) -c ^d: "; DROP TABLE') == [
        phrase for phrase in phrases("near a b c d drop table") if phrase
    ]


def test_a_long_word_is_indexed_in_pieces_that_still_match():
    word = "x" * 100_000
    assert max(map(len, terms(word))) <= 64
    assert terms(word) == terms(word)
    assert len("".join(terms(word))) == 100_000


@given(TEXTS)
@example("ﷺ ½ ㎏ ﬁ Ⅷ ①")
@example("İstanbul ẞ ΌΣΟΣ ñ")
def test_the_alphabet_of_tokens(text):
    for token in terms(text):
        assert token
        assert all(char == "_" or (char.isalnum() and char < "\U00010000") for char in token)
        assert token == token.casefold()


@given(st.lists(TEXTS, min_size=1, max_size=5))
@settings(max_examples=60)
def test_fts5_keeps_every_token_whole(texts):
    database = apsw.Connection(":memory:")
    database.execute(
        "CREATE VIRTUAL TABLE words USING fts5(body, tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")"
    )
    database.execute("CREATE VIRTUAL TABLE seen USING fts5vocab(words, 'row')")
    tokens = [token for text in texts for token in terms(text)]
    database.execute("INSERT INTO words VALUES (?)", (" ".join(tokens),))
    assert {row[0] for row in database.execute("SELECT term FROM seen")} == set(tokens)
    database.close()


@given(TEXTS)
def test_question_terms_are_index_tokens_that_stand_in_the_text_itself(text):
    index = f" {' '.join(terms(text))} "
    for term in query_terms(text):
        assert term.tokens
        assert f" {' '.join(term.tokens)} " in index


@given(TEXTS, TEXTS, TEXTS)
def test_a_quoted_passage_is_a_phrase_of_the_whole(before, passage, after):
    whole = f" {' '.join(terms(f'{before} {passage} {after}'))} "
    assert f" {' '.join(terms(passage))} " in whole or not terms(passage)


@given(TEXTS)
def test_width_and_case_do_not_matter(text):
    ascii_text = "".join(char for char in text if char in string.ascii_letters + string.digits + " ")
    wide = "".join(chr(ord(char) + 0xFEE0) if char != " " else char for char in ascii_text)
    assert terms(wide) == terms(ascii_text)


def test_hostile_texts_are_read_in_linear_time():
    for text in (
        "a-" * 200_000,
        "e" + "\u0301\u0327" * 200_000,
        "1," * 200_000,
        "'" * 200_000,
        "aB1" * 200_000,
        "a\u093f" * 200_000,
    ):
        terms(text)
        query_terms(text)


def test_threads_share_the_vocabulary():
    words = [f"running{number} happily cities 北京 number{number}" for number in range(500)]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(terms, words * 4))
    assert results == [terms(word) for word in words] * 4
