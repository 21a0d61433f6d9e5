"""The routes, one file a resource, each with its ``router``. This list is what the service offers."""

from __future__ import annotations

from fastapi import APIRouter

from fusion_memory.service.routes import (
    agent,
    aliases,
    audit,
    capture,
    care,
    condensations,
    entities,
    events,
    exchange,
    facts,
    governance,
    health,
    jobs,
    keys,
    memories,
    operations,
    packs,
    person,
    points,
    sessions,
    times,
)

ROUTERS: tuple[APIRouter, ...] = (
    agent.router,
    memories.router,
    capture.router,
    packs.router,
    facts.router,
    entities.router,
    times.router,
    sessions.router,
    condensations.router,
    person.router,
    care.router,
    jobs.router,
    governance.router,
    exchange.router,
    keys.router,
    audit.router,
    events.router,
    points.router,
    operations.router,
    health.router,
    aliases.router,
)
"""In the order of the documentation page."""
