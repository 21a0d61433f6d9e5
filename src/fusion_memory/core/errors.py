"""Every error a user can meet, as one tree.

An error says three things: what happened (its message), why (``why``) and the one thing to do
about it (``fix``). The command line prints exactly these three lines and leaves with ``exit_code``.

::

    FusionMemoryError              1
    ├── InvalidInput               2   the caller can fix the call
    │   ├── EmptyText
    │   ├── InvalidText
    │   ├── TextTooLong
    │   ├── InvalidScope
    │   ├── InvalidOption
    │   ├── InvalidTime
    │   ├── InvalidMetadata
    │   ├── OnHold
    │   ├── PreviewOutdated
    │   └── DatasetInvalid
    ├── NotFound                   3   no such object in this scope
    ├── AccessDenied               4   the principal lacks the right
    ├── ConfigurationError         5
    │   ├── UnknownSetting
    │   ├── InvalidSetting
    │   ├── UtilityModelInvalid
    │   └── SecretInFile
    ├── StorageError               6
    │   ├── DatabaseLocked
    │   ├── DatabaseReadOnly
    │   ├── DatabaseTooNew
    │   ├── DatabaseCorrupt
    │   ├── NotADatabase
    │   ├── WrongKey
    │   ├── DiskFull
    │   └── BackupInvalid
    ├── ModelError                 7   memory still works by keyword
    │   ├── ModelUnavailable
    │   ├── ModelTimeout
    │   ├── EmbeddingFailed
    │   ├── DimensionMismatch
    │   ├── RerankFailed
    │   └── LanguageModelFailed
    │       └── PromptRefused
    ├── ServiceClosed              8
    └── ServiceFailed             10   the service in the background
        └── AlreadyRunning

The class docstring is the default message; the class attributes are the default reason and fix.
"""

from __future__ import annotations


class FusionMemoryError(Exception):
    """Something in Fusion Memory failed."""

    code = "error"
    exit_code = 1
    default_why = "This is not expected; it may be a defect of Fusion Memory."
    default_fix = "fusion-memory doctor"

    def __init__(self, what: str | None = None, *, why: str | None = None, fix: str | None = None) -> None:
        self.what = what or (type(self).__doc__ or "").strip()
        self.why = why or self.default_why
        self.fix = fix or self.default_fix
        super().__init__(self.what)

    def __str__(self) -> str:
        return f"{self.what} {self.why} Fix: {self.fix}"


class InvalidInput(FusionMemoryError):
    """The input cannot be accepted."""

    code = "invalid_input"
    exit_code = 2
    default_why = "Nothing was stored or searched."
    default_fix = "correct the input and call again"


class EmptyText(InvalidInput):
    """The text is empty."""

    code = "empty_text"
    default_why = "An empty or whitespace-only text carries nothing to remember or to search for."
    default_fix = "pass a text with at least one visible character"


class InvalidText(InvalidInput):
    """The text is not valid Unicode text."""

    code = "invalid_text"
    default_why = "NUL bytes and lone surrogates cannot be stored and returned verbatim."
    default_fix = "clean it first: text.replace('\\x00', '').encode('utf-8', 'replace').decode()"


class TextTooLong(InvalidInput):
    """The text is longer than one memory may be."""

    code = "text_too_long"
    default_fix = "split the text into documents, or raise the setting ingest.max_chars"


class InvalidScope(InvalidInput):
    """The scope names nobody."""

    code = "invalid_scope"
    default_why = "A call needs at least one of workspace_id, user_id, agent_id, run_id, so memories never mix."
    default_fix = "pass Scope(user_id=...); on the command line --user-id NAME or fusion-memory use --user NAME"


class InvalidOption(InvalidInput):
    """An option has a value outside its range."""

    code = "invalid_option"


class InvalidTime(InvalidInput):
    """The time cannot be read."""

    code = "invalid_time"
    default_why = "Times are datetime objects or ISO 8601 texts; a time without zone counts as UTC."
    default_fix = "pass for example 2026-03-14T09:30:00+01:00"


class InvalidMetadata(InvalidInput):
    """The metadata cannot be stored as JSON."""

    code = "invalid_metadata"
    default_why = "Metadata is a JSON object with text keys, at most 64 KiB."
    default_fix = "pass a dict of JSON values"


class OnHold(InvalidInput):
    """The memories are on legal hold."""

    code = "on_hold"
    default_why = "What is on hold is neither archived nor erased; nothing was changed."
    default_fix = "fusion-memory policy show, then release the hold, or override it with the right to administer"


class PreviewOutdated(InvalidInput):
    """The policy would now do something else than its preview said."""

    code = "preview_outdated"
    default_why = "Memories or policies changed since; nothing was done."
    default_fix = "fusion-memory policy preview"


class DatasetInvalid(InvalidInput):
    """The evaluation data cannot be read."""

    code = "dataset_invalid"
    default_why = "The file is not in the published layout."
    default_fix = "fusion-memory eval --help"


class NotFound(FusionMemoryError):
    """There is no such object in this scope."""

    code = "not_found"
    exit_code = 3
    default_why = "It was never stored, was erased, or belongs to another scope."
    default_fix = "fusion-memory history"


class AccessDenied(FusionMemoryError):
    """The principal has no right to do this."""

    code = "access_denied"
    exit_code = 4
    default_why = "The authorizer refused the action for this scope."
    default_fix = "call with a principal that holds the right"


class ConfigurationError(FusionMemoryError):
    """The configuration cannot be used."""

    code = "configuration"
    exit_code = 5
    default_why = "A setting is wrong."
    default_fix = "fusion-memory config"


class UnknownSetting(ConfigurationError):
    """There is no such setting."""

    code = "unknown_setting"
    default_why = "Unknown settings are refused, so that a typing error never passes silently."


class InvalidSetting(ConfigurationError):
    """A setting has a value of the wrong kind."""

    code = "invalid_setting"


class UtilityModelInvalid(ConfigurationError):
    """The utility model cannot be used."""

    code = "utility_model_invalid"
    default_why = "A model that does not fit ranks at random, so it is refused."
    default_fix = "train it anew: fusion-memory train-utility, or empty retrieval.utility_model"


class SecretInFile(ConfigurationError):
    """A secret stands in a configuration file."""

    code = "secret_in_file"
    default_why = "Secrets are read from the environment only, so that files can be shared."


class StorageError(FusionMemoryError):
    """The database refused an operation."""

    code = "storage"
    exit_code = 6
    default_why = "Nothing was half-written: the transaction was rolled back."


class DatabaseLocked(StorageError):
    """The database is locked by another process."""

    code = "database_locked"
    default_why = "Another process held the write lock for longer than storage.busy_timeout_s."
    default_fix = "wait for the other process, or raise the setting storage.busy_timeout_s"


class DatabaseReadOnly(StorageError):
    """The database cannot be written."""

    code = "database_read_only"
    default_why = "The file or its folder is not writable for this user."
    default_fix = "make the file and its folder writable, or choose another with --db PATH"


class DatabaseTooNew(StorageError):
    """The database was written by a newer Fusion Memory."""

    code = "database_too_new"
    default_why = "Its schema is newer than this code understands; it was left untouched."
    default_fix = 'pip install --upgrade "fusion-memory[local]"'


class DatabaseCorrupt(StorageError):
    """The database is damaged."""

    code = "database_corrupt"
    default_why = "An integrity check failed."
    default_fix = "fusion-memory restore BACKUP"


class NotADatabase(StorageError):
    """The file is not a Fusion Memory database."""

    code = "not_a_database"
    default_why = (
        "It is another kind of file, another application's database, or encrypted with a key that was not given."
    )
    default_fix = "choose another file with --db PATH"


class WrongKey(StorageError):
    """The database cannot be decrypted with this key."""

    code = "wrong_key"
    default_fix = "set FUSION_MEMORY_STORAGE_KEY to the key the database was made with"


class DiskFull(StorageError):
    """The disk is full."""

    code = "disk_full"
    default_fix = "free some space and call again: the call is safe to repeat"


class BackupInvalid(StorageError):
    """The backup cannot be used."""

    code = "backup_invalid"
    default_why = "It failed verification; the current database was left untouched."
    default_fix = "choose another backup file"


class ModelError(FusionMemoryError):
    """A model failed."""

    code = "model"
    exit_code = 7
    default_why = "What was said is stored and found by keyword; vectors follow when the model works again."


class ModelUnavailable(ModelError):
    """The model cannot be loaded."""

    code = "model_unavailable"
    default_fix = 'pip install "fusion-memory[local]"'


class ModelTimeout(ModelError):
    """The model did not answer in time."""

    code = "model_timeout"
    default_fix = "raise the setting embedding.timeout_s, or check the endpoint"


class EmbeddingFailed(ModelError):
    """The model returned no usable vector."""

    code = "embedding_failed"
    default_fix = "fusion-memory reindex"


class DimensionMismatch(ModelError):
    """The embedder's dimension is not that of its embedding space."""

    code = "dimension_mismatch"
    default_why = "Vectors of different dimension cannot be compared; they are never padded or cut."
    default_fix = "set embedding.model to the model of the space, or build a new one: fusion-memory reindex"


class RerankFailed(ModelError):
    """The reranker gave no usable scores."""

    code = "rerank_failed"
    default_why = "The results stand in the order they had without it."
    default_fix = "check the settings of the reranker: fusion-memory config reranker"


class LanguageModelFailed(ModelError):
    """The language model gave no usable reply."""

    code = "language_model_failed"
    default_why = "What was said is stored, and read by the built-in rules instead."
    default_fix = "check llm.model and llm.endpoint, then fusion-memory doctor"


class PromptRefused(LanguageModelFailed):
    """The language model's server refuses this request."""

    code = "prompt_refused"
    default_fix = "check llm.model and the length of the texts"


class ServiceClosed(FusionMemoryError):
    """The memory service is closed."""

    code = "service_closed"
    exit_code = 8
    default_why = "close() was called, or its with-block was left."
    default_fix = "open a new MemoryService"


class ServiceFailed(FusionMemoryError):
    """The service did not do as it was told."""

    code = "service_failed"
    exit_code = 10
    default_why = "It runs as a process of its own."
    default_fix = "fusion-memory status, fusion-memory logs"


class AlreadyRunning(ServiceFailed):
    """A service runs already."""

    code = "already_running"
    default_why = "There is one service for a home folder."
    default_fix = "fusion-memory status; to end it: fusion-memory stop"
