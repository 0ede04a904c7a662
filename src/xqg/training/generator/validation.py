"""How a generator in training does on pairs that it is not trained on: dev loss, language of sampled queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from xqg.passages.detect import can_tell, detect_languages
from xqg.training.generator.distinct import distinct
from xqg.training.generator.pairs import Pair, by_language, rank
from xqg.training.generator.sampling import sampler
from xqg.training.generator.tokens import IGNORED, Tokens

__all__ = ["Validation", "token_losses"]


def token_losses(logits: Any, labels: Any) -> Any:
    """-ln P of each label, float32; 0 where there is none.

    Args:
        logits: of shape (rows, tokens, pieces).
        labels: of shape (rows, tokens).
    """
    from torch.nn.functional import cross_entropy

    flat = cross_entropy(logits.float().flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction="none")
    return flat.view_as(labels)


class Validation:
    """What is measured every so many steps.

    Args:
        pairs: kept for choosing; of each language the loss is taken over `count` at most, chosen by a hash.
        count: passages of these pairs that a query is sampled for, in each language.
        languages: to sample queries in.
        known: languages that a query may turn out to be in, beside those.
        batch_size: pairs computed at once.
    """

    def __init__(
        self,
        tokens: Tokens,
        pairs: Sequence[Pair],
        count: int,
        languages: Sequence[str],
        known: Iterable[str],
        batch_size: int,
    ) -> None:
        self.tokens, self.batch_size, self.languages = tokens, batch_size, tuple(languages)
        self.candidates = tuple(dict.fromkeys([*languages, *known]))
        chosen = [pair for rows in by_language(pairs).values() for pair in _few(rows, count)]
        self.rows = [(pair.language, tokens.row(pair.question, pair.language, pair.passages[0])) for pair in chosen]
        passages = {pair.passages[0].id: pair.passages[0] for pair in pairs}
        self.passages = sorted(passages.values(), key=lambda passage: rank(f"look:{passage.id}"))[:count]

    def measure(self, model: Any, step: int) -> dict[str, Any]:
        """`step`, `loss` over all tokens, `share` of queries in the right language, and `languages`.

        The share, 0 to 1, is the mean over languages; None where no language can be told from another. The model
        and the random states stay as they were.
        """
        found: dict[str, dict[str, Any]] = {language: {"loss": loss} for language, loss in self._losses(model).items()}
        loss = found.pop("")["loss"]
        with sampler(model, self.tokens.tokenizer, self.tokens.prompt) as generator:
            for language in self.languages:
                texts = self._sampled(generator, language)
                found.setdefault(language, {}).update(self._judged(texts, language))
                found[language]["sample"] = texts[step % len(texts)]
        told = [judged["language"] for judged in found.values() if judged.get("language") is not None]
        share = sum(told) / len(told) / 100 if told else None
        return {"step": step, "loss": loss, "share": share, "languages": dict(sorted(found.items()))}

    def _losses(self, model: Any) -> dict[str, float]:
        """Language → mean loss of a token; "" → that of all languages."""
        import torch

        sums: dict[str, list[float]] = {}
        training = model.training
        model.eval()
        with torch.no_grad():
            for start in range(0, len(self.rows), self.batch_size):
                part = self.rows[start : start + self.batch_size]
                batch = {k: v.to(model.device) for k, v in self.tokens.batch([r for _, r in part], model).items()}
                labels = batch.pop("labels")
                losses = token_losses(model(**batch).logits, labels).double().sum(dim=1).tolist()
                counts = (labels != IGNORED).sum(dim=1).tolist()
                for (language, _), summed, count in zip(part, losses, counts, strict=True):
                    for name in (language, ""):
                        sums.setdefault(name, [0.0, 0])
                        sums[name] = [sums[name][0] + summed, sums[name][1] + count]
        model.train(training)
        return {name: round(summed / count, 5) for name, (summed, count) in sums.items()}

    def _sampled(self, generator: Any, language: str) -> list[str]:
        texts: list[str] = []
        for start in range(0, len(self.passages), self.batch_size):
            part = self.passages[start : start + self.batch_size]
            block = [(passage.title, self.tokens.cut(language, passage)) for passage in part]
            texts += [made[0] for made in generator.generate_block(block, language, 1, seed=start)]
        return texts

    def _judged(self, texts: Sequence[str], language: str) -> dict[str, float | None]:
        """Percent in the right language (blank: wrong; None: cannot be told), and of distinct n-grams."""
        right = None
        if can_tell(language, self.candidates):
            right = round(100 * detect_languages(texts, self.candidates).count(language) / len(texts), 1)
        varied = {f"distinct-{n}": round(100 * distinct(texts, n), 1) for n in (1, 2)}
        return {"language": right, **varied}


def _few(pairs: Sequence[Pair], count: int) -> list[Pair]:
    return sorted(pairs, key=lambda pair: rank(f"look:{pair.passages[0].id}:{pair.question}"))[:count]
