"""What SQLite leaves behind in its pages when it moves rows is zeroed by a scrub, and nothing else is touched."""

from __future__ import annotations

import struct
from contextlib import closing
from pathlib import Path

import pytest
from storage_rows import Said, erase, found, new_owner, raw, say

from fusion_memory.storage.sqlite import scrubbing
from fusion_memory.storage.sqlite.connection import Opening, settle
from fusion_memory.storage.sqlite.pages import Layout, left_behind

PAGE = 4096
LEFT = b"leftover"
LAYOUT = Layout(PAGE, PAGE)


def lived_in(opened, **options):
    """A database in which things were said and erased, and who speaks."""
    database = opened(**options)
    with database.write() as tx:
        owner = new_owner(tx)
        spans = say(database, tx, owner, *(Said([f"word{n}"], content=f"word{n} " * (n % 90)) for n in range(300)))
    with database.write() as tx:
        erase(database, tx, spans[::3])
    return database, owner


def holes(content):
    """(page number, from, to) of the gaps and the freed blocks of all pages, by the book."""
    for start in range(0, len(content), PAGE):
        head = start + (100 if start == 0 else 0)
        length = {2: 12, 5: 12, 10: 8, 13: 8}.get(content[head])
        if length is None:
            continue
        block, cells, body = struct.unpack_from(">HHH", content, head + 1)
        yield start // PAGE + 1, head + length + 2 * cells, start + body
        while block:
            at = start + block
            block, size = struct.unpack_from(">HH", content, at)
            yield start // PAGE + 1, at + 4, at + size


def plant(path):
    """Bytes of nobody in every hole that is large enough; the numbers of their pages."""
    content, planted = bytearray(path.read_bytes()), []
    for page, begin, end in holes(bytes(content)):
        if end - begin >= len(LEFT):
            content[begin : begin + len(LEFT)] = content[end - len(LEFT) : end] = LEFT
            planted.append(page)
    path.write_bytes(content)
    return planted


def all_bytes(path):
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


def everything(database):
    with database.read() as tx:
        tables = [name for (name,) in raw(tx, "SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: raw(tx, f'SELECT * FROM "{name}"') for name in tables}


def test_what_lies_between_rows_is_zeroed_in_every_page_and_the_first(opened, path):
    database, owner = lived_in(opened)
    before = everything(database)
    database.close()
    planted = plant(path)
    assert 1 in planted
    assert len(planted) > len(set(planted)) > 20, "gaps and freed blocks"
    database = opened()
    database.scrub()
    assert LEFT not in all_bytes(path)
    assert all(not any(path.read_bytes()[begin:end]) for _, begin, end in holes(path.read_bytes()))
    assert database.check() == []
    assert everything(database) == before
    assert found(database, owner, "word1")


def test_a_clean_file_is_not_written(opened, path, monkeypatch):
    database, _ = lived_in(opened)
    database.scrub()
    writes = []
    zero = scrubbing._File.zero
    monkeypatch.setattr(scrubbing._File, "zero", lambda *given: writes.extend(given[1]) or zero(*given))
    database.scrub()
    assert writes == []


def test_pages_that_others_remember_are_not_written_back(opened, path):
    lived_in(opened)[0].close()
    plant(path)
    one, other = opened(), opened()
    for database in (one, other):
        with database.write() as tx:  # the writers' connections read all pages
            raw(tx, "SELECT sum(length(content)) FROM events")
            raw(tx, "PRAGMA integrity_check")
    one.scrub()
    for database in (other, one):
        with database.write() as tx:
            raw(tx, "UPDATE events SET content = content || '!', last_seen_at = last_seen_at + 1")
    assert LEFT not in all_bytes(path)
    assert one.check() == []


def test_a_scrub_begins_again_when_others_write_meanwhile(opened, path, monkeypatch):
    lived_in(opened)[0].close()
    plant(path)
    one, other = opened(), opened()
    cut, times = scrubbing._empty_journal, []

    def and_then_somebody_writes(connection):
        cut(connection)
        times.append(len(times))
        if len(times) < 3:
            with other.write() as tx:
                new_owner(tx, f"visitor {len(times)}")

    monkeypatch.setattr(scrubbing, "_empty_journal", and_then_somebody_writes)
    one.scrub()
    assert len(times) >= 3
    assert LEFT not in all_bytes(path)
    assert one.check() == []


def test_pages_that_others_read_meanwhile_are_not_written_back(opened, path, monkeypatch):
    lived_in(opened)[0].close()
    plant(path)
    one, other = opened(), opened()
    cut = scrubbing._empty_journal

    def and_then_somebody_reads(connection):
        cut(connection)
        with other.write() as tx:
            raw(tx, "PRAGMA integrity_check")

    monkeypatch.setattr(scrubbing, "_empty_journal", and_then_somebody_reads)
    one.scrub()
    with other.write() as tx:
        raw(tx, "UPDATE events SET content = content || '!', last_seen_at = last_seen_at + 1")
    assert LEFT not in all_bytes(path)
    assert one.check() == []


def test_readers_go_on_and_no_file_stays_open(opened, path):
    database, owner = lived_in(opened)
    handles = Path("/proc/self/fd")
    if not handles.is_dir():
        pytest.skip("open files cannot be counted here")
    assert found(database, owner, "word1")
    database.scrub()
    before = len(list(handles.iterdir()))
    for _ in range(20):
        assert found(database, owner, "word1")
        database.scrub()
    assert len(list(handles.iterdir())) <= before
    other = opened()  # the locks of the first are still held: the file cannot be taken out of use under it
    other.close()
    assert path.with_name(path.name + "-wal").exists()


def test_an_encrypted_database_is_made_anew(opened, path):
    database, owner = lived_in(opened, key="k")
    database.close()
    opening = Opening(path, "k")
    with closing(opening.connect()) as careless:
        settle(careless, "FULL")
        careless.pragma("secure_delete", False)
        careless.execute("UPDATE events SET content = 'leftover of nobody'")
        careless.execute("UPDATE events SET content = ''")
        assert LEFT in careless.serialize("main")
    database = opened(key="k")
    database.scrub()
    assert database.check() == []
    assert found(database, owner, "word1")
    with closing(opening.connect()) as reader:
        assert LEFT not in reader.serialize("main")


def a_page(kind, *, freed=0, cells=0, body=PAGE):
    page = bytearray(PAGE)
    struct.pack_into(">BHHH", page, 0, kind, freed, cells, body)
    return page


@pytest.mark.parametrize(("kind", "header"), [(0x02, 12), (0x05, 12), (0x0A, 8), (0x0D, 8)])
def test_a_gap_begins_after_the_pointers_and_ends_at_the_cells(kind, header):
    page = a_page(kind, cells=2, body=4000)
    page[header + 4 - 1] = page[4000] = 7
    assert left_behind(bytes(page), 0, LAYOUT) == []
    page[header + 4] = 7
    assert left_behind(bytes(page), 0, LAYOUT) == [(header + 4, 4000)]
    assert left_behind(bytes(PAGE) + bytes(page), PAGE, LAYOUT) == [(PAGE + header + 4, PAGE + 4000)]


def test_freed_blocks_keep_their_links():
    page = a_page(0x0D, freed=3000, body=2900)
    struct.pack_into(">HH", page, 3000, 3500, 20)
    struct.pack_into(">HH", page, 3500, 0, 100)
    assert left_behind(bytes(page), 0, LAYOUT) == []
    page[3019] = page[3504] = 7
    assert left_behind(bytes(page), 0, LAYOUT) == [(3004, 3020), (3504, 3600)]


@pytest.mark.parametrize("following", [3000, 2950, 4095])
def test_a_page_that_makes_no_sense_is_left_alone(following):
    page = a_page(0x0D, freed=3000, body=2900)
    struct.pack_into(">HH", page, 3000, following, 20)
    page[100] = 7
    assert left_behind(bytes(page), 0, LAYOUT) == []
    assert left_behind(bytes(a_page(0x0D, cells=3000)), 0, LAYOUT) == []
    assert left_behind(bytes(a_page(0x07)), 0, LAYOUT) == []


def test_the_largest_pages_and_those_that_cannot_be_told_apart():
    header = bytearray(100)
    struct.pack_into(">H", header, 16, 1)
    assert Layout.of(bytes(header), 1 << 20) == Layout(65_536, 65_536)
    empty = bytearray(65_536)
    empty[0], empty[8] = 0x0D, 7  # the start of the cells, 65,536, is written as 0
    assert left_behind(bytes(empty), 0, Layout(65_536, 65_536)) == [(8, 65_536)]
    struct.pack_into(">I", header, 52, 1)
    assert Layout.of(bytes(header), 1 << 20) is None
    assert not LAYOUT.holds_rows((1 << 30) // PAGE + 1)
