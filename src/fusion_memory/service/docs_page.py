"""``/docs``: the contract as one page for people. It loads nothing from anywhere and runs no script.

The page is made of the contract alone; its own few words are English or Chinese. It must not know single routes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from fusion_memory.service.summaries_zh import SUMMARIES_ZH
from fusion_memory.service.words import PAGE, TAGS_ZH, language_of

STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font: 14px/1.45 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .6rem .8rem; border: 1px solid #8885; border-radius: .4rem; }
details { border-top: 1px solid #8885; padding: .4rem 0; }
summary { cursor: pointer; } summary b { display: inline-block; min-width: 4.5rem; }
table { border-collapse: collapse; }
td { text-align: left; padding: .15rem 1.2rem .15rem 0; vertical-align: top; }
nav a { margin-right: 1rem; }
"""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
}


def install(app: FastAPI) -> None:
    """Offer the page at ``/docs``; it stands outside the contract that it shows."""

    def docs(request: Request) -> HTMLResponse:
        language = language_of(request)
        return HTMLResponse(page(app.openapi(), language), headers={**HEADERS, "Content-Language": language})

    app.add_api_route("/docs", docs, include_in_schema=False, response_class=HTMLResponse)


def page(contract: Mapping[str, Any], language: str) -> str:
    """The contract as HTML."""
    words = PAGE[language]
    sections: dict[str, list[str]] = {}
    for path, operations in contract["paths"].items():
        for verb, operation in operations.items():
            shown = _operation(verb, path, operation, contract, language)
            sections.setdefault(operation.get("tags", ["-"])[0], []).append(shown)
    names = {tag: TAGS_ZH.get(tag, tag) if language == "zh" else tag for tag in sections}
    links = "".join(f'<a href="#{_anchor(tag)}">{escape(name)}</a>' for tag, name in names.items())
    body = "".join(
        f'<h2 id="{_anchor(tag)}">{escape(names[tag])}</h2>' + "".join(parts) for tag, parts in sections.items()
    )
    info = contract["info"]
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(info["title"])}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>'
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1><p>{words['intro']}</p>"
        f"<nav>{links}</nav>{body}</body></html>"
    )


def _operation(
    verb: str, path: str, operation: Mapping[str, Any], contract: Mapping[str, Any], language: str
) -> str:
    words = PAGE[language]
    key = f"{verb.upper()} {path}"
    title = (
        SUMMARIES_ZH.get(key, operation.get("summary", "")) if language == "zh" else operation.get("summary", "")
    )
    about = operation.get("description", "") if language == "en" else ""
    return (
        f"<details><summary><b>{verb.upper()}</b> <code>{escape(path)}</code> {escape(title)}</summary>"
        f"<p>{escape(about)}</p>{_parameters(operation, words)}{_body(operation, contract, words)}"
        f"<p>{words['responses']} {', '.join(sorted(operation['responses']))}</p></details>"
    )


def _parameters(operation: Mapping[str, Any], words: Mapping[str, str]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code></td>"
        f"<td>{words[one['in']]}{words['required'] if one.get('required') else ''}</td>"
        f"<td><code>{escape(_kind(one['schema']))}</code></td></tr>"
        for one in operation.get("parameters", ())
    )
    return f"<table>{rows}</table>" if rows else ""


def _body(operation: Mapping[str, Any], contract: Mapping[str, Any], words: Mapping[str, str]) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema is None:
        return "".join(f"<p>{words['body']} <code>{escape(kind)}</code></p>" for kind in content)
    made = json.dumps(example_of(schema, contract), ensure_ascii=False, indent=2)
    return f"<p>{words['body']}</p><pre>{escape(made)}</pre>"


def example_of(schema: Mapping[str, Any], contract: Mapping[str, Any]) -> Any:  # noqa: ANN401 (any JSON value)
    """An example of a schema: its own, or one of what it must hold and of what has an example."""
    if "$ref" in schema:
        return example_of(contract["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]], contract)
    if schema.get("examples"):
        return schema["examples"][0]
    if "properties" in schema:
        wanted = {
            name: part
            for name, part in schema["properties"].items()
            if name in schema.get("required", ()) or part.get("examples")
        }
        return {name: example_of(part, contract) for name, part in wanted.items()}
    plain: dict[str, Any] = {"integer": 1, "number": 1.0, "boolean": True, "array": [], "object": {}}
    return schema.get("default", plain.get(schema.get("type", ""), "..."))


def _kind(schema: Mapping[str, Any]) -> str:
    kinds = [part.get("type", "") for part in schema.get("anyOf", [schema])]
    return " | ".join(kind for kind in kinds if kind and kind != "null")


def _anchor(tag: str) -> str:
    return escape(tag.replace(" ", "-"), quote=True)
