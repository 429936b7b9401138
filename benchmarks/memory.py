"""Peak memory of a process that trains lenet on all of MNIST."""
import numpy as np

import nnlib as nn

from . import record

TRAIN = """
import json, resource, sys
import numpy as np
import nnlib as nn
from benchmarks.libraries.with_nnlib import network
from benchmarks.rows import ROWS
rng = np.random.default_rng(0)
(x, y), (x_test, y_test) = nn.data.mnist(np.float32)
net = network(ROWS["lenet"], rng)
nn.fit(net, (x.reshape(-1, 1, 28, 28), y), loss=nn.SoftmaxCrossEntropy(), optimizer=nn.SGD(0.1), epochs=1,
       batch_size=100, validation=(x_test.reshape(-1, 1, 28, 28), y_test), rng=rng, progress=False)
unit = 2 ** 20 if sys.platform == "darwin" else 2 ** 10
print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit))
"""


def run():
    """Measure in a fresh process, write the JSON, and return a table as text."""
    nn.data.mnist(np.float32)                     # DataError here, in plain words, if there is none
    megabytes = record.python(TRAIN)
    record.write("memory", {"peak_megabytes_lenet_on_mnist": round(megabytes)})
    return record.table([("MB at the peak", "measured", "goal"),
                         ("lenet on all of MNIST, float32", f"{megabytes:.0f}", "< 700")])
