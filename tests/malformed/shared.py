"""What the tests of malformed input share: how many examples, what is counted, how lines are damaged."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, event, settings
from hypothesis import strategies as st

from xqg.errors import XqgError

# XQG_EXAMPLES=5 runs five times as many, and other ones each time; without it they are the same everywhere.
SCALE = float(os.environ.get("XQG_EXAMPLES", "1"))
LEAST = 10_000  # malformed inputs over all tests of this folder

REFUSED: Counter[str] = Counter()
ACCEPTED: Counter[str] = Counter()


def examples(number: int) -> settings:
    """Settings of a test with this many examples at the usual scale."""
    return settings(
        max_examples=max(1, round(number * SCALE)),
        deadline=None,
        derandomize="XQG_EXAMPLES" not in os.environ,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )


def refusal(call: Callable[[], object]) -> str | None:
    """The message of the XqgError that a call ends in, which is one line; None where it succeeds."""
    try:
        call()
    except XqgError as error:
        message = str(error)
        assert message.strip()
        assert "\n" not in message
        return message
    return None


def counted(kind: str, message: str | None) -> None:
    """Count an input as refused or accepted."""
    (ACCEPTED if message is None else REFUSED)[kind] += 1
    event(f"{kind}: {'accepted' if message is None else 'refused'}")


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file below a folder: path → size and time of the last change in nanoseconds; -1 for folders."""
    found: dict[str, tuple[int, int]] = {}
    for root, folders, files in os.walk(folder):
        found.update((os.path.join(root, name), (-1, -1)) for name in folders)
        for name in files:
            path = os.path.join(root, name)
            state = os.lstat(path)
            found[path] = state.st_size, state.st_mtime_ns
    return found


class Line(NamedTuple):
    """A line of a file without its line end; `value` is what it must be read as, None for a bad one."""

    raw: bytes
    value: Any
    why: str = "good"


# ── good values ──────────────────────────────────────────────────────────────────────────────────

_CHARACTERS = st.characters(exclude_categories=["Cs"])
TEXTS = st.one_of(
    st.text(_CHARACTERS, max_size=12).map(lambda text: f"x{text}"),
    st.sampled_from(["東京の人口は?", "x" * 20_000, "\u202eright to left", "nul \x00 in it", "a\u2028b", "🏯"]),
)
ENDINGS = st.sampled_from(["", "é", "日本", "/:#", "\u200b", "𝒳", "\x00", "'", "\ufeff"])
LANGUAGES = st.sampled_from(["en", "ja", "ru", "zh_Hant", "pt-BR"])


@st.composite
def as_json(draw: st.DrawFn, row: dict[str, Any]) -> bytes:
    """A row as a line, in one of the ways that JSON can be written."""
    pairs = list(row.items())
    if draw(st.booleans()):
        pairs.reverse()
    plain = draw(st.booleans())
    text = json.dumps(dict(pairs), ensure_ascii=plain, separators=draw(st.sampled_from([(",", ":"), None])))
    around = draw(st.sampled_from(["", "", " ", "\t", "\u3000"]))
    return f"{around}{text}{around}".encode()


# ── bad lines ────────────────────────────────────────────────────────────────────────────────────

NOT_UTF8 = [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\x80"]
NO_OBJECT = [b"null", b"[]", b'"text"', b"3", b"NaN", b"-Infinity", b"1e999", b"true", b"{", b"}", b"'a': 1", b"\x00"]
NO_TEXT = [True, False, 1.5, [], ["a"], {}, {"a": 1}]  # nor a number, which an id may be
BLANK = ["", " ", "\t\r\n", "\u3000\u2003"]
HALF = ["\ud800", "x\udfffy", "\udcff"]
BAD_IDS = [*NO_TEXT, None, *BLANK, "a b", "a\tb", "a\u00a0b", "\x1fid", *HALF]
BAD_LANGUAGES = [*NO_TEXT, 7, "", " ", "xx", "english", "EN", "ja,ru", "../en", "e" * 9000, *HALF]


@st.composite
def broken(draw: st.DrawFn, row: dict[str, Any]) -> Line:
    """A line that is no JSON object, made of a good row."""
    line = json.dumps(row, ensure_ascii=draw(st.booleans())).encode()
    at = draw(st.integers(1, len(line) - 1))
    inside = line.index(b'": "') + 4  # in a string
    why, raw = draw(
        st.sampled_from(
            [
                ("truncated", line[:at]),
                ("truncated", line[:-1]),
                ("truncated in a character", '{"_id": "é'.encode()[:-1]),
                ("no object", draw(st.sampled_from(NO_OBJECT))),
                ("a list", b"[" + line + b"]"),
                ("two objects", line + line),
                ("more behind it", line + draw(st.sampled_from([b"}", b",", b"x", b"\x00", b"//"]))),
                ("something before it", draw(st.sampled_from([b"\x00", b"x", b",", b"data: "])) + line),
                ("not UTF-8", line[:at] + draw(st.sampled_from(NOT_UTF8)) + line[at:]),
                ("a control character", line[:inside] + draw(st.sampled_from([b"\0", b"\x1b", b"\r", b"\t"])) + line[inside:]),
                ("bad escape", line[:inside] + draw(st.sampled_from([b"\\x41", b"\\u12", b"\\"])) + b" " + line[inside:]),
                ("nested deeply", draw(st.sampled_from([b"[", b'{"a":', b'{"a":[']) ) * 9000),
                ("nested deeply, whole", b'{"_id": "deep", "text": "t", "a": ' + b"[" * 9000 + b"]" * 9000 + b"}"),
                ("too many digits", line[:-1] + b', "n": ' + b"9" * 5000 + b"}"),
                ("single quotes", line.replace(b'"', b"'")),
                ("a comma at the end", line[:-1] + b",}"),
            ]
        )
    )
    return Line(raw, None, why)


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """The bytes of a file, with some changed: nobody knows whether it is still one."""
    found = bytearray(content)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(len(found) - 1, 0)))
        kind = draw(st.sampled_from(["flip", "cut", "insert", "drop", "repeat"]))
        if kind == "flip" and found:
            found[at] ^= 1 << draw(st.integers(0, 7))
        elif kind == "cut":
            del found[at:]
        elif kind == "insert":
            some = st.sampled_from([b"\0", b"\n", b"\r\n", b'"', b"{", b"}", b"\xef\xbb\xbf", b"\xff\xfe", b"\\u", b"NaN"])
            found[at:at] = draw(st.one_of(some, st.binary(max_size=4)))
        elif kind == "drop":
            del found[at : at + draw(st.integers(1, 40))]
        else:
            found[at:at] = found[at : at + draw(st.integers(1, 200))]
    return bytes(found)


@st.composite
def as_file(draw: st.DrawFn, lines: list[Line]) -> tuple[bytes, list[tuple[int, Line]]]:
    """A file's bytes and its lines by number; blank lines, CRLF and a byte order mark are fine in it."""
    end = draw(st.sampled_from([b"\n", b"\n", b"\r\n"]))
    mark = draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf"]))
    numbered: list[tuple[int, Line]] = []
    rows: list[bytes] = []
    for line in lines:
        rows += draw(st.sampled_from([[], [], [], [b""], [b"  "]]))
        numbered.append((len(rows) + 1, line))
        rows.append(line.raw)
    content = mark + end.join(rows) + draw(st.sampled_from([end, end, b""]))
    return content, numbered
