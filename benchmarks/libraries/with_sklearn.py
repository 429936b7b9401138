"""scikit-learn's MLPClassifier, for the networks it can express: dense layers with one activation."""
import warnings

import numpy as np
from sklearn.neural_network import MLPClassifier

NEEDS = "sklearn"


def steps(row):
    kinds = [kind for kind, *_ in row.layers]
    if set(kinds) - {"affine", "relu", "tanh"}:
        return {}
    x, y = row.data()
    y = y.ravel().astype(int)
    hidden = [sizes[1] for kind, *sizes in row.layers if kind == "affine"][:-1]
    net = MLPClassifier(hidden, activation=kinds[1] if hidden else "identity", solver="sgd", alpha=0, batch_size=row.batch,
                        learning_rate_init=row.learning_rate, momentum=0, nesterovs_momentum=False, shuffle=False)
    classes = np.arange(2 if row.loss == "binary_cross_entropy" else row.layers[-1][2])

    def step():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            net.partial_fit(x, y, classes=classes)

    return {"scikit-learn": step}
