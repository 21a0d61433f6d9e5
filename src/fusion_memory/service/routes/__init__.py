"""The routes, one file a resource, each with its ``router``. This list is what the service offers."""

from __future__ import annotations

from fastapi import APIRouter

from fusion_memory.service.routes import stats

ROUTERS: tuple[APIRouter, ...] = (stats.router,)
"""In the order of the documentation page."""
