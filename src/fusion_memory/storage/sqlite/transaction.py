"""One open transaction: statements by name in, rows out, failures named.

This file must not begin or end transactions, nor know any table.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import apsw

from fusion_memory.storage.interface import Row, Value
from fusion_memory.storage.sqlite.failures import name
from fusion_memory.storage.statements import Statements

Parameter = Value | Sequence[Value]


class SqliteTransaction:
    """Runs named statements on one connection.

    ``writable`` tells a writer's transaction from a snapshot; ``sees_uncommitted`` is True when what
    it reads may still be rolled back, so that no cache learns from it.
    """

    __slots__ = ("_connection", "_path", "_statements", "_streams", "sees_uncommitted", "writable")

    def __init__(
        self,
        connection: apsw.Connection,
        statements: Statements,
        path: Path | None,
        *,
        writable: bool,
        sees_uncommitted: bool,
    ) -> None:
        self._connection = connection
        self._statements = statements
        self._path = path
        self._streams: list[apsw.Cursor] = []
        self.writable = writable
        self.sees_uncommitted = sees_uncommitted

    def rows(self, statement: str, /, **parameters: Parameter) -> list[Row]:
        """All rows of a named query."""
        try:
            return self._connection.execute(self._statements[statement], _bound(parameters)).fetchall()
        except apsw.Error as error:
            raise name(error, self._path) from error

    def one(self, statement: str, /, **parameters: Parameter) -> Row | None:
        """The first row of a named query, or None."""
        rows = self.rows(statement, **parameters)
        return rows[0] if rows else None

    def stream(self, statement: str, /, **parameters: Parameter) -> Iterator[Row]:
        """The rows of a named query one by one, never all in memory; ends with the transaction."""
        try:
            cursor = self._connection.cursor()
            self._streams.append(cursor)
            yield from cursor.execute(self._statements[statement], _bound(parameters))
        except apsw.Error as error:
            raise name(error, self._path) from error

    def run(self, statement: str, /, **parameters: Parameter) -> int:
        """Execute a named statement; the number of rows it changed."""
        self._require_writable(statement)
        try:
            self._connection.execute(self._statements[statement], _bound(parameters)).fetchall()
            return self._connection.changes()
        except apsw.Error as error:
            raise name(error, self._path) from error

    def run_many(self, statement: str, /, parameters: Iterable[Mapping[str, Value]]) -> None:
        """Execute a named statement once per parameter set."""
        self._require_writable(statement)
        try:
            self._connection.executemany(self._statements[statement], parameters).fetchall()
        except apsw.Error as error:
            raise name(error, self._path) from error

    def end(self) -> None:
        """Stop the streams that were not read to their end."""
        for cursor in self._streams:
            cursor.close(True)
        self._streams.clear()

    def _require_writable(self, statement: str) -> None:
        if not self.writable:
            raise RuntimeError(f"the statement {statement!r} writes, but the transaction only reads")


def _bound(parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    """Parameters as SQLite takes them: a set of values becomes a JSON array for ``json_each``."""
    return {
        key: json.dumps(value, ensure_ascii=False) if isinstance(value, list | tuple) else value
        for key, value in parameters.items()
    }
