"""Sequence-to-sequence models that write queries for passages.

Sampling is that of the paper (xQG; Zhuang, Shou, Zuccon 2023): top-k 10, temperature 1, at most
64 new tokens. A model's own generation settings are not used, except for its special tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.errors import XqgError, first_line
from xqg.models.card import read_card
from xqg.models.fingerprint import fingerprint
from xqg.models.loading import check_weights, pick_device, pick_dtype, quiet, resolve_dtype
from xqg.models.resolve import Location
from xqg.queries.prompt import DEFAULT_PROMPT, check_prompt, fill
from xqg.queries.sampling import top_k_sampler
from xqg.queries.settings import MAX_NEW_TOKENS, TOP_K, sampling_settings

if TYPE_CHECKING:
    import torch

__all__ = ["T5_FAMILY", "Seq2SeqGenerator", "load_seq2seq", "load_tokenizer"]

T5_FAMILY = ("t5", "mt5", "umt5", "longt5")
TOKEN_IDS = ("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id", "forced_bos_token_id")


def load_seq2seq(location: Location, *, device: str | None, dtype: str) -> Seq2SeqGenerator:
    """Load a folder's sequence-to-sequence model; see `load_generator` for the arguments and what is refused."""
    if dtype == "int8":
        raise XqgError(
            f"generator {location.name}: not converted to int8; convert it with xqg convert, or give float32"
        )
    target = pick_device(device)
    dtype = resolve_dtype(dtype, target, "generator")
    model, tokenizer = _load(location.folder, location.name, pick_dtype(dtype, target))
    if dtype == "float16" and model.config.model_type in T5_FAMILY:
        raise XqgError(
            f"dtype float16 makes {model.config.model_type} overflow to NaN; use bfloat16 or float32"
        )
    card = read_card(location.folder)
    return Seq2SeqGenerator(
        name=location.name,
        fingerprint=fingerprint(location.folder),
        prompt=check_prompt(card.prompt or DEFAULT_PROMPT),
        languages=card.languages,
        dtype=dtype,
        model=model.to(target).eval(),
        tokenizer=tokenizer,
    )


def load_tokenizer(folder: Path, name: str) -> Any:
    """The tokenizer of a generator's folder.

    Args:
        name: of the generator, for the message.

    Raises:
        XqgError: it cannot be loaded.
    """
    from transformers import AutoTokenizer

    with quiet():
        try:
            return AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise _unusable(name, error) from None


def _unusable(name: str, error: Exception) -> XqgError:
    reason = first_line(error)
    return XqgError(
        f"generator {name}: cannot be loaded as a sequence-to-sequence model ({reason}); "
        "give another model or mend its folder"
    )


def _load(folder: Path, name: str, dtype: torch.dtype) -> tuple[Any, Any]:
    from transformers import AutoModelForSeq2SeqLM

    with quiet():
        try:
            model, info = AutoModelForSeq2SeqLM.from_pretrained(
                str(folder), dtype=dtype, output_loading_info=True, local_files_only=True
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise _unusable(name, error) from None
    tokenizer = load_tokenizer(folder, name)
    check_weights(f"generator {name}", info["missing_keys"])
    return model, tokenizer


class Seq2SeqGenerator:
    """A loaded generator.

    Attributes:
        name: as given by the user.
        fingerprint: hash of its files.
        prompt: what it is asked, with {language}, {title} and {passage}: its card's own, or the
            paper's.
        languages: those its card names; None: it does not say.
        dtype: number type of its weights.
        workers: 1: a block keeps all cores, or the GPU, busy.
    """

    workers: int = 1

    def __init__(
        self,
        *,
        name: str,
        fingerprint: str,
        prompt: str,
        languages: tuple[str, ...] | None,
        dtype: str,
        model: Any,
        tokenizer: Any,
    ) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.prompt = prompt
        self.languages = languages
        self.dtype = dtype
        self.model = model
        self.tokenizer = tokenizer
        # generate() fills what a call leaves open from here: nothing of the model's own may stay.
        self._token_ids = _token_ids(model)
        self.model.generation_config = type(model.generation_config)(**self._token_ids)

    def settings(self) -> dict[str, Any]:
        """What results depend on, for manifests and reports."""
        return sampling_settings(self)

    def generate_block(
        self, passages: Sequence[tuple[str, str]], language: str, n: int, seed: int
    ) -> list[list[str]]:
        """See `Generator.generate_block`; torch's own random state stays as it was."""
        import torch

        if not passages:
            return []
        batch = self._tokens([fill(self.prompt, language, title, text) for title, text in passages])
        device = self.model.device
        devices = [device] if device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices), torch.inference_mode():
            torch.manual_seed(seed)
            # Each passage is read once and written about n times.
            read = self.model.get_encoder()(**batch)
            read.last_hidden_state = read.last_hidden_state.repeat_interleave(n, dim=0)
            made = self.model.generate(
                encoder_outputs=read,
                attention_mask=batch["attention_mask"].repeat_interleave(n, dim=0),
                generation_config=self._sampling(),
                logits_processor=[top_k_sampler(TOP_K)],
            )
        texts = [text.strip() for text in self.tokenizer.batch_decode(made, skip_special_tokens=True)]
        return [texts[start : start + n] for start in range(0, len(texts), n)]

    def log_probabilities(self, prompts: Sequence[str], targets: Sequence[str]) -> list[float]:
        """ln P(target | prompt) for each pair: the sum over the target's tokens, its end included."""
        import torch

        batch = self._tokens(prompts)
        labels = self.tokenizer(
            text_target=list(targets), padding=True, truncation=False, return_tensors="pt", verbose=False
        )
        ids = labels["input_ids"].to(self.model.device)
        counted = labels["attention_mask"].to(self.model.device)
        with torch.inference_mode():
            logits = self.model(**batch, labels=ids.masked_fill(counted == 0, -100)).logits
        each = torch.log_softmax(logits.float(), dim=-1).gather(2, ids.unsqueeze(2)).squeeze(2)
        return [float(value) for value in (each * counted).sum(dim=1)]

    def _tokens(self, prompts: Sequence[str]) -> dict[str, Any]:
        batch = self.tokenizer(
            list(prompts), padding=True, truncation=False, return_tensors="pt", verbose=False
        )
        length = batch["input_ids"].shape[1]
        limit = getattr(self.model.config, "max_position_embeddings", None)
        if limit is not None and length > limit:  # T5 has no such limit
            raise XqgError(
                f"generator {self.name}: a prompt has {length} tokens and the model reads {limit}; "
                "give a smaller `passage_length`"
            )
        return {key: batch[key].to(self.model.device) for key in ("input_ids", "attention_mask")}

    def _sampling(self) -> Any:
        """Every setting given, so that a model's own cannot change the sampling."""
        from transformers import GenerationConfig

        return GenerationConfig(
            do_sample=False,  # the logits processor draws; TEMPERATURE 1 leaves logits as they are
            num_beams=1,
            max_new_tokens=MAX_NEW_TOKENS,
            num_return_sequences=1,
            repetition_penalty=1.0,
            no_repeat_ngram_size=0,
            **self._token_ids,
        )


def _token_ids(model: Any) -> dict[str, Any]:
    """The special tokens that generation starts, ends and pads with."""
    found = {}
    for key in TOKEN_IDS:
        value = getattr(model.generation_config, key, None)
        value = getattr(model.config, key, None) if value is None else value
        if value is not None:
            found[key] = value
    return found
