"""Transactions: all or nothing, snapshots, one writer at a time among threads and processes."""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
import time

import apsw
import numpy as np
import pytest
from ordinary_user import as_ordinary_user
from storage_rows import DIMENSION, Said, found, new_owner, new_space, new_span, raw, say, unit

from fusion_memory.core.errors import DatabaseLocked, FusionMemoryError, ServiceClosed, StorageError
from fusion_memory.storage.connect import open_database
from fusion_memory.storage.interface import SpanFilter
from fusion_memory.storage.sqlite.failures import name as named_as

COUNT = "SELECT count(*) FROM events"


def events(database):
    with database.read() as tx:
        return raw(tx, COUNT)[0][0]


def test_a_block_that_ends_is_kept_and_one_that_raises_leaves_no_trace(any_database):
    with any_database.write() as tx:
        owner = new_owner(tx)
        say(any_database, tx, owner, "kept")
    for error in (ZeroDivisionError, KeyboardInterrupt):
        with pytest.raises(error), any_database.write() as tx:
            _say_and_fail(any_database, tx, owner, error)
    assert events(any_database) == 1
    assert found(any_database, owner, "kept")
    assert not found(any_database, owner, "dropped")
    assert any_database.check() == []


def _say_and_fail(database, tx, owner, error):
    say(database, tx, owner, "dropped")
    raise error


def test_a_write_inside_a_write_is_a_programming_error(any_database):
    with any_database.write():
        with pytest.raises(RuntimeError, match="already inside a write"), any_database.write():
            pass
        if any_database.path:
            with pytest.raises(RuntimeError, match="already inside a write"):
                any_database.scrub()
    with any_database.write() as tx:
        new_owner(tx)


def test_a_read_does_not_write(any_database):
    with any_database.read() as tx, pytest.raises(RuntimeError, match="only reads"):
        tx.run("owner_create", workspace_id="", user_id="x", agent_id="", run_id="", created_at=0)


def test_a_read_inside_a_write_and_a_write_inside_a_read(any_database):
    with any_database.write() as tx:
        new_owner(tx, "one")
        with any_database.read() as inner:
            inner.rows("owner_list")
    with any_database.read(), any_database.write() as tx:
        new_owner(tx, "two")
    with any_database.read() as tx:
        assert len(tx.rows("owner_list")) == 2


def test_a_read_is_a_snapshot_from_its_beginning(database):
    with database.write() as tx:
        owner = new_owner(tx)
    with database.read() as before:
        with database.write() as tx:
            say(database, tx, owner, "later")
        assert raw(before, COUNT) == [(0,)]
        assert database.keyword.search(before, [["later"]], SpanFilter(owner), 5) == []
    assert events(database) == 1
    assert found(database, owner, "later")


def test_sets_of_values_and_values_of_all_kinds_are_bound(database):
    with database.write() as tx:
        owner = new_owner(tx)
        spans = [new_span(tx, owner, Said([], content=text)) for text in ("a", "北京", "'; DROP TABLE events; --")]
        rows = tx.rows("passages", span_nos=spans, owner_no=owner)
        assert [row[5] for row in rows] == ["a", "北京", "'; DROP TABLE events; --"]
        assert tx.one("passages", span_nos=(), owner_no=owner) is None
        with pytest.raises(KeyError):
            tx.rows("passages", span_nos=[1])


def test_a_run_tells_how_many_rows_it_changed(database):
    with database.write() as tx:
        assert tx.run("owner_create", workspace_id="", user_id="x", agent_id="", run_id="", created_at=0) == 1
        assert tx.run("owner_create", workspace_id="", user_id="x", agent_id="", run_id="", created_at=0) == 0


def test_a_stream_gives_rows_one_by_one_and_ends_with_its_transaction(any_database):
    with any_database.write() as tx:
        for number in range(500):
            new_owner(tx, f"u{number}")
    with any_database.read() as tx:
        assert len(list(tx.stream("owner_list"))) == 500
        stream = tx.stream("owner_list")
        assert next(stream)[2] == "u0"
    with any_database.write() as tx:
        new_owner(tx, "after")
    stream.close()
    gc.collect()


def test_a_constraint_is_a_named_error_and_rolls_back(database):
    with database.write() as tx:
        owner = new_owner(tx)
        say(database, tx, owner, "hello")
    with pytest.raises(StorageError, match="FOREIGN KEY"), database.write() as tx:
        tx.run("events_erase", owner_no=owner, event_nos=[1])  # the keyword index was not told first
    assert events(database) == 1


def test_closing_is_final_and_may_be_repeated(any_database):
    any_database.close()
    any_database.close()
    for use in (any_database.read, any_database.write):
        with pytest.raises(ServiceClosed), use():
            pass
    with pytest.raises(ServiceClosed):
        any_database.size_bytes()


def test_a_read_that_is_open_at_closing_ends_normally(database):
    with database.write() as tx:
        new_owner(tx)
    with database.read() as tx:
        database.close()
        assert len(tx.rows("owner_list")) == 1


def test_another_process_that_keeps_the_lock_is_named(opened, path):
    database = opened(busy_timeout_s=0.05)
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseLocked), database.write():
        pass
    assert events(database) == 0
    other.execute("ROLLBACK")
    other.close()
    with database.write() as tx:
        new_owner(tx)


def test_another_thread_that_keeps_the_lock_is_named(opened):
    database = opened(busy_timeout_s=0.05)
    held, done = threading.Event(), threading.Event()

    def hold():
        with database.write():
            held.set()
            done.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    with pytest.raises(DatabaseLocked, match="another thread"), database.write():
        pass
    done.set()
    thread.join()


def test_a_lock_that_is_given_up_in_time_is_waited_for(opened, path):
    database = opened(busy_timeout_s=10.0)
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.1, lambda: other.execute("ROLLBACK"))
    timer.start()
    with database.write() as tx:
        new_owner(tx)
    timer.join()
    other.close()


def test_a_database_does_not_cross_a_fork(database):
    def use():
        with database.read():
            pass

    assert as_ordinary_user(use) == "StorageError"
    with database.read() as tx:
        tx.rows("owner_list")


def test_many_threads_write_and_find_their_own(any_database):
    with any_database.write() as tx:
        owner, space = new_owner(tx), new_space(tx)
    failures = []

    def work(name):
        try:
            for number in range(12):
                with any_database.write() as tx:
                    spans = say(any_database, tx, owner, f"word{name} number{number}")
                    vector = unit(np.random.default_rng(name * 100 + number).standard_normal((1, DIMENSION)))
                    any_database.vectors.put(tx, space, spans, vector)
                with any_database.read() as tx:
                    hits = any_database.vectors.search(tx, space, vector[0], SpanFilter(owner), 1)
                    assert hits[0][0] == spans[0]
                assert spans[0] in found(any_database, owner, f"word{name}")
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert events(any_database) == 8 * 12
    assert any_database.check() == []


def _add_from_a_process(path, name, times):
    database = open_database(path, busy_timeout_s=30.0)
    for number in range(times):
        with database.write() as tx:
            owner = new_owner(tx)
            say(database, tx, owner, f"word{name} number{number} common")
    database.close()
    os._exit(0)


def in_processes(target, arguments):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=target, args=each) for each in arguments]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return [process.exitcode for process in processes]


def test_many_processes_open_a_new_file_and_write_at_once(path):
    assert in_processes(_add_from_a_process, [(path, name, 8) for name in range(8)]) == [0] * 8
    database = open_database(path)
    owner = 1
    assert len(found(database, owner, "common")) == 64
    assert [len(found(database, owner, f"word{name}")) for name in range(8)] == [8] * 8
    assert database.check() == []
    database.close()


def test_readers_are_not_disturbed_by_a_writer(database):
    with database.write() as tx:
        owner = new_owner(tx)
        say(database, tx, owner, "first")
    with database.write() as tx:
        say(database, tx, owner, "second")
        started = time.monotonic()
        assert len(found(database, owner, "first")) == 1
        assert found(database, owner, "second") == []
        assert time.monotonic() - started < 5.0


def test_every_failure_is_a_named_error():
    kinds = [kind for kind in vars(apsw).values() if isinstance(kind, type) and issubclass(kind, apsw.Error)]
    assert len(kinds) > 20
    for kind in kinds:
        error = named_as(kind("it went wrong"), None)
        assert isinstance(error, FusionMemoryError)
        assert error.what
        assert error.fix
