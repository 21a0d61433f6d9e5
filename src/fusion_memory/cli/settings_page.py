"""Every setting as a Markdown page, made from the settings themselves.

``python -m fusion_memory.cli.settings_page en > docs/settings.md``; a test keeps the committed pages current.
"""

from __future__ import annotations

import sys
from itertools import groupby

from fusion_memory.cli.messages import text
from fusion_memory.core.settings import ADDRESSES, AT_HOME, OPERATED, SECRETS, Setting, catalogue


def render(lang: str = "en") -> str:
    """The page: one table for each section."""
    lines = [f"# {text(lang, 'settings.title')}", "", text(lang, "settings.intro")]
    head = [text(lang, f"settings.{column}") for column in ("name", "default", "meaning", "place")]
    for section, settings in groupby(catalogue(), key=lambda setting: setting.name.partition(".")[0]):
        lines += ["", f"## `[{section}]`", "", _row(head), _row(["---"] * len(head))]
        lines += [
            _row([f"`{one.name}`", _default(one), _meaning(one, lang), _place(one, lang)]) for one in settings
        ]
    return "\n".join([*lines, ""])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _default(setting: Setting) -> str:
    value = f"{setting.default:g}" if isinstance(setting.default, float) else str(setting.default)
    return f"`{value}`" if value else ""


def _meaning(setting: Setting, lang: str) -> str:
    return setting.help_zh if lang == "zh" else setting.help_en


def _place(setting: Setting, lang: str) -> str:
    """Where the setting may be set: secrets in the environment only, some in no project file."""
    if setting.name in SECRETS:
        return text(lang, "settings.environment")
    operated = not OPERATED.isdisjoint((setting.name, setting.name.partition(".")[0]))
    if operated or setting.name in ADDRESSES:
        return text(lang, "settings.no_project")
    if setting.name in AT_HOME:
        allowed = ", ".join(f"`{value}`" for value in sorted(AT_HOME[setting.name]) if value)
        return text(lang, "settings.project_only", values=allowed or "-")
    return ""


if __name__ == "__main__":
    sys.stdout.write(render(sys.argv[1] if len(sys.argv) > 1 else "en"))
