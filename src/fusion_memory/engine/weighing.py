"""Give the read path the utility model that the settings name, in the shadow or live."""

from __future__ import annotations

from pathlib import Path

from fusion_memory.core.errors import ConfigurationError
from fusion_memory.core.settings import RetrievalSettings
from fusion_memory.models.utility_file import read_utility_model
from fusion_memory.retrieval.pipeline import Retrieval
from fusion_memory.retrieval.utility import Utility

SHADOW, LIVE = MODES = ("shadow", "live")


def weighed(retrieval: Retrieval, settings: RetrievalSettings) -> Retrieval:
    """The same read path, with the model; live only when its gain is sure and large enough.

    Raises:
        UtilityModelInvalid: the file holds no model that can be used.
        ConfigurationError: there is no such mode.
    """
    if settings.utility_mode not in MODES:
        what = f"retrieval.utility_mode = {settings.utility_mode!r} is unknown."
        raise ConfigurationError(what, fix=" or ".join(MODES))
    if settings.utility_model:
        model = read_utility_model(Path(settings.utility_model).expanduser())
        live = settings.utility_mode == LIVE and model.ready(settings.utility_threshold)
        retrieval.weigh_with(Utility(model, live))
    return retrieval
