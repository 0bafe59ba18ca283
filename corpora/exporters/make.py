"""Writes the networks of this folder with the exporters that people use, and their manifest.

Weights are random and seeded: the networks compute nothing useful, they show what exporters write. Run by hand, never by
the build or a test, in an environment with the packages of `PACKAGES`:

    python corpora/exporters/make.py [part of a file name ...]

`bounded` and `expect` of the manifest say what Marauder makes of a file; they are edited by hand and kept here.
"""

import hashlib
import importlib.metadata
import json
import pathlib
import sys
import warnings

HERE = pathlib.Path(__file__).parent
GREATEST_FILE = 40_000
PACKAGES = [
    "torch", "onnxscript", "onnx", "onnxruntime", "scikit-learn", "skl2onnx", "onnxmltools", "lightgbm",
    "tensorflow-cpu", "tf2onnx",
]
MODELS = {}


def model(file, exporter, shows, opset):
    """Registers a function (path, opset) that writes one file."""

    def register(write):
        MODELS[file] = {"exporter": exporter, "shows": shows, "opset": opset, "write": write}
        return write

    return register


# --- PyTorch ---------------------------------------------------------------------------------------------------------


def export(module, inputs, path, opset, dynamic=("x",), dynamo=False, outputs=("y",), script=False):
    """`dynamic`: names of the inputs whose first axis is a free batch."""
    import torch

    names = ["x"] + [f"x{at}" for at in range(1, len(inputs))]
    module.eval()
    common = {"input_names": names, "output_names": list(outputs), "opset_version": opset, "dynamo": dynamo}
    if dynamo:
        batch = torch.export.Dim("batch", min=1, max=1 << 20)
        shapes = tuple({0: batch} if name in dynamic else None for name in names)
        torch.onnx.export(module, inputs, path, dynamic_shapes=shapes if dynamic else None,
                          external_data=False, verbose=False, **common)
        strip(path)
        return
    axes = {name: {0: "batch"} for name in [*names, *outputs]} if dynamic else None
    torch.onnx.export(torch.jit.script(module) if script else module, inputs, path, dynamic_axes=axes, **common)


def strip(path):
    """Without the stack traces that the dynamo exporter adds: they are most of the file, and name folders of this machine."""
    import onnx

    written = onnx.load(path)
    for message in [written, written.graph, *written.graph.node, *written.graph.value_info]:
        del message.metadata_props[:]
        message.doc_string = ""
    onnx.save(written, path)


def torchscript(file, shows, opset, inputs, **options):
    return torch_model(file, "torch.onnx (TorchScript)", shows, opset, inputs, dynamo=False, **options)


def dynamo(file, shows, opset, inputs, **options):
    return torch_model(file, "torch.onnx (dynamo)", shows, opset, inputs, dynamo=True, **options)


def torch_model(file, exporter, shows, opset, inputs, **options):
    def register(build):
        def write(path, opset):
            import torch

            torch.manual_seed(0)
            net = randomised(build())
            shapes = inputs if isinstance(inputs, list) else [inputs]
            export(net, tuple(torch.rand(shape) for shape in shapes), path, opset, **options)

        model(file, exporter, shows, opset)(write)
        return build

    return register


def randomised(net):
    """Statistics and scales of normalisations as training leaves them, not the neutral ones of a new layer."""
    import torch

    for layer in net.modules():
        if getattr(layer, "running_var", None) is not None:
            torch.nn.init.uniform_(layer.running_mean, -0.3, 0.3)
            torch.nn.init.uniform_(layer.running_var, 0.5, 1.5)
        if "Norm" in type(layer).__name__ and getattr(layer, "weight", None) is not None:
            torch.nn.init.uniform_(layer.weight, 0.7, 1.3)
            torch.nn.init.uniform_(layer.bias, -0.2, 0.2)
    return net


def net(*layers):
    from torch import nn

    return nn.Sequential(*layers)


def function(f, **parts):
    """A module from its forward function and its sub-modules."""
    from torch import nn

    module = type("Function", (nn.Module,), {"forward": f})()
    for name, part in parts.items():
        setattr(module, name, part)
    return module


@torchscript("torch-mlp-dropout-9.onnx", "Gemm and Relu at opset 9; dropout, which the exporter leaves out", 9, (1, 8))
def mlp():
    from torch import nn

    return net(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 3))


@dynamo("torch-mlp-dynamo.onnx", "the same kind of MLP by the dynamo exporter", 18, (2, 8))
def mlp_dynamo():
    from torch import nn

    return net(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 3))


def residual(size, fixed=()):
    from torch import nn
    import torch

    def forward(self, x):
        y = torch.relu(self.norm1(self.conv1(x)))
        z = torch.relu(self.norm2(self.conv2(y)) + y)
        return self.head(torch.flatten(nn.functional.max_pool2d(z, 2), 1))

    return function(forward, conv1=nn.Conv2d(3, 8, 3, padding=1, bias=False), norm1=nn.BatchNorm2d(8),
                    conv2=nn.Conv2d(8, 8, 3, padding=1), norm2=nn.BatchNorm2d(8),
                    head=nn.Linear(8 * (size // 2) ** 2, 4))


@torchscript("torch-resnet-fixed-batch.onnx", "convolutions with BatchNormalization folded in, a residual sum, batch fixed at 1",
             11, (1, 3, 8, 8), dynamic=())
def resnet():
    return residual(8)


def folding_off(path, opset):
    import torch

    torch.manual_seed(1)
    module = randomised(residual(8))
    module.eval()
    torch.onnx.export(module, (torch.rand(1, 3, 8, 8),), path, opset_version=opset, dynamo=False,
                      training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False, input_names=["x"],
                      output_names=["y"], dynamic_axes={"x": {0: "batch"}, "y": {0: "batch"}})


model("torch-resnet-batchnorm.onnx", "torch.onnx (TorchScript)",
      "the same with BatchNormalization nodes of their own, no constant folding", 13)(folding_off)


@dynamo("torch-resnet-dynamo.onnx", "convolutions with BatchNormalization and a residual sum by the dynamo exporter", 20,
        (2, 3, 8, 8))
def resnet_dynamo():
    return residual(8)


@torchscript("torch-mobile-block.onnx", "depthwise, dilated and grouped convolutions, Hardswish, adaptive pooling", 14,
             (1, 4, 9, 9))
def mobile():
    from torch import nn

    return net(nn.Conv2d(4, 8, 1), nn.BatchNorm2d(8), nn.Hardswish(),
               nn.Conv2d(8, 8, 3, stride=2, padding=1, groups=8), nn.Hardswish(),
               nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=2), nn.ReLU6(),
               nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 3))


@torchscript("torch-conv1d.onnx", "convolutions of one axis, average and greatest pooling, PReLU and ELU", 12, (1, 2, 16))
def conv1d():
    from torch import nn

    return net(nn.Conv1d(2, 6, 5, padding=2), nn.PReLU(6), nn.AvgPool1d(2), nn.Conv1d(6, 6, 3), nn.ELU(0.7),
               nn.MaxPool1d(2), nn.Flatten(), nn.Linear(18, 3))


@torchscript("torch-decoder.onnx", "ConvTranspose with stride and output padding, LeakyRelu, Sigmoid", 13, (1, 6))
def decoder():
    from torch import nn

    return net(nn.Linear(6, 32), nn.LeakyReLU(0.1), nn.Unflatten(1, (8, 2, 2)),
               nn.ConvTranspose2d(8, 4, 3, stride=2, padding=1, output_padding=1), nn.BatchNorm2d(4), nn.ReLU(),
               nn.ConvTranspose2d(4, 1, 2, stride=2), nn.Sigmoid())


def unet(mode):
    from torch import nn
    import torch

    def forward(self, x):
        down = torch.relu(self.down(x))
        deep = torch.relu(self.deep(nn.functional.max_pool2d(down, 2)))
        up = nn.functional.interpolate(deep, scale_factor=2, mode=mode,
                                       align_corners=False if mode == "bilinear" else None)
        return self.out(torch.cat([up, down], 1))

    return function(forward, down=nn.Conv2d(1, 4, 3, padding=1), deep=nn.Conv2d(4, 4, 3, padding=1),
                    out=nn.Conv2d(8, 2, 1))


@torchscript("torch-unet-nearest.onnx", "UNet: Resize with nearest neighbours, Concat", 11, (1, 1, 8, 8))
def unet_nearest():
    return unet("nearest")


@torchscript("torch-pools-9.onnx", "Upsample, pooling with padding and ceil_mode, LogSoftmax at opset 9", 9, (1, 2, 7, 7))
def pools():
    from torch import nn

    return net(nn.Conv2d(2, 4, 3, padding=1), nn.SELU(), nn.MaxPool2d(3, 2, padding=1), nn.Upsample(scale_factor=2),
               nn.AvgPool2d(3, 2, padding=1, ceil_mode=False), nn.Flatten(), nn.Linear(64, 3), nn.LogSoftmax(1))


@torchscript("torch-slices-10.onnx", "Slice, Split and Resize as opset 10 has them, pooling with ceil_mode", 10, (1, 4, 6, 6))
def slices():
    from torch import nn
    import torch

    def forward(self, x):
        left, right = torch.relu(self.conv(x)).chunk(2, 1)
        gated = left * torch.sigmoid(right[:, :, 1:-1, ::2].mean((2, 3), keepdim=True))
        return self.head(torch.flatten(nn.functional.max_pool2d(gated, 3, 2, ceil_mode=True), 1))

    return function(forward, conv=nn.Conv2d(4, 6, 1), head=nn.Linear(27, 3))


@dynamo("torch-unet-bilinear.onnx", "UNet: bilinear Resize by the dynamo exporter", 18, (2, 1, 8, 8))
def unet_bilinear():
    return unet("bilinear")


def transformer(**options):
    from torch import nn

    layer = nn.TransformerEncoderLayer(8, 2, dim_feedforward=16, activation="gelu", batch_first=True, **options)
    return function(lambda self, x: self.head(self.layer(x).mean(1)), layer=layer, head=nn.Linear(8, 3))


@torchscript("torch-transformer.onnx", "transformer block: attention, LayerNormalization and Gelu in parts, opset 14", 14,
             (1, 5, 8))
def transformer_14():
    return transformer()


@torchscript("torch-transformer-fixed-batch.onnx", "transformer block, LayerNormalization nodes, batch fixed at 1", 17,
             (1, 5, 8), dynamic=())
def transformer_17():
    return transformer(norm_first=True)


@dynamo("torch-transformer-dynamo.onnx", "transformer block by the dynamo exporter, Gelu and LayerNormalization nodes", 20,
        (2, 5, 8))
def transformer_20():
    return transformer()


@torchscript("torch-mixer.onnx", "token mixing with transposes, einsum and group normalisation", 16, (1, 4, 6))
def mixer():
    from torch import nn
    import torch

    def forward(self, x):
        mixed = x + self.tokens(x.transpose(1, 2)).transpose(1, 2)
        y = torch.einsum("btc,dc->btd", nn.functional.silu(mixed), self.weight)
        return self.head(self.norm(y.transpose(1, 2)).mean(2))

    module = function(forward, tokens=nn.Linear(4, 4), norm=nn.GroupNorm(3, 6), head=nn.Linear(6, 3))
    module.weight = nn.Parameter(torch.randn(6, 6) / 3)
    return module


@torchscript("torch-lstm.onnx", "bidirectional LSTM classifier over whole sequences", 14, (1, 6, 4))
def lstm():
    from torch import nn

    return function(lambda self, x: self.head(self.cell(x)[0][:, -1]),
                    cell=nn.LSTM(4, 5, batch_first=True, bidirectional=True), head=nn.Linear(10, 3))


@torchscript("torch-gru-fixed-batch.onnx", "GRU classifier, batch fixed at 1", 13, (1, 6, 4), dynamic=())
def gru():
    from torch import nn

    return function(lambda self, x: self.head(self.cell(x)[1][-1]),
                    cell=nn.GRU(4, 5, batch_first=True, num_layers=2), head=nn.Linear(5, 3))


@torchscript("torch-elementwise.onnx", "where, clamp, abs, min, max, pow, sqrt, exp, Softplus, SiLU, comparison", 15, (1, 6))
def elementwise():
    from torch import nn
    import torch

    def forward(self, x):
        y = self.first(x)
        a = torch.where(y > 0.1, y.abs().add(0.5).sqrt(), y.pow(2) - 0.3)
        b = torch.minimum(nn.functional.softplus(y), torch.maximum(a, nn.functional.silu(y)))
        c = torch.exp(b.clamp(-2, 1.5)) / (1 + a * a)
        return self.last(torch.cat([c, torch.log(1 + b.abs()), -torch.reciprocal(2 + torch.sin(y))], 1))

    return function(forward, first=nn.Linear(6, 8), last=nn.Linear(24, 3))


def free_length(path, opset):
    import torch
    from torch import nn

    torch.manual_seed(0)
    module = net(nn.Conv1d(2, 6, 3, padding=1), nn.ReLU(), nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(6, 3))
    torch.onnx.export(module.eval(), (torch.rand(1, 2, 9),), path, opset_version=opset, dynamo=False, input_names=["x"],
                      output_names=["y"], dynamic_axes={"x": {0: "batch", 2: "length"}, "y": {0: "batch"}})


model("torch-free-length.onnx", "torch.onnx (TorchScript)", "two free dimensions: the batch and the length of a signal", 17)(free_length)


def half(path, opset):
    import torch
    from torch import nn

    torch.manual_seed(0)
    module = net(nn.Linear(6, 10), nn.ReLU(), nn.Linear(10, 3)).half()
    export(module, (torch.rand(1, 6).half(),), path, opset)


model("torch-half.onnx", "torch.onnx (TorchScript)", "float16 throughout, the input included", 17)(half)


@torchscript("torch-two-inputs.onnx", "two inputs: an image and a vector", 13, [(1, 1, 6, 6), (1, 3)],
             dynamic=("x", "x1"))
def two_inputs():
    from torch import nn
    import torch

    def forward(self, x, x1):
        seen = torch.flatten(torch.relu(self.conv(x)), 1)
        return self.head(torch.cat([seen, torch.tanh(self.side(x1))], 1))

    return function(forward, conv=nn.Conv2d(1, 3, 3, stride=2), side=nn.Linear(3, 4), head=nn.Linear(16, 3))


@torchscript("torch-three-outputs.onnx", "three outputs: scores, a value and the class that wins (ArgMax, int64)", 13, (1, 6),
             outputs=("y", "value", "best"))
def three_outputs():
    from torch import nn
    import torch

    def forward(self, x):
        y = torch.relu(self.trunk(x))
        scores = torch.softmax(self.scores(y), 1)
        return scores, self.value(y).squeeze(1), scores.argmax(1)

    return function(forward, trunk=nn.Linear(6, 12), scores=nn.Linear(12, 4), value=nn.Linear(12, 1))


@torchscript("torch-script-branch.onnx", "control flow: If on the data, batch fixed at 1", 13, (1, 4), dynamic=(), script=True)
def branch():
    from torch import nn
    import torch

    class Branch(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(4, 3), nn.Linear(4, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            if bool(x.sum() > 2.0):
                y = torch.relu(self.a(x))
            else:
                y = self.b(x)
            return y + 1.0

    return Branch()


@torchscript("torch-script-loop.onnx", "control flow: Loop over the steps of a sequence, a recurrence written by hand", 13,
             (1, 4, 3), script=True)
def loop():
    from torch import nn
    import torch

    class Recurrence(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner, self.outer, self.head = nn.Linear(5, 5), nn.Linear(3, 5), nn.Linear(5, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            state = torch.zeros(x.size(0), 5)
            for step in range(x.size(1)):
                state = torch.tanh(self.inner(state) + self.outer(x[:, step]))
            return self.head(state)

    return Recurrence()


@torchscript("torch-script-while.onnx", "control flow: Loop whose end depends on the data, with an If inside; batch fixed at 1",
             14, (1, 4), dynamic=(), script=True)
def while_loop():
    from torch import nn
    import torch

    class Doubling(nn.Module):
        def __init__(self):
            super().__init__()
            self.step = nn.Linear(4, 4)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            count = 0
            while bool(x.abs().sum() < 20.0) and count < 8:
                if bool(x.sum() > 3.0):
                    x = x + torch.relu(self.step(x))
                else:
                    x = 2.0 * x + 0.1
                count += 1
            return x

    return Doubling()


@torchscript("torch-paddings.onnx", "Pad with reflection, replication and constants, instance normalisation, pixel shuffle", 16,
             (1, 2, 6, 6))
def paddings():
    from torch import nn

    return net(nn.ReflectionPad2d(1), nn.Conv2d(2, 4, 3), nn.InstanceNorm2d(4, affine=True), nn.ReLU(),
               nn.ReplicationPad2d((1, 0, 2, 1)), nn.Conv2d(4, 8, 3, stride=2), nn.PixelShuffle(2),
               nn.ConstantPad2d(1, 0.5), nn.Conv2d(2, 1, 3))


@dynamo("torch-paddings-dynamo.onnx", "group normalisation, pixel shuffle, Hardswish, Softplus by the dynamo exporter", 21,
        (2, 4, 6, 6))
def paddings_dynamo():
    from torch import nn

    return net(nn.ReflectionPad2d(1), nn.Conv2d(4, 8, 3), nn.GroupNorm(4, 8), nn.Hardswish(), nn.PixelShuffle(2),
               nn.Conv2d(2, 2, 3, stride=2), nn.Softplus(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(8, 3))


@torchscript("torch-sorting.onnx", "TopK, CumSum, gathering by index, slices with steps", 15, (1, 8))
def sorting():
    from torch import nn
    import torch

    def forward(self, x):
        y = self.first(x)
        top, _ = y.topk(3, 1)
        summed = y.cumsum(1)[:, ::2]
        picked = y[:, torch.tensor([1, 4, 2])]
        return self.last(torch.cat([top, summed, picked], 1))

    return function(forward, first=nn.Linear(8, 8), last=nn.Linear(10, 3))


def quantised(path, opset):
    """Activations and weights as 8-bit integers, between QuantizeLinear and DequantizeLinear, by ONNX Runtime's own tool."""
    import numpy
    import torch
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from torch import nn

    class Random(CalibrationDataReader):
        def __init__(self):
            rng = numpy.random.default_rng(0)
            self.batches = iter([{"x": rng.random((8, 1, 6, 6), numpy.float32)} for _ in range(4)])

        def get_next(self):
            return next(self.batches, None)

    torch.manual_seed(0)
    module = net(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(16, 3))
    plain = path.with_suffix(".float")
    export(module, (torch.rand(1, 1, 6, 6),), plain, opset)
    quantize_static(plain, path, Random(), quant_format=QuantFormat.QDQ, per_channel=True, reduce_range=True,
                    activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
    plain.unlink()


model("ort-quantised.onnx", "torch.onnx (TorchScript), onnxruntime.quantization",
      "QuantizeLinear and DequantizeLinear around every operator, weights per channel", 13)(quantised)


# --- scikit-learn and trees ------------------------------------------------------------------------------------------


def table(count=200, features=5):
    import numpy

    rng = numpy.random.default_rng(0)
    x = rng.normal(size=(count, features)).astype(numpy.float32)
    score = x[:, 0] + x[:, 1] * x[:, 2]
    return x, numpy.digitize(score, [-0.5, 0.5])


def sklearn_model(file, shows, opset, zipmap):
    def register(build):
        def write(path, opset):
            from skl2onnx import convert_sklearn
            from skl2onnx.common.data_types import FloatTensorType

            x, y = table()
            fitted = build().fit(x, y)
            types = [("x", FloatTensorType([None, x.shape[1]]))]
            options = {} if zipmap is None else {"zipmap": zipmap}
            written = convert_sklearn(fitted, initial_types=types, target_opset={"": opset, "ai.onnx.ml": 3},
                                      options={id(fitted): options})
            path.write_bytes(written.SerializeToString())

        model(file, "skl2onnx", shows, opset)(write)
        return build

    return register


@sklearn_model("sklearn-logistic.onnx", "Scaler and LinearClassifier; a label and probabilities", 17, False)
def logistic():
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression())


@sklearn_model("sklearn-logistic-zipmap.onnx", "the same with ZipMap: probabilities as a sequence of maps", 17, True)
def logistic_zipmap():
    return logistic()


@sklearn_model("sklearn-mlp.onnx", "MLPClassifier in core operators; a label and probabilities", 15, False)
def sklearn_mlp():
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier((12,), max_iter=60, random_state=0)


@sklearn_model("sklearn-forest.onnx", "TreeEnsembleClassifier of 5 trees", 15, False)
def forest():
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(5, max_depth=4, random_state=0)


@sklearn_model("sklearn-svm.onnx", "SVMClassifier with a radial kernel", 15, False)
def svm():
    from sklearn.svm import SVC

    return SVC(probability=True, random_state=0)


def boosted(path, opset):
    import lightgbm
    import onnxmltools
    from onnxmltools.convert.common.data_types import FloatTensorType

    x, y = table()
    fitted = lightgbm.LGBMClassifier(n_estimators=4, max_depth=3, random_state=0, verbose=-1).fit(x, y)
    written = onnxmltools.convert_lightgbm(fitted, initial_types=[("x", FloatTensorType([None, x.shape[1]]))],
                                           target_opset=opset, zipmap=False)
    path.write_bytes(written.SerializeToString())


model("lightgbm-boosted.onnx", "onnxmltools (LightGBM)", "TreeEnsembleClassifier with Softmax", 15)(boosted)


# --- Keras -----------------------------------------------------------------------------------------------------------


def keras_model(file, shows, opset, batch=None):
    def register(build):
        def write(path, opset):
            import keras
            import tensorflow as tf
            import tf2onnx

            keras.utils.set_random_seed(0)
            net = build(keras)
            shape = (batch, *net.input_shape[1:])
            run = tf.function(lambda x: net(x, training=False),
                              input_signature=[tf.TensorSpec(shape, tf.float32, name="x")])
            tf2onnx.convert.from_function(run, run.input_signature, opset=opset, output_path=str(path))

        model(file, "tf2onnx (Keras)", shows, opset)(write)
        return build

    return register


@keras_model("keras-mlp.onnx", "Dense layers as MatMul and Add, Softmax", 13)
def keras_mlp(keras):
    layers = keras.layers
    return keras.Sequential([keras.Input((6,)), layers.Dense(12, "relu"), layers.Dropout(0.2),
                             layers.Dense(12, "elu"), layers.Dense(3, "softmax")])


@keras_model("keras-cnn-nhwc.onnx", "channels last: transposes around convolutions, depthwise convolution, pooling", 15)
def keras_cnn(keras):
    layers = keras.layers
    return keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(6, 3, padding="same", activation="relu"),
                             layers.BatchNormalization(), layers.DepthwiseConv2D(3, strides=2, activation="swish"),
                             layers.AveragePooling2D(2, padding="same"), layers.Flatten(), layers.Dense(3)])


# --- The files and their manifest ------------------------------------------------------------------------------------


def entry(file, kept):
    described = MODELS[file]
    path = HERE / file
    content = path.read_bytes()
    import onnx

    opsets = {each.domain or "ai.onnx": each.version for each in onnx.load_from_string(content).opset_import}
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    return {"file": file, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content),
            "exporter": described["exporter"], "versions": versions_of(described["exporter"], versions),
            "opsets": opsets, "shows": described["shows"], "licence": "Apache-2.0", **kept}


def versions_of(exporter, versions):
    used = {"torch.onnx (TorchScript)": ["torch"], "torch.onnx (dynamo)": ["torch", "onnxscript"],
            "skl2onnx": ["scikit-learn", "skl2onnx"], "onnxmltools (LightGBM)": ["lightgbm", "onnxmltools"],
            "tf2onnx (Keras)": ["tensorflow-cpu", "tf2onnx"],
            "torch.onnx (TorchScript), onnxruntime.quantization": ["torch", "onnxruntime"]}[exporter]
    return {name: versions[name] for name in used}


def main(wanted):
    warnings.filterwarnings("ignore")
    manifest = HERE / "manifest.json"
    known = {each["file"]: each for each in json.loads(manifest.read_text())["models"]} if manifest.exists() else {}
    for file, described in MODELS.items():
        if wanted and not any(part in file for part in wanted):
            continue
        described["write"](HERE / file, described["opset"])
        size = (HERE / file).stat().st_size
        print(file, size)
        if size > GREATEST_FILE:
            raise SystemExit(f"{file} has {size} bytes")
        kept = {key: known[file][key] for key in ("bounded", "expect") if key in known.get(file, {})}
        known[file] = entry(file, kept)
    models = [known[file] for file in MODELS if file in known]
    text = {"command": "python corpora/exporters/make.py", "origin": "random seeded weights, written by this project",
            "models": models}
    manifest.write_text(json.dumps(text, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
