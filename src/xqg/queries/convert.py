"""Making the fast form of a generator: CTranslate2's, in int8, each language in its own scripts.

The whole vocabulary is kept; a map beside the weights says which pieces each language may be written
with, and probabilities among those are what they were.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.errors import XqgError, first_line
from xqg.kept import atomic_path
from xqg.models.resolve import Location
from xqg.queries.converted import DESCRIPTION, FORMAT, MODEL, ConvertedGenerator
from xqg.queries.generators import load_generator
from xqg.queries.loading import load_converted
from xqg.queries.prompt import fill
from xqg.queries.scripts import language_scripts
from xqg.queries.seq2seq import Seq2SeqGenerator
from xqg.queries.vocabulary_map import vocabulary_map

if TYPE_CHECKING:
    from ctranslate2.converters import Converter

__all__ = ["QUANTIZATIONS", "convert"]

QUANTIZATIONS = ("int8", "float32")
LOADERS = {
    "t5": "T5Loader",
    "mt5": "MT5Loader",
    "umt5": "UMT5Loader",
}  # CTranslate2's, by transformers' model type
# Differences of ln P per piece that are refused. A decoder scaled wrongly differs by several;
# docs/performance.md has what is usual.
GROSS = {"int8": 0.5, "float32": 0.01}
SHARE = {"int8": 0.1, "float32": 0.001}  # of ln P itself, where that is more: it is for random weights

# What both forms are asked about for the comparison; few and short texts at once, as each piece of a text
# takes a number for every piece of the vocabulary.
_AT_ONCE, _CHARACTERS = 8, 40
_PASSAGES = (
    ("Tokyo", "Tokyo is the capital of Japan. Its population is 14 million."),
    ("", "In which year did the Roman empire fall? In 476, many say."),
    ("Finland", "Finland borders Sweden, Norway and Russia; its currency is the euro."),
)


def convert(name: str, languages: Sequence[str], out: Path, *, quantization: str = "int8") -> dict[str, Any]:
    """Convert a generator for some languages; `load_generator` reads the result.

    The converted form is compared with the original before it is put in its place.

    Args:
        name: of a T5, mT5 or UMT5: `mini`, a local folder or a Hugging Face id.
        languages: codes of those to write in; others can still be asked for, and are written with any piece.
        out: the folder to make.
        quantization: of the weights: `int8`, or `float32`, which rounds nothing.

    Returns:
        What `out`/converted.json holds: among it `languages`, code → pieces it may be written with, and
        `check`: `texts` compared, and the difference in ln P per piece, `mean` and `largest`.

    Raises:
        XqgError: a wrong argument; a model that is not there, is converted already or cannot be
            converted; a language that it cannot write; a result that differs grossly.
    """
    languages = list(dict.fromkeys(languages))
    _check(languages, out, quantization)
    generator = load_generator(name, device="cpu", dtype="float32")
    if isinstance(generator, ConvertedGenerator):
        raise XqgError(f"generator {name}: converted already; give the model that it was made from")
    if not isinstance(generator, Seq2SeqGenerator):
        raise XqgError(f"generator {name}: no sequence-to-sequence model of transformers; give one")
    kind = generator.model.config.model_type
    if kind not in LOADERS:
        raise XqgError(
            f"generator {name}: a {kind} model, and only {', '.join(LOADERS)} can be converted; use it as it is"
        )
    if not generator.tokenizer.is_fast:
        raise XqgError(
            f"generator {name}: only models with one of transformers' fast tokenizers can be converted"
        )
    pieces = _pieces(generator)
    known = generator.tokenizer.get_vocab()
    lines, counts = vocabulary_map(
        [piece for piece in pieces if piece in known], generator.tokenizer, generator.prompt, languages
    )
    pairs = _pairs(generator, languages)
    # Before the conversion: to int8 it overwrites the weights.
    expected = _asked(generator, pairs)
    with atomic_path(out) as folder:
        description = _description(generator, quantization, counts)
        _write(folder, generator, pieces, lines, description)
        found = _asked(load_converted(Location(folder, name)), pairs)
        lengths = [len(generator.tokenizer(target)["input_ids"]) for _, target in pairs]
        description["check"] = _compare(name, quantization, expected, found, lengths)
        _write_json(folder, description)
    return description


def _check(languages: Sequence[str], out: Path, quantization: str) -> None:
    """What can be told before a model is loaded."""
    if quantization not in QUANTIZATIONS:
        raise XqgError(f"unknown quantization {quantization!r}; use {' or '.join(QUANTIZATIONS)}")
    if not languages:
        raise XqgError("no language to convert for; give one or more, such as ja,ru")
    for language in languages:
        language_scripts(language)
    if out.exists() or out.is_symlink():
        raise XqgError(f"{out}: already there; choose another `out` or delete it")
    if not out.absolute().parent.is_dir():
        raise XqgError(f"{out}: the folder {out.absolute().parent} does not exist; create it first")


def _pieces(generator: Seq2SeqGenerator) -> list[str]:
    """A name for each row of the embedding: its piece, or for rows without one a name that no piece has."""
    known: dict[str, int] = generator.tokenizer.get_vocab()
    rows: int = generator.model.config.vocab_size
    if max(known.values()) >= rows:
        raise XqgError(
            f"generator {generator.name}: its tokenizer knows {max(known.values()) + 1} pieces and the model {rows}; "
            "they do not belong together, give another model"
        )
    by_row = {row: piece for piece, row in known.items()}
    pieces = []
    for row in range(rows):
        piece = by_row.get(row, f"<row {row}>")
        while row not in by_row and piece in known:
            piece += ">"
        pieces.append(piece)
    return pieces


def _pairs(generator: Seq2SeqGenerator, languages: Sequence[str]) -> list[tuple[str, str]]:
    """Prompts and targets to compare: for each language and passage a name, and what the model writes."""
    pairs = []
    for language in languages:
        written = generator.generate_block(_PASSAGES, language, 1, seed=0)
        for (title, text), (made,) in zip(_PASSAGES, written, strict=True):
            prompt = fill(generator.prompt, language, title, text)
            pairs += [(prompt, title or "476"), (prompt, made[:_CHARACTERS])]
    return pairs


def _asked(generator: Seq2SeqGenerator | ConvertedGenerator, pairs: Sequence[tuple[str, str]]) -> list[float]:
    """ln P of each target after its prompt."""
    found: list[float] = []
    for start in range(0, len(pairs), _AT_ONCE):
        prompts, targets = zip(*pairs[start : start + _AT_ONCE], strict=True)
        found += generator.log_probabilities(prompts, targets)
    return found


def _write(
    folder: Path, generator: Seq2SeqGenerator, pieces: list[str], lines: str, description: dict[str, Any]
) -> None:
    folder.mkdir()
    generator.tokenizer.save_pretrained(str(folder))
    (folder / "README.md").write_text(_card(generator, description), encoding="utf-8")
    _write_json(folder, description)
    map_ = folder / "vmap.txt"
    map_.write_text(lines, encoding="utf-8", newline="\n")
    try:
        _converter(generator, pieces).convert(
            str(folder / MODEL), vmap=str(map_), quantization=description["quantization"]
        )
    except (ValueError, KeyError, AttributeError, NotImplementedError, RuntimeError) as error:
        reason = first_line(error)
        raise XqgError(
            f"generator {generator.name}: CTranslate2 cannot convert it ({reason}); use it as it is"
        ) from None
    map_.unlink()  # CTranslate2 has taken a copy


def _converter(generator: Seq2SeqGenerator, pieces: list[str]) -> Converter:
    """CTranslate2's converter for a model that is in memory, with the output scaled as the model does."""
    import torch
    from ctranslate2.converters import Converter, transformers
    from ctranslate2.specs.model_spec import OPTIONAL

    model, config = generator.model, generator.model.config
    scaled = {
        "t5": getattr(config, "scale_decoder_outputs", config.tie_word_embeddings),
        "mt5": False,  # transformers says it is tied and does not scale, CTranslate2 scales what is tied
        "umt5": config.tie_word_embeddings,
    }

    class FromMemory(Converter):
        def _load(self) -> Any:
            loader = getattr(transformers, LOADERS[config.model_type])()
            with torch.no_grad():
                spec = loader.get_model_spec(model)
            spec.decoder.scale_outputs = config.d_model**-0.5 if scaled[config.model_type] else OPTIONAL
            loader.set_config(spec.config, model, generator.tokenizer)
            loader.set_vocabulary(spec, pieces)
            return spec

    return FromMemory()


def _compare(
    name: str, quantization: str, expected: Sequence[float], found: Sequence[float], lengths: Sequence[int]
) -> dict[str, Any]:
    each = [abs(one - other) / n for one, other, n in zip(expected, found, lengths, strict=True)]
    mean = sum(each) / len(each)
    usual = sum(abs(one) / n for one, n in zip(expected, lengths, strict=True)) / len(each)
    limit = max(GROSS[quantization], SHARE[quantization] * usual)
    if not mean <= limit:  # NaN is gross too
        remedy = "try `quantization` float32" if quantization == "int8" else "use it as it is"
        raise XqgError(
            f"generator {name}: converted to {quantization} it gives probabilities that differ grossly "
            f"(ln P by {mean:.2g} per piece on average, at most {limit:.2g} will do); {remedy}"
        )
    return {"texts": len(each), "mean": round(mean, 4), "largest": round(max(each), 4)}


def _description(generator: Seq2SeqGenerator, quantization: str, counts: dict[str, int]) -> dict[str, Any]:
    import ctranslate2
    import transformers

    return {
        "format": FORMAT,
        "source": generator.name,
        "source_fingerprint": generator.fingerprint,
        "quantization": quantization,
        "languages": counts,
        "versions": {"ctranslate2": ctranslate2.__version__, "transformers": transformers.__version__},
    }


def _write_json(folder: Path, description: dict[str, Any]) -> None:
    text = json.dumps(description, indent=2, ensure_ascii=False) + "\n"
    (folder / DESCRIPTION).write_text(text, encoding="utf-8", newline="\n")


def _card(generator: Seq2SeqGenerator, description: dict[str, Any]) -> str:
    """Languages and prompt are the original's: `load_generator` reads them here."""
    import yaml

    front: dict[str, Any] = {} if generator.languages is None else {"language": list(generator.languages)}
    front |= {"library_name": "ctranslate2", "xqg": {"prompt": generator.prompt}}
    lines = ["---", yaml.safe_dump(front, allow_unicode=True, sort_keys=False).strip(), "---", ""]
    lines += [f"# {generator.name}, converted", ""]
    lines += [
        f"The generator {generator.name} (SHA-256 {generator.fingerprint[:12]}…) in CTranslate2's form, weights in "
        f"{description['quantization']}, made by `xqg convert` to write queries faster on processors. Languages it was "
        "converted for are written with pieces of their own scripts, digits and signs only:",
        "",
        "| language | pieces |",
        "|---|---|",
    ]
    lines += [f"| {language} | {count} |" for language, count in description["languages"].items()]
    lines += [
        "",
        "Its licence is that of the original. `converted.json` has versions and a comparison with it.",
    ]
    return "\n".join(lines) + "\n"
