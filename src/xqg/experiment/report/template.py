"""The page of report.html and study.html. Nothing in it comes from elsewhere: no script, font or file."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

from xqg.experiment.report.document import Figure, Section

__all__ = ["html_page"]


def html_page(title: str, about: str, sections: Sequence[Section], figures: Mapping[str, Figure]) -> str:
    """Sections under a title, with the figures that they name; one that is not in `figures` is left out."""
    import jinja2

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    shown = {
        name: {"alt": figure.alt, "data": base64.b64encode(figure.svg).decode("ascii")}
        for name, figure in figures.items()
    }
    return environment.from_string(_TEMPLATE).render(
        title=title, about=about, sections=sections, figures=shown
    )


# In Jinja's language.
_TEMPLATE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{ title }}</title>
<style>
:root { --ink: #1b1b1b; --paper: #ffffff; --line: #d5d5d5; --soft: #f3f3f3; --mark: #0060a0; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e4e4; --paper: #16181b; --line: #3a3d42; --soft: #22252a; --mark: #8cc8ff; }
}
body { margin: 0 auto; max-width: 72rem; padding: 1rem; font: 1rem/1.45 system-ui, sans-serif;
       color: var(--ink); background: var(--paper); }
h1 { font-size: 1.35rem; line-height: 1.25; }
h2 { font-size: 1.1rem; margin: 2rem 0 .6rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .875rem; }
th, td { padding: .25rem .55rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th { background: var(--soft); }
tbody tr:hover { background: var(--soft); }
th:first-child, td:first-child { text-align: left; position: sticky; left: 0; background: var(--paper); }
thead th:first-child { background: var(--soft); }
td.text { white-space: normal; text-align: left; overflow-wrap: anywhere; }
.marks { color: var(--mark); }
.note { font-size: .8rem; opacity: .85; }
img { display: block; max-width: 100%; min-width: 34rem; height: auto; background: #ffffff; border-radius: 4px; }
summary { cursor: pointer; font-weight: 600; padding: .35rem 0; }
.first { border-left: 4px solid var(--mark); background: var(--soft); padding: .6rem 1rem .6rem 2rem; }
.first li:first-child { font-weight: 600; }
</style>
</head>
<body>
<h1>{{ title }}</h1>
<p>{{ about }}</p>
{%- for section in sections %}
{%- if section.detail %}
<details><summary>{{ section.title }}</summary>
{%- else %}
<h2>{{ section.title }}</h2>
{%- endif %}
{%- if section.lines %}
<ul{% if loop.first %} class="first"{% endif %}>
{%- for line in section.lines %}
<li>{{ line }}</li>
{%- endfor %}
</ul>
{%- endif %}
{%- if section.figure in figures %}
<div class="wide"><img alt="{{ figures[section.figure].alt }}" src="data:image/svg+xml;base64,{{ figures[section.figure].data }}"></div>
{%- endif %}
{%- if section.table %}
<div class="wide"><table>
<thead><tr>{% for cell in section.table[0] %}<th scope="col">{{ cell.text }}</th>{% endfor %}</tr></thead>
<tbody>
{%- for row in section.table[1:] %}
<tr>
{%- for cell in row -%}
<td{% if cell.text | length > 40 %} class="text"{% endif %}>
{%- if cell.best %}<b>{{ cell.text }}</b>{% else %}{{ cell.text }}{% endif %}
{%- if cell.marks %}<span class="marks">{{ cell.marks }}</span>{% endif -%}
</td>
{%- endfor -%}
</tr>
{%- endfor %}
</tbody></table></div>
{%- endif %}
{%- if section.note %}
<p class="note">{{ section.note }}</p>
{%- endif %}
{%- if section.detail %}
</details>
{%- endif %}
{%- endfor %}
</body>
</html>
"""
