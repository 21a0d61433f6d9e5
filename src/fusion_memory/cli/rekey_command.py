"""``rekey``: encrypt the database, encrypt it anew, or decrypt it."""

from __future__ import annotations

from pathlib import Path

import click

from fusion_memory.cli import lazy
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.failure import PROGRAM, Refusal
from fusion_memory.cli.options import command

FILE = click.Path(path_type=Path, dir_okay=False)


@command("rekey")
@click.option("--generate", metavar="FILE", type=FILE)
@click.option("--new-key-file", metavar="FILE", type=FILE)
@click.option("--decrypt", is_flag=True)
@with_call
def rekey(call: Call, generate: Path | None, new_key_file: Path | None, decrypt: bool) -> None:
    """Put the database under another key."""
    if sum((generate is not None, new_key_file is not None, decrypt)) != 1:
        raise Refusal("rekey.one", f"{PROGRAM} rekey --help")
    if generate is not None:
        lazy.new_key_file(generate.expanduser())
    chosen = generate or new_key_file
    key_file = None if chosen is None else chosen.expanduser().absolute()
    place = lazy.rekey(call.settings, call.home, key_file)
    call.out.show({"database": place, "key_file": key_file}, lambda: call.out.line(str(place)))
    if key_file is None:
        call.out.note("rekey.decrypted")
    else:
        call.out.note("rekey.encrypted", path=key_file)
