"""How a page calls a kernel: arguments and results as plain numbers in one row of memory, the frame.

Numba passes an array as seven values, or more, whose layout depends on the processor. A page that knew it would break
with the next version. So every kernel is exported inside ``call``, which a page hands one address: there it has written
a float64 for each number, and for each array the address of its data and its shape. Results come back the same way.

    frame of affine_forward   x.address N D  w.address M D  b.address M    ->    a.address N M
"""
import llvmlite.ir as ir
from numba import njit, types
from numba.core import cgutils
from numba.core.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

WORDS = {                                # what a kernel list may say, and what live.js reads in the manifest
    "number": types.float64,
    "integer": types.int64,
    "flag": types.boolean,
    "pair": types.UniTuple(types.int64, 2),
    "vector": types.float64[::1],
    "matrix": types.float64[:, ::1],
    "cube": types.float64[:, :, ::1],
    "images": types.float64[:, :, :, ::1],
    "labels": types.int64[::1],
    "places": types.int32[:, :, :, ::1],
}
FRAME = types.CPointer(types.float64)
F64, I64 = ir.DoubleType(), ir.IntType(64)


def word_of(numba_type):
    """The word for a type, else ValueError."""
    def form(t):
        return (t.dtype, t.ndim, t.layout) if isinstance(t, types.Array) else t

    for word, known in WORDS.items():
        if form(numba_type) == form(known):
            return word
    raise ValueError(f"it gives or takes {numba_type}, expected one of {', '.join(WORDS)}")


def results_of(numba_type):
    """The words for what a kernel returns: none, one, or a tuple of several."""
    if numba_type == types.none:
        return []
    several = numba_type.types if isinstance(numba_type, types.BaseTuple) else [numba_type]
    return [word_of(t) for t in several]


def exported(kernel, words):
    """Numba function of the frame's address that calls the kernel with arguments of these kinds."""
    arguments = types.Tuple([WORDS[word] for word in words])

    @intrinsic
    def take(typing_context, frame):
        def build(context, builder, signature, args):
            slots = Slots(builder, args[0])
            values = [take_one(context, builder, slots, t) for t in arguments]
            return context.make_tuple(builder, arguments, values)
        return arguments(FRAME), build

    @njit(no_cpython_wrapper=True, no_cfunc_wrapper=True)
    def call(frame):
        give(frame, kernel(*take(frame)))

    return call


@intrinsic
def give(typing_context, frame, value):
    """Write the results of a kernel into the frame."""
    def build(context, builder, signature, args):
        slots, kind = Slots(builder, args[0]), signature.args[1]
        if isinstance(kind, types.BaseTuple):
            for t, v in zip(kind.types, cgutils.unpack_tuple(builder, args[1])):
                give_one(context, builder, slots, t, v)
        elif kind != types.none:
            give_one(context, builder, slots, kind, args[1])
        return context.get_dummy_value()
    return types.void(FRAME, value), build


class Slots:
    """The frame, read or written from left to right."""

    def __init__(self, builder, frame):
        self.builder, self.frame, self.position = builder, frame, 0

    def address(self):
        self.position += 1
        return self.builder.gep(self.frame, [ir.Constant(ir.IntType(32), self.position - 1)])

    def read(self):
        return self.builder.load(self.address())

    def read_integer(self):
        return self.builder.fptosi(self.read(), I64)

    def write(self, value):
        self.builder.store(value, self.address())

    def write_integer(self, value):
        self.write(self.builder.sitofp(value, F64))


def take_one(context, builder, slots, kind):
    """One argument of this Numba type, from the next slots."""
    if isinstance(kind, types.UniTuple):
        return context.make_tuple(builder, kind, [slots.read_integer() for _ in range(kind.count)])
    if not isinstance(kind, types.Array):
        return context.cast(builder, slots.read(), types.float64, kind)
    array = make_array(kind)(context, builder)
    data = builder.inttoptr(slots.read_integer(), array.data.type)
    shape = [slots.read_integer() for _ in range(kind.ndim)]
    itemsize = context.get_constant(types.intp, kind.dtype.bitwidth // 8)
    strides = [itemsize]
    for size in shape[:0:-1]:
        strides.insert(0, builder.mul(strides[0], size))
    populate_array(array, data, shape, strides, itemsize, meminfo=None)
    return array._getvalue()


def give_one(context, builder, slots, kind, value):
    """One result of this Numba type, into the next slots."""
    if not isinstance(kind, types.Array):
        slots.write(context.cast(builder, value, kind, types.float64))
        return
    array = make_array(kind)(context, builder, value)
    slots.write_integer(builder.ptrtoint(array.data, I64))
    for size in cgutils.unpack_tuple(builder, array.shape):
        slots.write_integer(size)
