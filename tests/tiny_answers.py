"""Eight passages and a question about each, whose answer is the word that it names."""

from __future__ import annotations

SUBJECTS = ("Japan", "Tokyo", "Roman", "empire", "capital", "population", "answer", "year")
TEXTS = [f"The {SUBJECTS[n]} is large, and nobody agrees on the {SUBJECTS[n - 1]}." for n in range(8)]
QUESTIONS = [f"Which {word}?" for word in SUBJECTS]
