"""What the door's functions give back besides hits: data for programs that prints as lines for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.index.history import Version
from xqg.units import size

if TYPE_CHECKING:
    from xqg.door.blueprint import Blueprint
    from xqg.index import StoredIndex
    from xqg.passages import BadRow

__all__ = ["ChangeReport", "Facts", "History", "by_language", "html_table", "index_facts", "shares", "write_left_out"]


class Facts(dict[str, Any]):
    """Facts by name, as JSON values; printed it is a line for each of `lines`."""

    def __init__(self, facts: Mapping[str, Any], lines: Mapping[str, str]) -> None:
        """`lines` are the facts in words, by short names; those that are empty are left out."""
        super().__init__(facts)
        self.lines = {name: line for name, line in lines.items() if line}

    def __repr__(self) -> str:
        width = max(map(len, self.lines))
        return "\n".join(f"{name.ljust(width)}  {line}" for name, line in self.lines.items())

    def _repr_html_(self) -> str:
        return html_table((), self.lines.items())

    def to_json(self) -> dict[str, Any]:
        """A dictionary that `json` can write."""
        return dict(self)


class History(list[Version]):
    """The versions of an index, oldest first; printed it is a table."""

    def table(self) -> list[list[str]]:
        """Header and rows, as text."""
        rows = [["version", "made (UTC)", "passages", "by", ""]]
        for one in self:
            made = one.made.strftime("%Y-%m-%d %H:%M:%S")
            rows.append([str(one.number), made, f"{one.passages:,}", one.command or "?", _about(one.about)])
        return rows

    def __repr__(self) -> str:
        table = self.table()
        widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
        padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in table]
        return "\n".join("  ".join(row).rstrip() for row in padded)

    def _repr_html_(self) -> str:
        header, *rows = self.table()
        return html_table(header, rows)

    def to_json(self) -> list[dict[str, Any]]:
        """A list that `json` can write."""
        return [
            {
                "version": one.number,
                "made": one.made.isoformat(timespec="seconds"),
                "command": one.command,
                "passages": one.passages,
                "about": one.about,
            }
            for one in self
        ]


@dataclass(frozen=True, repr=False)
class ChangeReport:
    """What a change of an index did; printed it says so.

    Attributes:
        version: that the index has now.
        passages: that it holds now.
        changed: False where there was nothing to do.
        about: what the history says of the version, JSON values.
        left_out: file that lists rows and passages that `skip_bad` left out; None where there are none.
    """

    version: int
    passages: int
    changed: bool
    about: Mapping[str, Any]
    lines: Sequence[str] = field(repr=False)
    left_out: Path | None = None

    @classmethod
    def of_change(
        cls,
        before: StoredIndex,
        after: StoredIndex,
        what: str,
        more: str = "",
        left_out: LeftOut | None = None,
        changed: bool = False,
    ) -> ChangeReport:
        """Of a change from one version to the next: `INDEX: version 3, 1,250 passages; 10 added`.

        Args:
            changed: whether something changed though the version is the same.
        """
        changed = changed or after.version > before.version
        done = what if changed else "nothing to do, it is so already"
        lines = [f"{after.path}: version {after.version}, {len(after):,} passages; {done}{more}"]
        if left_out is not None:
            lines.append(str(left_out))
        path = left_out.path if left_out is not None else None
        return cls(after.version, len(after), changed, after.message, lines, path)

    @classmethod
    def of_build(cls, index: StoredIndex, blueprint: Blueprint, there: bool, left_out: LeftOut | None) -> ChangeReport:
        """Of a new index, or of one that was made before by the same call."""
        lines = [f"{index.path}: this command made it before; nothing was done"] if there else []
        lines += _built(index, left_out)
        if blueprint.queries.left_out:
            name = blueprint.queries.name
            lines.append(f"left out: {blueprint.queries.left_out} queries of {name} for none of the passages")
        path = left_out.path if left_out is not None else None
        return cls(index.version, len(index), not there, index.message, lines, path)

    def __repr__(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True)
class LeftOut:
    """The side file of what `skip_bad` left out, and how much that is."""

    path: Path
    rows: int
    passages: int

    def __str__(self) -> str:
        return f"skipped: {self.rows} bad rows, {self.passages} passages for their vectors; see {self.path}"


def write_left_out(
    index: Path, source: object, rows: Sequence[BadRow], refused: Sequence[Mapping[str, str]]
) -> LeftOut | None:
    """Write INDEX.bad.jsonl whole; None, and no file, where nothing was left out.

    Args:
        source: the passages, as they were named.
        rows: bad ones among them.
        refused: `id` and `reason` of passages whose vectors could not be stored.
    """
    from xqg.kept import atomic_path
    from xqg.passages import write_bad_rows

    if not rows and not refused:
        return None
    path = index.with_name(f"{index.name}.bad.jsonl")
    name = str(source) if isinstance(source, str | Path) else "passages"
    with atomic_path(path) as temporary:
        write_bad_rows(temporary, name, rows)
        with temporary.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            for one in refused:
                line = {"file": name, "id": one["id"], "reason": one["reason"]}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return LeftOut(path, len(rows), len(refused))


def index_facts(index: StoredIndex) -> Facts:
    """What an index holds and what it costs."""
    manifest = index.manifest
    facts = {
        "version": index.version,
        "manifest": {**manifest.to_json(), "counts": asdict(index.counts)},
        "passage_languages": list(index.passage_languages),
        "disk_bytes": index.disk_bytes(),
        "vector_bytes_per_passage": manifest.stored_bytes,
    }
    return Facts(facts, _index_lines(index))


def _index_lines(index: StoredIndex) -> dict[str, str]:
    manifest, disk = index.manifest, index.disk_bytes()
    encoder, generation, counts = manifest.encoder, index.generation, index.counts
    number, d = len(manifest.languages), manifest.dimension
    lines = {
        "index": f"{index.path} (version {index.version}, format {manifest.format}, xqg {manifest.xqg})",
        "passages": f"{counts.passages} in {', '.join(index.passage_languages)}",
        "skipped": f"{counts.skipped} bad ones" if counts.skipped else "",
        "fields": ", ".join(f"{name} ({kind})" for name, kind in manifest.fields.items()),
        "encoder": f"{encoder.name} ({encoder.similarity}, {d} dimensions, {encoder.passage_length or 'all'} tokens of a "
        f"passage, {encoder.query_length or 'all'} of a question)",
        "encoder hash": encoder.fingerprint,
        "queries": by_language(counts.queries) or "none",
        "blank queries": str(counts.blank),
        "filters": ", ".join(manifest.filters),
        "removed": by_language(counts.removed),
        "wrong language": shares(counts.wrong_language),
        "generator": ", ".join(generation.generators) or "none",
        "generator hash": generation.fingerprint or "not known",
        "prompt": generation.prompt or "not known",
        "sampling": f"seed {_known(generation.seed)}, {_known(generation.per_language)} per passage and language, "
        f"blocks of {generation.block_size}",
        "weighting": f"alpha {manifest.alpha:g}, {manifest.fusion}" + _counted(manifest.weighted, manifest.languages),
        "engine": manifest.engine,
        "vectors": f"(1+L)·2d = (1+{number})·2·{d} = {(1 + number) * 2 * d} bytes per passage",
        "on disk": f"{size(disk['dataset'])}, and {size(disk['cache'])} of cache",
    }
    if not generation.generators:
        for name in ("generator hash", "prompt", "sampling"):
            del lines[name]
    return lines


def _built(index: StoredIndex, left_out: LeftOut | None) -> list[str]:
    """What was made, for people; lines that would say `none` are left out."""
    manifest, counts = index.manifest, index.counts
    generated = f"{sum(counts.queries.values())} generated queries"
    if counts.queries:
        generated += f" ({by_language(counts.queries)})"
    if counts.blank:
        generated += f", {counts.blank} blank ones left out"
    disk = size(index.disk_bytes()["dataset"])
    lines = [f"{index.path}: {len(index)} passages, {generated}, {disk}, engine {manifest.engine}"]
    if manifest.filters:
        removed = by_language(counts.removed) or "none"
        lines.append(f"removed by {', '.join(manifest.filters)}: {removed}")
    if counts.wrong_language:
        lines.append(f"wrong language: {shares(counts.wrong_language)}")
    if left_out is not None:
        lines.append(str(left_out))
    return lines


def by_language(numbers: Mapping[str, int]) -> str:
    """`ja 5950, ru 5948`."""
    return ", ".join(f"{code} {number}" for code, number in numbers.items())


def shares(judged: Mapping[str, tuple[int, int]]) -> str:
    """`ja 1.2 % of 5,950, th 14.0 % of 5,950`, from (all, those that count) by language."""
    return ", ".join(
        f"{code} {100 * part / max(whole, 1):.1f} % of {whole:,}" for code, (whole, part) in judged.items()
    )


def html_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table for a notebook; every cell is escaped. No header: none is shown."""
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    head = f"<thead><tr>{head}</tr></thead>" if header else ""
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>{head}<tbody>{body}</tbody></table>"


def _counted(weighted: Sequence[str], languages: Sequence[str]) -> str:
    """The languages whose queries count, where they are not all."""
    if set(weighted) == set(languages):
        return ""
    return f", {', '.join(weighted)} only" if weighted else ", no generated queries"


def _known(value: int | None) -> str:
    return "not the same for all" if value is None else str(value)


def _about(about: Mapping[str, Any]) -> str:
    """`added 10, languages th`; what is nought or empty is left out."""
    parts = []
    for name, value in about.items():
        if name == "bad_vectors":
            name, value = "left out", len(value)
        if name == "passages" or (not value and name not in ("alpha", "weighted")):
            continue
        shown = (", ".join(value) or "none") if isinstance(value, list) else str(value)
        parts.append(f"{name} {shown}")
    return "; ".join(parts)
