"""No tenant gets a word of another over HTTP; the campaign catches services that let it."""

from __future__ import annotations

import pytest
from gate_fixtures import serving
from tenant_leaks import Campaign

from fusion_memory.core.scope import Bounds
from fusion_memory.service.key_gate import KeyGate

NO_LIMITS = {"key_per_minute": 0, "tenant_per_minute": 0, "stranger_per_minute": 0}


@pytest.mark.campaign
def test_no_tenant_gets_a_word_of_another(full):
    tenants, requests = (1_000, 100_000) if full else (25, 1_200)
    with serving(limits=NO_LIMITS) as (http, memory):
        found = Campaign(http, memory, tenants=tenants).run(requests)
    print(found)
    assert found.foreign == []
    assert found.failures == []
    assert found.requests == requests
    assert len(found.operations) > 40
    assert found.canaries_seen > requests / 20, "the campaign must see what is there"
    assert {200, 403, 404} <= set(found.by_status)


def test_a_service_without_bounds_is_caught(monkeypatch):
    monkeypatch.setattr(Bounds, "hold", lambda self, scope: True)
    with serving(limits=NO_LIMITS) as (http, memory):
        assert Campaign(http, memory, tenants=10).run(1_000, stop_at_leak=True).foreign


def test_a_gate_that_takes_one_caller_for_another_is_caught(monkeypatch):
    """As a cache of principals with too short a key would."""
    real, seen = KeyGate.identify, {}

    def confused(self, request):
        principal = real(self, request)
        return seen.setdefault(hash(principal.id) % 7, principal)

    monkeypatch.setattr(KeyGate, "identify", confused)
    with serving(limits=NO_LIMITS) as (http, memory):
        assert Campaign(http, memory, tenants=20).run(1_000, stop_at_leak=True).foreign
