"""Turns Resemblyzer's speaker encoder into the small ONNX file that comes with podnotes.

The encoder is the one of "Generalized End-to-End Loss for Speaker Verification" (Wan and others, 2018,
https://arxiv.org/abs/1710.10467) as Corentin Jemine trained it: three LSTM layers over 40 mel bands of 1.6 s. Its
package holds 17 MB, most of it the optimiser's state. What is kept here is the network alone, its weights in half
precision (they are widened when the file is loaded), with the mel filters in front, so that nothing else is needed.

Needs torch, onnx and the wheel (``pip download --no-deps resemblyzer==0.1.4``)::

    python -m tools.convert_speaker_encoder Resemblyzer-0.1.4-py3-none-any.whl src/podnotes/diarization/models
"""

from __future__ import annotations

import argparse
import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE_RATE, FFT_SIZE, BANDS = 16_000, 400, 40
HIDDEN, LAYERS = 256, 3
_OPSET = 17
_SLANEY_LINEAR_HZ, _SLANEY_BREAK_HZ, _SLANEY_LOG_STEP = 200.0 / 3.0, 1000.0, np.log(6.4) / 27.0


def mel_filters() -> NDArray[np.float32]:
    """Triangular filters on Slaney's mel scale, each of the same area, as ``librosa.filters.mel`` makes them.

    Returns:
        Weights of the shape (FFT_SIZE // 2 + 1, BANDS).
    """
    top = 15.0 + np.log(SAMPLE_RATE / 2 / _SLANEY_BREAK_HZ) / _SLANEY_LOG_STEP
    mels = np.linspace(0.0, top, BANDS + 2)
    edges = np.where(mels < 15.0, mels * _SLANEY_LINEAR_HZ, _SLANEY_BREAK_HZ * np.exp(_SLANEY_LOG_STEP * (mels - 15.0)))
    bins = np.linspace(0.0, SAMPLE_RATE / 2, FFT_SIZE // 2 + 1)
    rising = (bins[:, None] - edges[None, :-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[None, 2:] - bins[:, None]) / (edges[2:] - edges[1:-1])
    filters = np.maximum(0.0, np.minimum(rising, falling)) * (2.0 / (edges[2:] - edges[:-2]))
    return np.asarray(filters, np.float32)


def read_weights(wheel: Path) -> dict[str, NDArray[np.float32]]:
    """Take the network's weights out of Resemblyzer's wheel."""
    import torch

    with zipfile.ZipFile(wheel) as archive:
        state = torch.load(
            io.BytesIO(archive.read("resemblyzer/pretrained.pt")), map_location="cpu", weights_only=True
        )["model_state"]
    return {name: np.asarray(value.numpy(), np.float32) for name, value in state.items() if value.ndim}


def build_model(weights: dict[str, NDArray[np.float32]]) -> Any:
    """Lay out the encoder as an ONNX graph.

    Its input "power" has the shape (windows, frames, 201): the power spectrum of 25 ms with a Hann window, each 10 ms.
    Its output "embedding" has the shape (windows, 256) and the length 1.
    """
    from onnx import TensorProto, checker, helper, numpy_helper

    nodes, constants = [], []

    def half(name: str, value: NDArray[np.float32]) -> str:
        constants.append(numpy_helper.from_array(value.astype(np.float16), f"{name}.half"))
        nodes.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
        return name

    constants.append(numpy_helper.from_array(mel_filters(), "mel_filters"))
    nodes.append(helper.make_node("MatMul", ["power", "mel_filters"], ["mel"]))
    nodes.append(helper.make_node("Transpose", ["mel"], ["frames"], perm=[1, 0, 2]))
    constants.append(numpy_helper.from_array(np.asarray([1], np.int64), "directions"))
    constants.append(numpy_helper.from_array(np.asarray([0], np.int64), "first"))
    frames = "frames"
    for layer in range(LAYERS):
        biases = [_reorder(weights[f"lstm.bias_{kind}_l{layer}"]) for kind in ("ih", "hh")]
        names = [
            half(f"input{layer}", _reorder(weights[f"lstm.weight_ih_l{layer}"])[None]),
            half(f"recurrent{layer}", _reorder(weights[f"lstm.weight_hh_l{layer}"])[None]),
            half(f"bias{layer}", np.concatenate(biases)[None]),
        ]
        nodes.append(
            helper.make_node(
                "LSTM", [frames, *names], [f"states{layer}", f"last{layer}"], hidden_size=HIDDEN, name=f"lstm{layer}"
            )
        )
        frames = f"layer{layer}"
        if layer < LAYERS - 1:
            nodes.append(helper.make_node("Squeeze", [f"states{layer}", "directions"], [frames]))
    nodes.append(helper.make_node("Squeeze", [f"last{LAYERS - 1}", "first"], ["last"]))
    half("linear", np.ascontiguousarray(weights["linear.weight"].T))
    half("offset", weights["linear.bias"])
    nodes.append(helper.make_node("MatMul", ["last", "linear"], ["product"]))
    nodes.append(helper.make_node("Add", ["product", "offset"], ["sum"]))
    nodes.append(helper.make_node("Relu", ["sum"], ["positive"]))
    nodes.append(helper.make_node("LpNormalization", ["positive"], ["embedding"], axis=1, p=2))
    graph = helper.make_graph(
        nodes,
        "speaker-encoder",
        [helper.make_tensor_value_info("power", TensorProto.FLOAT, ["windows", "time", FFT_SIZE // 2 + 1])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["windows", HIDDEN])],
        constants,
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=8,
        producer_name="podnotes",
        doc_string="Speaker encoder of Resemblyzer 0.1.4 (Apache-2.0, Corentin Jemine), weights in half precision.",
    )
    checker.check_model(model)
    return model


def _reorder(gates: NDArray[np.float32]) -> NDArray[np.float32]:
    """Gates from torch's order (input, forget, cell, output) to that of ONNX (input, output, forget, cell)."""
    take, forget, cell, give = np.split(gates, 4)
    return np.concatenate([take, give, forget, cell])


def main() -> None:
    """Convert the encoder and lay its licence beside it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path, help="Resemblyzer's wheel")
    parser.add_argument("folder", type=Path, help="where to write")
    arguments = parser.parse_args()
    target = arguments.folder / "resemblyzer.onnx"
    target.write_bytes(build_model(read_weights(arguments.wheel)).SerializeToString())
    with zipfile.ZipFile(arguments.wheel) as archive:
        licence = next(name for name in archive.namelist() if name.endswith("/LICENSE"))
        target.with_suffix(".LICENSE").write_bytes(archive.read(licence))
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
