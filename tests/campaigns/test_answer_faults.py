"""A chat server that fails in every way it can, under a service that answers: nothing unproven is told."""

import json

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.models.chat import OpenAIChatModel
from fusion_memory.models.transport import Patience
from fusion_memory.testing import chat_server
from fusion_memory.testing.chat_server import ChatServer
from fusion_memory.testing.language_model import ScriptedModel, truncations

ANA = Scope(user_id="ana")
SAID = ["I live in Porto.", "My sister Rita sells 12 kinds of honey.", "我在成都养了两只猫。"]
QUOTE = {"source": "[2]", "quote": "sells 12 kinds of honey"}
GOOD = {
    "claims": [{"text": "Rita sells 12 kinds of honey.", "quotes": [QUOTE]}],
    "confidence": 0.9,
    "abstain": False,
}
TEXT = json.dumps(GOOD)
WRONG = [
    {**GOOD, "claims": "Rita sells honey"},
    {**GOOD, "claims": [["text", "x"]]},
    {**GOOD, "claims": [{"text": 7, "quotes": "honey"}]},
    {**GOOD, "claims": [{"text": "Rita sells honey.", "quotes": [{"source": 2, "quote": ["sells"]}]}]},
    {**GOOD, "claims": [{"text": "Rita sells honey.", "quotes": [{"source": "[99]", "quote": "sells 12 kinds"}]}]},
    {**GOOD, "claims": [{"text": "Rita sells 40 kinds of honey.", "quotes": GOOD["claims"][0]["quotes"]}]},
    {**GOOD, "claims": [{"text": "Bruno sells honey.", "quotes": GOOD["claims"][0]["quotes"]}]},
    {**GOOD, "claims": [{"text": "Rita does not sell honey.", "quotes": GOOD["claims"][0]["quotes"]}]},
    {
        **GOOD,
        "claims": [{"text": "Rita lives in Madrid.", "quotes": [{"source": "[2]", "quote": "Rita in Madrid"}]}],
    },
    {**GOOD, "confidence": "high"},
    {**GOOD, "confidence": float("nan")},
    {**GOOD, "abstain": "no"},
    {"abstain": 1},
    {},
]
SERVED = {
    "prose": chat_server.prose(),
    "empty": chat_server.empty(),
    "not utf-8": chat_server.not_utf8(),
    "busy": chat_server.busy(),
    "broken": chat_server.broken(),
    "cut": chat_server.out_of_tokens(TEXT, 60),
    "cut silently": chat_server.cut_text(TEXT, 90),
    "hangs": chat_server.hangs(),
    "hangs midway": chat_server.hangs(chat_server.says(TEXT), 80),
    "web page": chat_server.Answer(b"<html>hello</html>"),
    "a list": chat_server.sends([1, 2]),
    "no choices": chat_server.sends({"choices": []}),
} | {f"wrong {number}": chat_server.says(json.dumps(body)) for number, body in enumerate(WRONG)}


@pytest.fixture(scope="module")
def memory():
    with MemoryService(embedder=None, llm=None) as service:
        service.add([{"role": "user", "content": text, "time": "2026-01-05"} for text in SAID], ANA)
        yield service


def proven(memory, answer):
    """Every claim in the text has quotes that stand in the memories and hold its words."""
    told = [claim for claim in answer.claims if claim.supported]
    for claim in told:
        assert claim.quotes
        for quote in claim.quotes:
            assert memory.get(quote.id, "memory", ANA).content[quote.first : quote.last] == quote.text
    if answer.abstained is None:
        assert answer.text == "\n".join(claim.text for claim in told)
        assert "honey" in answer.text or "Rita" in answer.text
        assert not any(word in answer.text for word in ("Madrid", "Bruno", "40", "not"))
    assert answer.evidence_supported == (answer.abstained is None)


def asked(memory, address):
    model = OpenAIChatModel(address, "m", patience=Patience(0.6, 0))
    try:
        return memory.answer("What does Rita sell?", ANA, model=model)
    finally:
        model.close()


@pytest.mark.parametrize("name", list(SERVED))
def test_whatever_a_server_does_nothing_unproven_is_told(memory, name):
    with ChatServer(SERVED[name]) as server:
        answer = asked(memory, server.address)
    proven(memory, answer)
    assert answer.abstained or "12 kinds" in answer.text


def test_a_good_server_is_believed(memory):
    with ChatServer(chat_server.says(TEXT, tokens=(50, 9))) as server:
        answer = asked(memory, server.address)
    proven(memory, answer)
    assert (answer.method, answer.text) == ("model", "Rita sells 12 kinds of honey.")
    assert answer.spending.input_tokens == 50


def test_a_reply_cut_after_any_byte_proves_nothing_more(memory):
    for beginning in truncations(TEXT):
        answer = memory.answer("What does Rita sell?", ANA, model=ScriptedModel(beginning))
        proven(memory, answer)
        assert "12 kinds" in answer.text
