"""What the small speech model learns from: sentences, tokens, features, recordings and windows."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools.espeak import WORD, Espeak, EspeakMissingError
from tools.train_speech_model.corpus import Templates, make_corpus, plain_sentences, templates, vocabulary
from tools.train_speech_model.features import MELS, log_power, normalised
from tools.train_speech_model.recordings import Recording, load, prepare, resampled, through_mp3
from tools.train_speech_model.tokens import BYTES, TIMES, Encoder, Tokens
from tools.train_speech_model.windows import WINDOW_STEPS, Mixer, phonemes_of

ROOT = Path(__file__).resolve().parents[2]
SMALL = Templates(
    sentences=("The {brain|body} is {calm|warm}.", "Maria can {sing|walk}.", "Is it {warm|calm}?", "Now a word."),
    before=("So,", "I think that"),
    after=(", and it works", " in the end"),
    names=frozenset({"I", "Maria"}),
)


@pytest.fixture(scope="module")
def espeak() -> Espeak:
    try:
        return Espeak()
    except EspeakMissingError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def recordings(espeak: Espeak, tmp_path_factory: pytest.TempPathFactory) -> list[Recording]:
    folder = tmp_path_factory.mktemp("recordings")
    made = prepare(make_corpus(templates()).training[:120], folder)
    read = load(folder)
    assert [r.text for r in read] == [r.text for r in made]
    assert [(r.words, r.phonemes) for r in read] == [(r.words, r.phonemes) for r in made]
    assert all(np.array_equal(one.power, other.power) for one, other in zip(read, made, strict=True))
    return made


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    return Tokens(vocabulary(templates()).words)


def test_shipped_model_and_sample_podcast_keep_to_the_vocabulary(speech_model: Path, sample_podcast: Path) -> None:
    tokens = json.loads((speech_model / "vocabulary.json").read_text(encoding="utf-8"))
    known = {token[1:] for token in tokens if token.startswith("\u0120") and len(token) > 1}
    assert len(known) > 1000
    assert known <= set(vocabulary(templates()).words)
    for script in (sample_podcast / "scripts").glob("*.txt"):
        _, _, said = script.read_text(encoding="utf-8").partition("\n\n")
        said = re.sub(r"^(#.*|[A-Z][A-Za-z ]*( \[\w+\])?:)", "", said, flags=re.MULTILINE)
        assert {word.lower() for word in WORD.findall(said)} <= {word.lower() for word in known}, script.name


def test_templates_stand_for_all_their_choices() -> None:
    assert plain_sentences(SMALL) == (
        "The brain is calm.",
        "The brain is warm.",
        "The body is calm.",
        "The body is warm.",
        "Maria can sing.",
        "Maria can walk.",
        "Is it warm?",
        "Is it calm?",
        "Now a word.",
    )
    words = vocabulary(SMALL)
    assert words.initial == ("I", "Is", "Maria", "Now", "So", "The")
    assert "the" in words.inner  # "So, the brain is calm."
    assert "maria" not in words.words


def test_held_out_sentences_are_not_trained_on() -> None:
    corpus = make_corpus(templates())
    trained = set(corpus.training)
    assert not trained & {*corpus.plain, *corpus.composed, *corpus.salad}
    assert len(corpus.plain) > 150
    assert len(corpus.composed) == 400
    assert len(corpus.salad) == 200
    assert make_corpus(templates()) == corpus
    words = set(vocabulary(templates()).words)
    assert all(set(WORD.findall(sentence)) <= words for sentence in corpus.training)


def test_broken_templates_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "sentences.txt"
    path.write_text("A line.\n[talk]\n")
    with pytest.raises(ValueError, match="before the first"):
        templates(path)
    path = tmp_path / "other.txt"
    path.write_text("[talk]\nA line.\n[before]\nSo,\n[after]\n, and\n")
    with pytest.raises(ValueError, match=r"\[names\] is missing"):
        templates(path)


def test_tokens_are_whispers(tokens: Tokens) -> None:
    tokenizer = tokens.tokenizer()
    everything = tokens.all()
    assert len(everything) == tokens.total == len(set(everything))
    assert everything[tokens.first_time] == "<|0.00|>"
    assert everything[-1] == "<|30.00|>"
    assert tokens.total - tokens.first_time == TIMES
    for token, name in (
        (tokens.end, "endoftext"),
        (tokens.start, "startoftranscript"),
        (tokens.previous, "startofprev"),
        (tokens.no_speech, "nospeech"),
        (tokens.no_times, "notimestamps"),
    ):
        assert tokenizer.token_to_id(f"<|{name}|>") == token
    text = " The nervous system is a network."
    assert len(tokenizer.encode(text, add_special_tokens=False).ids) == 7


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_text_survives_the_tokenizer(text: str) -> None:
    tokenizer = Tokens(vocabulary(SMALL).words).tokenizer()
    assert tokenizer.decode(tokenizer.encode(text, add_special_tokens=False).ids, skip_special_tokens=False) == text


def test_sentences_become_tokens_with_times() -> None:
    tokens = Tokens(vocabulary(SMALL).words)
    pieces = Encoder(tokens).pieces("So, the brain is calm.", [(0, 0.2), (0.5, 0.6), (0.6, 1), (1, 1.2), (1.2, 1.7)])
    assert [piece.is_word for piece in pieces] == [True, False, True, True, True, True, False]
    assert pieces[0].token == BYTES + tokens.words.index("So")
    assert (pieces[2].start, pieces[2].end) == (0.5, 0.6)
    assert pieces[-1].start == 1.7
    with pytest.raises(KeyError):
        Encoder(tokens).pieces("Unheard of.", [(0, 1), (1, 2)])


def test_features_are_faster_whispers() -> None:
    from faster_whisper.feature_extractor import FeatureExtractor

    samples = np.random.default_rng(0).normal(0, 0.1, 32_000).astype(np.float32)
    theirs = FeatureExtractor()(samples, padding=0)
    ours = normalised(log_power(samples))[:, : theirs.shape[1]]
    assert theirs.shape == (MELS, 200)
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_mp3_keeps_time_and_sound(espeak: Espeak) -> None:
    speech = espeak.speak("The brain decides if the signal is dangerous.")
    plain = resampled(speech.samples, 22_050)
    assert len(plain) == pytest.approx(len(speech.samples) * 16_000 / 22_050, abs=50)
    for bit_rate, rate in ((32_000, 22_050), (64_000, 44_100)):
        coded = through_mp3(speech.samples, 22_050, bit_rate, rate)
        length = min(len(plain), len(coded))
        assert abs(len(plain) - len(coded)) < 2000
        assert np.corrcoef(plain[:length], coded[:length])[0, 1] > 0.95


def test_recordings_are_loud_where_words_are(recordings: list[Recording]) -> None:
    for recording in recordings:
        power = recording.power.astype(np.float32).max(axis=0)
        start, end = recording.words[0][0], recording.words[-1][1]
        assert power[: int(start * 100) - 1].max(initial=-10) < power.max() - 2
        assert power[int(start * 100) : int(end * 100)].mean() > power[:2].mean() + 2
        assert len(recording.words) == len(WORD.findall(recording.text))


def test_windows_say_what_is_heard_and_where(recordings: list[Recording], tokens: Tokens) -> None:
    mixer = Mixer(recordings, tokens, seed=1)
    assert "aI" in phonemes_of(recordings)
    said = set()
    for _ in range(150):
        window = mixer.window(WINDOW_STEPS)
        assert window.features.shape == (MELS, 2 * WINDOW_STEPS)
        assert window.features.max() <= 1.6
        assert len(window.tokens) == len(window.targets) == len(window.spans) == len(window.counted)
        assert len(window.tokens) <= 448
        assert window.tokens[-1] == tokens.end
        times = [
            token
            for token, counted in zip(window.tokens, window.counted, strict=True)
            if counted and token >= tokens.first_time
        ]
        assert times == sorted(times)
        said.update(window.targets)
        for token, (first, last) in zip(window.tokens, window.spans, strict=True):
            # Where a word is said to be, the frame labels have it, too.
            if BYTES <= token < tokens.end and 0 <= last < WINDOW_STEPS:
                assert token in window.words[max(first, 0) : last + 1]
    assert {tokens.no_speech, tokens.end, tokens.first_time} <= said


def test_same_seed_makes_the_same_batches(recordings: list[Recording], tokens: Tokens) -> None:
    one, other, third = (Mixer(recordings, tokens, seed=seed).batch(3, 400) for seed in (4, 4, 5))
    assert np.array_equal(one.features, other.features)
    assert np.array_equal(one.tokens, other.tokens)
    assert not np.array_equal(one.features, third.features)
    assert one.features.shape == (3, MELS, 800)
    assert one.spans.max() < 400


@pytest.mark.train
def test_training_lowers_the_loss_and_the_export_loads(espeak: Espeak, tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        command = [
            sys.executable,
            "-m",
            "tools.train_speech_model",
            "--work",
            str(tmp_path),
            "--threads",
            "1",
            *arguments,
        ]
        return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout

    run("prepare", "--sentences", "200")
    lines = run("train", "--stage", "encoder", "--steps", "150").splitlines()
    losses = [float(line.split("frame_loss ")[1].split()[0]) for line in lines]
    assert len(losses) == 3
    assert losses[-1] < losses[0]
    run("train", "--from", str(tmp_path / "checkpoint.pt"), "--steps", "2")
    run("export")
    from faster_whisper import WhisperModel

    model = WhisperModel(str(tmp_path / "model"), device="cpu", compute_type="int8", local_files_only=True)
    list(model.transcribe(np.zeros(16_000, np.float32))[0])
