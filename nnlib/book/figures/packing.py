"""Arrays as short text: numbers of a few decimals in two bytes each, which live.js unpacks."""
import base64

import numpy as np


def packed(array, decimals):
    """JSON of an array rounded to these decimals, as live.unpack reads it.

    Raises    ValueError if a number does not fit: 2 bytes hold -32768 ... 32767
    """
    whole = np.rint(np.ravel(array) * 10.0 ** decimals)
    if np.abs(whole).max(initial=0) > 32767:
        raise ValueError(f"packed: the largest number is {np.abs(array).max()}, expected below {32768 / 10 ** decimals} "
                         f"with {decimals} decimals.\nKeep fewer decimals.")
    return {"packed": base64.b64encode(whole.astype("<i2").tobytes()).decode(), "scale": 10 ** decimals}


def unpacked(text):
    """The numbers that the page gets from this JSON, exactly, as one row."""
    return np.frombuffer(base64.b64decode(text["packed"]), "<i2") / text["scale"]
