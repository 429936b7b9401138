"""What the library's kernels take, in the words of abi.WORDS: said once for all figures."""

SIGNATURES = {
    "adam_update": ("vector", "vector", "vector", "vector", "integer", "number", "number", "number", "number", "number",
                    "flag"),
    "affine_backward": ("matrix", "matrix", "matrix", "vector"),
    "affine_backward_parameters": ("matrix", "matrix", "matrix", "vector"),
    "affine_forward": ("matrix", "matrix", "vector"),
    "attention_forward": ("cube", "integer", "flag"),
    "avg_pool2d_forward": ("images", "pair", "pair"),
    "batch_norm_backward": ("cube", "vector", "vector", "cube", "vector", "vector"),
    "batch_norm_forward": ("cube", "vector", "vector"),
    "binary_cross_entropy_backward": ("vector", "vector"),
    "binary_cross_entropy_forward": ("vector", "vector"),
    "conv2d_forward": ("images", "images", "vector", "pair", "pair"),
    "dropout_backward": ("matrix", "matrix", "number"),
    "dropout_forward": ("matrix", "matrix", "number"),
    "layer_norm_backward": ("matrix", "vector", "vector", "matrix", "vector", "vector"),
    "layer_norm_forward": ("matrix", "vector", "vector"),
    "max_pool2d_forward": ("images", "pair", "pair"),
    "mean_squared_error_backward": ("vector", "vector"),
    "mean_squared_error_forward": ("vector", "vector"),
    "relu_backward": ("matrix", "matrix"),
    "relu_forward": ("matrix",),
    "rmsprop_update": ("vector", "vector", "vector", "number", "number", "number", "number"),
    "sgd_update": ("vector", "vector", "vector", "number", "number", "flag", "number"),
    "sigmoid_backward": ("matrix", "matrix"),
    "sigmoid_forward": ("matrix",),
    "softmax_forward": ("matrix",),
    "tanh_backward": ("matrix", "matrix"),
    "tanh_forward": ("matrix",),
}


def of(*names):
    """{dotted name: words for its arguments} of these kernels of the library, as a figure's KERNELS has it."""
    return {f"nnlib.kernels.{name}": SIGNATURES[name] for name in names}
