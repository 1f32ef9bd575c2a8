"""Convolutions and poolings over one or two axes, with their adjoints as index statements."""
from draft import Line
from terms import Size


def literal(shape):
    return all(s.text.isdigit() for s in shape)


def sized(value):
    return Size(str(value), value)


class Window:
    """How windows of one size lie over the spatial axes of a tensor."""

    def __init__(self, draft, extents, kernel):
        chance = draft.random
        self.kernel, self.stride = kernel, chance.randint(1, 2)
        self.padding = chance.randint(0, 1) if max(kernel) > 1 else 0
        self.counts = [(e + 2 * self.padding - k) // self.stride + 1 for e, k in zip(extents, kernel)]
        self.options = f"stride={self.stride}, padding={self.padding}"
        self.kinds = {"index"} | ({"outside"} if self.padding else set())

    @property
    def fits(self):
        return min(self.counts) > 0

    def at(self, letters="pq", offsets="kl"):
        """The entry under an offset of a window."""
        shift = f"-{self.padding}" if self.padding else ""
        return ",".join(f"{self.stride}*{p}+{k}{shift}" for p, k in zip(letters[:len(self.kernel)], offsets))

    def places(self, letters="pq"):
        return ",".join(letters[:len(self.kernel)])


def images(draft, least=2):
    """A tensor of rank 3 or 4 with spatial axes of literal size."""
    return draft.pick(lambda t: t.rank in (3, 4) and literal(t.shape[2:])
                      and min(s.value for s in t.shape[2:]) >= least)


def convolution(draft):
    a = images(draft)
    if a is None:
        return None
    w = draft.pick(lambda t: t.rank == a.rank and t.shape[1] == a.shape[1] and literal(t.shape[2:])
                   and all(k.value <= e.value for k, e in zip(t.shape[2:], a.shape[2:])))
    if w is None:
        return None
    window = Window(draft, [s.value for s in a.shape[2:]], [s.value for s in w.shape[2:]])
    if not window.fits:
        return None
    name, d, offsets = draft.fresh_name(), len(window.kernel), ",".join("kl"[:len(window.kernel)])
    adjoints = [(a.extra, f"n,c,{window.at()}", f"d{name}[n,o,{window.places()}] * {w.extra}[o,c,{offsets}]"),
                (w.extra, f"o,c,{offsets}", f"d{name}[n,o,{window.places()}] * {a.extra}[n,c,{window.at()}]")]
    shape = (a.shape[0], w.shape[0], *map(sized, window.counts))
    shown = [f"{name} = conv{d}d({a.extra}, {w.extra}, {window.options})"]
    return Line(name, shape, None, shown, adjoints, window.kinds)


def transposed_convolution(draft):
    """Every entry of x is spread over a window of y."""
    a = images(draft, least=1)
    w = draft.pick(lambda t: a is not None and t.rank == a.rank and t.shape[0] == a.shape[1] and literal(t.shape[2:]))
    if w is None:
        return None
    stride = draft.random.randint(1, 2)
    counts = [stride * (e.value - 1) + k.value for e, k in zip(a.shape[2:], w.shape[2:])]
    name, d = draft.fresh_name(), a.rank - 2
    at = ",".join(f"{stride}*{p}+{k}" for p, k in zip("pq"[:d], "kl"))
    places, offsets = ",".join("pq"[:d]), ",".join("kl"[:d])
    adjoints = [(a.extra, f"n,c,{places}", f"d{name}[n,o,{at}] * {w.extra}[c,o,{offsets}]"),
                (w.extra, f"c,o,{offsets}", f"d{name}[n,o,{at}] * {a.extra}[n,c,{places}]")]
    shape = (a.shape[0], w.shape[1], *map(sized, counts))
    shown = [f"{name} = conv_transpose{d}d({a.extra}, {w.extra}, stride={stride})"]
    return Line(name, shape, None, shown, adjoints, {"index"})


def pooling(draft):
    """Averages, with zeros outside, and maxima, in which what lies outside takes no part."""
    a = images(draft)
    if a is None:
        return None
    d = a.rank - 2
    kernel = [draft.random.randint(1, min(2, s.value)) for s in a.shape[2:]]
    window = Window(draft, [s.value for s in a.shape[2:]], kernel)
    window.padding = window.padding if min(kernel) > 1 else 0
    window = window if window.padding else unpadded(window, [s.value for s in a.shape[2:]])
    size = str(kernel[0]) if d == 1 else f"({', '.join(map(str, kernel))})"
    name, shape = draft.fresh_name(), (*a.shape[:2], *map(sized, window.counts))
    offsets, call = ",".join("kl"[:d]), f"({a.extra}, {size}, {window.options})"
    if draft.random.random() < 0.5:
        count = kernel[0] * kernel[-1] if d == 2 else kernel[0]
        ranges = ", ".join(f"{letter} in range({k})" for letter, k in zip("kl", kernel))
        body = f"d{name}[n,c,{window.places()}] / {count} for {ranges}"
        adjoints = [(a.extra, f"n,c,{window.at()}", body)]
        return Line(name, shape, None, [f"{name} = avg_pool{d}d{call}"], adjoints, window.kinds)
    chosen = f"s{name}"
    body = f"{chosen}[n,c,{window.places()},{offsets}] * d{name}[n,c,{window.places()}]"
    shown = [f"{name} = max_pool{d}d{call}", f"{chosen} = max_pool{d}d_selector{call}"]
    return Line(name, shape, None, shown, [(a.extra, f"n,c,{window.at()}", body)], window.kinds | {"mask"})


def unpadded(window, extents):
    window.padding = 0
    window.counts = [(e - k) // window.stride + 1 for e, k in zip(extents, window.kernel)]
    window.options, window.kinds = f"stride={window.stride}, padding=0", {"index"}
    return window


WINDOWS = (convolution, convolution, transposed_convolution, pooling)
