"""Every kernel once more, as one reads it: NumPy, no compiler, no trick.

Names, arguments and results are those of ``nnlib.kernels``. The book shows these functions, the tests hold the
fast ones against them, and where nothing can be compiled they do the work.
"""
from .activations import (elu_backward, elu_forward, gelu_backward, gelu_forward, leaky_relu_backward,
                          leaky_relu_forward, relu_backward, relu_forward, sigmoid_backward, sigmoid_forward,
                          softmax_backward, softmax_forward, tanh_backward, tanh_forward)
from .attention import attention_backward, attention_forward
from .conv import conv2d_backward, conv2d_backward_parameters, conv2d_forward
from .dense import affine_backward, affine_backward_parameters, affine_forward
from .dropout import dropout_backward, dropout_forward
from .embedding import embedding_backward, embedding_forward
from .losses import (binary_cross_entropy_backward, binary_cross_entropy_forward, mean_absolute_error_backward,
                     mean_absolute_error_forward, mean_squared_error_backward, mean_squared_error_forward,
                     softmax_cross_entropy_backward, softmax_cross_entropy_forward)
from .maxout import maxout_backward, maxout_forward
from .normalisation import (batch_norm_backward, batch_norm_fixed_backward, batch_norm_fixed_forward,
                            batch_norm_forward, group_norm_backward, group_norm_forward, layer_norm_backward,
                            layer_norm_forward)
from .optim import adam_update, rmsprop_update, sgd_update
from .pooling import (avg_pool2d_backward, avg_pool2d_forward, global_avg_pool2d_backward, global_avg_pool2d_forward,
                      max_pool2d_backward, max_pool2d_forward)
from .positions import (learned_positions_backward, learned_positions_forward, sinusoidal_positions_backward,
                        sinusoidal_positions_forward)
from .recurrent import (gru_backward, gru_backward_parameters, gru_forward, lstm_backward, lstm_backward_parameters,
                        lstm_forward, rnn_backward, rnn_backward_parameters, rnn_forward)
