"""CTranslate2's vocabulary map: which pieces may be written, by what a prompt says.

A line is `SOURCE PIECES<tab>TARGET PIECES`, pieces parted by blanks: where the source pieces stand in a
prompt one after another, the target pieces may be written; those of the line without source pieces
always. A language's source pieces are those of its English name in the filled prompt, with their
neighbours, so that a passage that names a language does not allow it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any

from xqg.errors import XqgError
from xqg.passages.languages import english_name
from xqg.queries.prompt import fill
from xqg.queries.scripts import language_scripts, pieces_for_all, pieces_in_scripts

__all__ = ["vocabulary_map"]

NEIGHBOURS = 3  # on each side, as far as they do not depend on the passage
# Titles and passages that begin and end differently, as pieces may reach over a field's end.
_PROBES = (
    ("", "a"),
    ("", ""),
    ("Tokyo", "s. It"),
    ("東京", "日本の首都。"),
    ("1", "(2)"),
    ("»Я", "-ese, не"),
)


def vocabulary_map(
    pieces: Sequence[str], tokenizer: Any, prompt: str, languages: Sequence[str]
) -> tuple[str, dict[str, int]]:
    """The map's text, and for each language how many pieces it may be written with.

    Args:
        pieces: the tokenizer's, in the order of their ids.
        tokenizer: of transformers, one of its fast ones.
        prompt: with {language}, {title} and {passage}.
        languages: codes.

    Raises:
        XqgError: a language that the vocabulary has no piece for, or that the prompt's pieces do not
            tell from the passage or from another language.
    """
    writable = [piece for piece in pieces if not set(piece) & set(" \t\n\r")]  # what would end it in the map
    special = set(tokenizer.all_special_tokens)
    text = [piece for piece in writable if piece not in special]
    common = {*writable} & special | {*pieces_for_all(text)}
    lines = ["\t" + " ".join(piece for piece in writable if piece in common)]
    counts = {}
    keys = _keys(tokenizer, prompt, languages)
    for language in languages:
        scripts = language_scripts(language)
        found = pieces_in_scripts(text, scripts)
        if not found:
            raise XqgError(
                f"the generator's vocabulary has no piece in the script of {english_name(language)} "
                f"({', '.join(scripts)}): it cannot write {language}; leave it out"
            )
        own = [piece for piece in found if piece not in common]
        lines.append(" ".join(keys[language]) + "\t" + " ".join(own))
        counts[language] = len(common) + len(own)
    return "\n".join(lines) + "\n", counts


def _keys(tokenizer: Any, prompt: str, languages: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """By which pieces of a prompt each language is known."""
    prompts = {
        language: [_pieces(tokenizer, prompt, language, *probe) for probe in _PROBES]
        for language in languages
    }
    keys = {language: _key(prompt, language, found) for language, found in prompts.items()}
    for one, other in permutations(languages, 2):
        if any(_contains(found, keys[one]) for found, _, _ in prompts[other]):
            raise XqgError(
                f"the pieces of the prompt {prompt!r} do not tell {english_name(one)} from "
                f"{english_name(other)}; convert for one of them only"
            )
    return keys


def _pieces(
    tokenizer: Any, prompt: str, language: str, title: str, passage: str
) -> tuple[list[str], int, int]:
    """The pieces of a filled prompt, and where those of the language's name begin and end."""
    text = fill(prompt, language, title, passage)
    start = text.index(english_name(language))
    end = start + len(english_name(language))
    read = tokenizer(text, truncation=False, verbose=False, return_offsets_mapping=True)
    places = [
        place for place, (first, last) in enumerate(read["offset_mapping"]) if first < end and start < last
    ]
    pieces = tokenizer.convert_ids_to_tokens(read["input_ids"])
    return (pieces, places[0], places[-1] + 1) if places else (pieces, 0, 0)


def _key(prompt: str, language: str, found: Sequence[tuple[list[str], int, int]]) -> tuple[str, ...]:
    """The pieces around the name that are the same whatever the passage is."""
    own = {tuple(pieces[start:end]) for pieces, start, end in found}
    if len(own) > 1 or own == {()}:
        raise XqgError(
            f"the prompt {prompt!r} is split into pieces that mix {english_name(language)} with the passage; "
            "put blanks around {language} in the model card's prompt"
        )
    (key,) = own
    before = [tuple(reversed(pieces[max(0, start - NEIGHBOURS) : start])) for pieces, start, _ in found]
    after = [tuple(pieces[end : end + NEIGHBOURS]) for pieces, _, end in found]
    return (*reversed(_common(before)), *key, *_common(after))


def _common(runs: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The beginning that all runs share."""
    length = 0
    while all(len(run) > length and run[length] == runs[0][length] for run in runs):
        length += 1
    return tuple(runs[0][:length])


def _contains(pieces: Sequence[str], key: tuple[str, ...]) -> bool:
    return any(tuple(pieces[at : at + len(key)]) == key for at in range(len(pieces) - len(key) + 1))
