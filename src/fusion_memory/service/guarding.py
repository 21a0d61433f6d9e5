"""Guard a service by its settings: its gate, its doors, and whether it may listen to a network at all."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

from fusion_memory.core.clock import Clock, SystemClock
from fusion_memory.core.errors import InvalidSetting
from fusion_memory.core.ids import RandomIds
from fusion_memory.core.rights_api import Recognition
from fusion_memory.core.settings import Settings
from fusion_memory.service.doors import DoorRules, hosts_of, listed, unusable
from fusion_memory.service.gate import Gate, OpenGate
from fusion_memory.service.key_gate import KeyGate
from fusion_memory.service.limits import Limits
from fusion_memory.service.options import ServiceOptions
from fusion_memory.service.tokens import Tokens

OFF, ON, AUTO = "off", "on", "auto"


def guarded(
    settings: Settings, known: Recognition, options: ServiceOptions, clock: Clock | None = None
) -> ServiceOptions:
    """The options with the gate and the doors that the settings ask for.

    Args:
        settings: those of ``[auth]``, ``[limits]`` and ``[server]`` count.
        known: looks keys up.
        options: everything else.
        clock: of the limits.

    Raises:
        InvalidSetting: a setting cannot be used, or strangers would get in.
    """
    auth, clock = settings.auth, clock or SystemClock()
    require_guarded(settings)
    origins = listed(auth.allowed_origins)
    if wrong := unusable(origins):
        raise InvalidSetting(
            f"auth.allowed_origins: {wrong[0]!r} is no origin.",
            why="Every origin is named; a star would let every web page call.",
            fix="write them like https://app.example.org",
        )
    tokens = Tokens(auth) if auth.jwt_algorithm else None
    local = is_loopback(settings.server.host)
    if not local and tokens is None and not known.has_keys():
        raise InvalidSetting(
            f"server.host = {settings.server.host!r}, but nobody has a key.",
            why="Beyond this computer everybody needs one, so nobody could call.",
            fix="fusion-memory keys create --operator --label first",
        )
    limits, ids = Limits(settings.limits, clock), RandomIds()
    gate: Gate = OpenGate()
    if auth.mode != OFF:
        gate = KeyGate(known, limits, tokens, always=auth.mode == ON or not local)
    hosts = hosts_of(settings.server.host, auth.allowed_hosts)
    rules = DoorRules(hosts, frozenset(origins), lambda: ids.new("req", clock.now()), limits.spend)
    return replace(options, gate=gate, doors=rules)


def require_guarded(settings: Settings) -> None:
    """Where nobody is asked who they are, the service listens to this computer only.

    Raises:
        InvalidSetting: it would listen to others, or there is no such mode.
    """
    mode = settings.auth.mode
    if mode not in {OFF, ON, AUTO}:
        raise InvalidSetting(f"auth.mode = {mode!r} is none.", fix=f"one of {AUTO}, {ON}, {OFF}")
    if mode == OFF and not is_loopback(settings.server.host):
        raise InvalidSetting(
            f"server.host = {settings.server.host!r} would let everybody in.",
            why="With auth.mode = off nobody is asked who they are, so the service listens to this computer only.",
            fix="set server.host to 127.0.0.1, or auth.mode to on",
        )


def is_loopback(host: str) -> bool:
    """Whether an address is this computer's own."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
