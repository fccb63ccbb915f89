"""The small model's tokens: 256 bytes, whole words, Whisper's English special tokens, and times.

Whole words keep the model small: a sentence of nine words is nine steps of the decoder. A word that is not in the
vocabulary is spelt in bytes, as in any byte-level encoding. CTranslate2 takes a Whisper with fewer than 51,865 tokens
for an English-only one, without language tokens.

Source: Radford et al. 2022, Robust Speech Recognition via Large-Scale Weak Supervision, section 2.3 (special tokens
and timestamps).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

if TYPE_CHECKING:
    from collections.abc import Sequence

BYTES = 256
TIMES = 1501
"""Timestamps: 0.00, 0.02 … 30.00 seconds."""

_SPACE = "\u0120"  # how byte-level encodings write the space before a word
_PIECE = re.compile(r"[A-Za-z']+|[.,?]")
_SPECIAL = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|nospeech|>",
    "<|notimestamps|>",
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Numbers of the tokens of a vocabulary.

    Attributes:
        words: The vocabulary; the first word is token `BYTES`.
    """

    words: tuple[str, ...]

    @property
    def end(self) -> int:
        """``<|endoftext|>``; all tokens before it are text."""
        return BYTES + len(self.words)

    @property
    def start(self) -> int:
        """``<|startoftranscript|>``."""
        return self.end + 1

    @property
    def previous(self) -> int:
        """``<|startofprev|>``: what follows is what was said before this window."""
        return self.end + 5

    @property
    def no_speech(self) -> int:
        """``<|nospeech|>``."""
        return self.end + 6

    @property
    def no_times(self) -> int:
        """``<|notimestamps|>``."""
        return self.end + 7

    @property
    def first_time(self) -> int:
        """``<|0.00|>``."""
        return self.end + len(_SPECIAL)

    @property
    def total(self) -> int:
        """How many tokens there are."""
        return self.first_time + TIMES

    def all(self) -> list[str]:
        """Every token as text, in order."""
        alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
        times = [f"<|{index * 0.02:.2f}|>" for index in range(TIMES)]
        return [*alphabet, *(_SPACE + word for word in self.words), *_SPECIAL, *times]

    def tokenizer(self) -> Tokenizer:
        """What faster-whisper reads from ``tokenizer.json``; the times are not in it, as in Whisper's own."""
        vocabulary = {token: number for number, token in enumerate(self.all()[: self.end])}
        tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], ignore_merges=True))
        pieces = Regex(r" ?[\p{L}']+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+")
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(pieces, behavior="isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
        tokenizer.decoder = decoders.ByteLevel()
        tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in _SPECIAL])
        return tokenizer


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or a punctuation mark of a sentence.

    Attributes:
        token: Its number.
        start: Seconds; a mark's is the end of the word before it.
        end: Seconds.
        is_word: Whether it is heard.
    """

    token: int
    start: float
    end: float
    is_word: bool


class Encoder:
    """Turns sentences with word times into tokens with times."""

    def __init__(self, tokens: Tokens) -> None:
        self._words = {word: BYTES + index for index, word in enumerate(tokens.words)}
        tokenizer = tokens.tokenizer()
        self._marks: dict[str, int] = {mark: tokenizer.encode(mark, add_special_tokens=False).ids[0] for mark in ".,?"}

    def pieces(self, sentence: str, times: Sequence[tuple[float, float]]) -> list[Piece]:
        """Cut a sentence into tokens.

        Args:
            sentence: Of words of the vocabulary.
            times: Start and end of each word in seconds.

        Returns:
            Words and marks in order.

        Raises:
            KeyError: If a word is not in the vocabulary.
        """
        pieces: list[Piece] = []
        remaining = iter(times)
        for text in _PIECE.findall(sentence):
            if text in self._marks:
                end = pieces[-1].end if pieces else 0.0
                pieces.append(Piece(self._marks[text], end, end + 0.1, is_word=False))
            else:
                start, end = next(remaining)
                pieces.append(Piece(self._words[text], start, end, is_word=True))
        return pieces
