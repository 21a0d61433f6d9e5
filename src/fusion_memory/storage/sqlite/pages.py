"""Where a page of a database file may hold bytes that belong to no row.

SQLite moves cells between pages to keep its trees balanced and leaves the old bytes behind: in the gap between
a page's cell pointers and its first cell, or inside a freed block. ``secure_delete`` zeroes what is deleted, not
what was moved. This file only reads bytes; it must not know files, transactions or tables.

Source of the layout: "Database File Format", sections 1.3 and 1.6 (sqlite.org/fileformat2.html).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

DATABASE_HEADER = 100
"""Bytes at the start of the file that are no page header; the first page's own header follows them."""

_HEADERS = {0x02: 12, 0x05: 12, 0x0A: 8, 0x0D: 8}  # page kinds of b-trees, and the bytes of their headers
_LOCK_BYTE = 0x4000_0000
_MOST_PAGES = 0x0200_0000  # up to here no page number starts with a byte that is a kind: see ``Layout.of``
_PAGE_FIELDS = struct.Struct(">HHH")  # first freed block, number of cells, start of the cells
_BLOCK_FIELDS = struct.Struct(">HH")  # next freed block, size of this one
_LARGEST_PAGE = 65_536
_ZEROES = bytes(_LARGEST_PAGE)


@dataclass(frozen=True, slots=True)
class Layout:
    """What the database's header says of its pages, in bytes."""

    page: int
    usable: int

    @classmethod
    def of(cls, header: bytes, size: int) -> Layout | None:
        """The layout by the first 100 bytes of a file of ``size`` bytes; None when pages cannot be told apart.

        Pages that are no b-tree start with a page number or with zeroes, so their first byte is a kind only in a
        file of more than 33 million pages, or one with pointer maps (``auto_vacuum``).
        """
        (page,) = struct.unpack_from(">H", header, 16)
        page = _LARGEST_PAGE if page == 1 else page
        (pointer_maps,) = struct.unpack_from(">I", header, 52)
        if page < 512 or pointer_maps or size // page >= _MOST_PAGES:
            return None
        return cls(page, page - header[20])

    def holds_rows(self, number: int) -> bool:
        """Whether the page of this number, from 1, may be one of a b-tree: one page is kept for locks."""
        return number != _LOCK_BYTE // self.page + 1


def left_behind(content: bytes, start: int, layout: Layout, *, first: bool = False) -> list[tuple[int, int]]:
    """The places in one page that belong to no cell and are not zero; none when the page is damaged or no b-tree.

    Args:
        content: bytes of one or more pages.
        start: where the page begins in them.
        layout: of the file.
        first: whether it is the first page of the file.

    Returns:
        (from, to) in bytes of ``content``.
    """
    header = start + (DATABASE_HEADER if first else 0)
    length = _HEADERS.get(content[header])
    if length is None:
        return []
    freed, cells, body = _PAGE_FIELDS.unpack_from(content, header + 1)
    gap, body = header + length + 2 * cells, start + (body or _LARGEST_PAGE)
    if not gap <= body <= start + layout.usable:
        return []
    found = [] if content[gap:body] == _ZEROES[: body - gap] else [(gap, body)]
    if freed:
        try:
            found += list(_in_freed_blocks(content, start, freed, (body, start + layout.usable)))
        except ValueError:
            return []
    return found


def _in_freed_blocks(content: bytes, start: int, freed: int, within: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """What the chain of freed blocks holds beyond their own four bytes."""
    least, most = within
    while freed:
        block = start + freed
        if not least <= block <= most - _BLOCK_FIELDS.size:
            raise ValueError(block)
        freed, size = _BLOCK_FIELDS.unpack_from(content, block)
        inside, end = block + _BLOCK_FIELDS.size, block + size
        if not inside <= end <= most:
            raise ValueError(block)
        if content[inside:end] != _ZEROES[: end - inside]:
            yield inside, end
        least = end
