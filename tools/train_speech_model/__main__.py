"""The command ``python -m tools.train_speech_model``; see the package's description."""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
from pathlib import Path

WORK = Path("build/speech_model")


def main(arguments: list[str] | None = None) -> None:
    """Prepare, train, export or evaluate."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.train_speech_model", description="Train the small speech model."
    )
    parser.add_argument("--work", type=Path, default=WORK, help=f"folder for what is made on the way (default {WORK})")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="threads or processes to use")
    commands = parser.add_subparsers(dest="command", required=True)
    prepare = commands.add_parser("prepare", help="speak the corpus and keep its features (some minutes, 0.7 GB)")
    prepare.add_argument("--sentences", type=int, help="only so many, to try things out")
    train = commands.add_parser("train", help="train from nothing, or go on from a checkpoint")
    train.add_argument(
        "--from", dest="checkpoint", type=Path, help="checkpoint to go on from; only the last stage runs then"
    )
    train.add_argument("--stage", help="run this stage only (encoder, short, whole)")
    train.add_argument("--steps", type=int, help="steps of each stage, instead of the usual number")
    train.add_argument("--rate", type=float, help="learning rate to begin each stage with")
    export = commands.add_parser("export", help="write what faster-whisper loads")
    export.add_argument("--from", dest="checkpoint", type=Path, help="checkpoint (default: that of the last training)")
    export.add_argument("--to", type=Path, help="folder of the exported model")
    export.add_argument(
        "--window", type=int, default=30, help="seconds of audio that it is given at a time (default 30)"
    )
    evaluate = commands.add_parser("evaluate", help="word error rates on sentences it never saw")
    evaluate.add_argument("--model", type=Path, help="folder of the exported model")
    options = parser.parse_args(arguments)
    {"prepare": _prepare, "train": _train, "export": _export, "evaluate": _evaluate}[options.command](options)


def _prepare(options: argparse.Namespace) -> None:
    from tools.train_speech_model.corpus import make_corpus, templates
    from tools.train_speech_model.recordings import prepare

    sentences = make_corpus(templates()).training[: options.sentences]
    recordings = prepare(sentences, options.work / "recordings", processes=options.threads)
    hours = sum(recording.power.shape[1] for recording in recordings) / 360_000
    print(f"{len(recordings)} sentences, {hours:.1f} hours in {options.work / 'recordings'}")


def _train(options: argparse.Namespace) -> None:
    # Threads of OpenMP that wait in a busy loop would take the processor from those that make the batches.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import torch

    from tools.train_speech_model.corpus import templates, vocabulary
    from tools.train_speech_model.recordings import load
    from tools.train_speech_model.tokens import Tokens
    from tools.train_speech_model.training import STAGES, Trained, train
    from tools.train_speech_model.windows import phonemes_of

    torch.set_num_threads(options.threads)
    try:
        recordings = load(options.work / "recordings")
    except FileNotFoundError:
        sys.exit(f"There is nothing to train on in {options.work}: run “prepare” first.")
    tokens, phonemes = Tokens(vocabulary(templates()).words), phonemes_of(recordings)
    stages = [stage for stage in STAGES if stage.name == options.stage] if options.stage else list(STAGES)
    if not stages:
        sys.exit(f"There is no stage {options.stage!r}: {', '.join(stage.name for stage in STAGES)}.")
    if options.checkpoint:
        trained = Trained.load(options.checkpoint, tokens, phonemes)
        stages = stages[-1:]
    else:
        trained = Trained.new(tokens, phonemes)
    stages = [
        dataclasses.replace(
            stage, steps=options.steps or stage.steps, rates=(options.rate or stage.rates[0], stage.rates[1])
        )
        for stage in stages
    ]

    def report(stage: str, step: int, figures: dict[str, float]) -> None:
        print(stage, step, *(f"{name} {value:.4g}" for name, value in figures.items()), sep="  ", flush=True)

    train(trained, recordings, stages, checkpoint=options.work / "checkpoint.pt", report=report)


def _export(options: argparse.Namespace) -> None:
    from tools.train_speech_model.export import export
    from tools.train_speech_model.training import Trained

    folder = options.to or options.work / "model"
    export(Trained.load(options.checkpoint or options.work / "checkpoint.pt"), folder, window_seconds=options.window)
    for path in sorted(folder.iterdir()):
        print(f"{path.stat().st_size:9d}  {path}")


def _evaluate(options: argparse.Namespace) -> None:
    from tools.espeak import Espeak
    from tools.train_speech_model.corpus import make_corpus, templates
    from tools.train_speech_model.evaluation import evaluate, held_out_audio, modes, sounds

    folder = options.model or options.work / "model"
    audio = list(held_out_audio(make_corpus(templates()), Espeak()))
    for score in evaluate(folder, audio):
        figures = (
            f"WER {score.word_error_rate:6.1%}",
            f"real-time factor {score.real_time_factor:.3f}",
            f"segment starts {score.start_error:.3f} s",
        )
        print(f"{score.mode:24}{score.audio:26}", *figures, sep="  ", flush=True)
    for mode, recognise in modes(folder).items():
        for name, samples in sounds():
            print(f"{mode:24}{name:26}{''.join(segment.text for segment in recognise(samples))[:100]!r}", flush=True)


if __name__ == "__main__":
    main()
