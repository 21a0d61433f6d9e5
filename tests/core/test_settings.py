import pytest

from fusion_memory.core.errors import InvalidSetting, SecretInFile, UnknownSetting
from fusion_memory.core.settings import Layer, catalogue, environment_layer, file_layer, resolve


def test_the_first_layer_wins_and_every_value_knows_its_origin():
    settings = resolve(
        (
            Layer("flag", {"retrieval.limit": 3}),
            environment_layer({"FUSION_MEMORY_RETRIEVAL_LIMIT": "5", "FUSION_MEMORY_INGEST_CHUNK_CHARS": "300"}),
            file_layer("project.toml", "[retrieval]\nlimit = 7\nbudget_tokens = 900\n"),
        )
    )
    assert settings.retrieval.limit == 3
    assert settings.ingest.chunk_chars == 300
    assert settings.retrieval.budget_tokens == 900
    assert settings.origin("retrieval.limit") == "flag"
    assert settings.origin("ingest.chunk_chars") == "environment"
    assert settings.origin("retrieval.budget_tokens") == "project.toml"
    assert settings.origin("storage.path") == "default"


@pytest.mark.parametrize(
    ("layer", "suggestion"),
    [
        (Layer("flag", {"retrieval.limmit": 3}), "did you mean retrieval.limit?"),
        (file_layer("f.toml", "[nonsense]\nx = 1\n"), "fusion-memory config"),
        (file_layer("f.toml", "loose = 1\n"), "fusion-memory config"),
    ],
)
def test_an_unknown_setting_is_refused_with_a_suggestion(layer, suggestion):
    with pytest.raises(UnknownSetting) as refused:
        resolve((layer,))
    assert refused.value.fix == suggestion


def test_a_misspelt_variable_is_refused():
    with pytest.raises(UnknownSetting, match="FUSION_MEMORY_EMBEDING_PROVIDER") as refused:
        environment_layer({"FUSION_MEMORY_EMBEDING_PROVIDER": "none", "PATH": "/bin"})
    assert "FUSION_MEMORY_EMBEDDING_PROVIDER" in refused.value.fix


def test_the_home_folder_is_no_setting():
    assert environment_layer({"FUSION_MEMORY_HOME": "/x"}).values == {}


@pytest.mark.parametrize("text", ["[storage]\nkey = 'abc'\n", "[embedding]\napi_key = 'abc'\n"])
def test_secrets_in_files_are_refused_and_not_repeated(text):
    with pytest.raises(SecretInFile) as refused:
        resolve((file_layer("f.toml", text),))
    assert "abc" not in str(refused.value)


def test_secrets_come_from_the_environment():
    settings = resolve((environment_layer({"FUSION_MEMORY_EMBEDDING_API_KEY": "k"}),))
    assert settings.embedding.api_key == "k"


@pytest.mark.parametrize("value", ["many", -1, True, [1], float("nan")])
def test_a_value_of_the_wrong_kind_is_refused(value):
    with pytest.raises(InvalidSetting):
        resolve((Layer("flag", {"retrieval.limit": value}),))


def test_broken_toml_names_the_file():
    with pytest.raises(InvalidSetting, match=r"broken\.toml"):
        file_layer("broken.toml", "[storage\n")


def test_every_setting_is_explained_in_both_languages():
    for setting in catalogue():
        assert setting.help_en
        assert any("一" <= c <= "鿿" for c in setting.help_zh) or setting.name == "embedding.provider", setting.name
        assert setting.variable == "FUSION_MEMORY_" + setting.name.upper().replace(".", "_")


def test_a_project_file_cannot_say_where_memories_are_sent():
    text = "[embedding]\nendpoint = 'https://elsewhere.example'\n"
    with pytest.raises(InvalidSetting, match="endpoint"):
        resolve((file_layer("fusion-memory.toml", text, trusted=False),))
    assert resolve((file_layer("config.toml", text),)).embedding.endpoint == "https://elsewhere.example"


@pytest.mark.parametrize(
    ("section", "name", "away", "home"),
    [
        ("embedding", "provider", "openai", "local"),
        ("llm", "provider", "ollama", "none"),
        ("reranker", "kind", "sentence-transformers", "lexical"),
        ("reranker", "kind", "http", "none"),
    ],
)
def test_a_project_file_cannot_choose_who_reads_memories_elsewhere(section, name, away, home):
    def read(value, *, trusted):
        settings = resolve((file_layer("f.toml", f"[{section}]\n{name} = '{value}'\n", trusted=trusted),))
        return getattr(getattr(settings, section), name)

    with pytest.raises(InvalidSetting, match="project file"):
        read(away, trusted=False)
    assert read(home, trusted=False) == home
    assert read(away, trusted=True) == away


@pytest.mark.parametrize("line", ["[server]\ndev = 'on'\n", "[telemetry]\nspans = 'on'\n"])
def test_a_project_file_cannot_say_how_a_service_is_run(line):
    with pytest.raises(InvalidSetting, match=r"stands in project\.toml"):
        resolve((file_layer("project.toml", line, trusted=False),))
    assert resolve((file_layer("user.toml", line),)).origins
