"""Evaluates expressions of the language at a point, over numbers of any kind."""
import ast

import mpmath
import numpy as np

import index_statements
import layers
import shapes
import tensors as t
import windows
from scalars import number
from source import SourceError, expression
from tensors import tensor

FUNCTIONS = {
    **{name: t.unary(name) for name in t.elementary.UNARY},
    "leaky_relu": t.leaky_relu, "elu": t.elu, "hardtanh": t.hardtanh, "clip": t.clip, "maximum": t.maximum,
    "minimum": t.minimum, "where": t.where, "sum": t.sum_, "mean": t.mean, "max": t.max_, "min": t.min_, "prod": t.prod,
    "var": t.var, "std": t.std, "logsumexp": t.logsumexp, "norm1": t.norm1, "norm2": t.norm2, "norm_fro": t.norm2,
    "matmul": t.matmul, "dot": t.dot, "inner": t.inner, "outer": t.outer, "kron": t.kron, "tensordot": t.tensordot,
    "einsum": t.einsum, "trace": t.trace, "tr": t.trace, "inv": t.inv, "det": t.det, "logdet": t.logdet,
    "solve": t.solve,
    "diag": t.diag, "tril": t.tril, "triu": t.triu,
    "eye": lambda n, m=None: t.eye(int(n), None if m is None else int(m)),
    "zeros": t.zeros, "ones": t.ones, "reshape": shapes.reshape, "permute": shapes.permute,
    "transpose": shapes.transpose,
    "flatten": shapes.flatten, "rearrange": shapes.rearrange, "concat": shapes.concat, "stack": shapes.stack,
    "pad": shapes.pad, "flip": shapes.flip, "roll": shapes.roll, "broadcast_to": shapes.broadcast_to,
    "unfold": windows.unfold, "conv1d": windows.conv, "conv2d": windows.conv, "conv3d": windows.conv,
    "conv_transpose1d": windows.conv_transpose, "conv_transpose2d": windows.conv_transpose,
    "conv_transpose3d": windows.conv_transpose, "max_pool1d": windows.max_pool, "max_pool2d": windows.max_pool,
    "max_pool1d_selector": windows.max_pool_selector, "max_pool2d_selector": windows.max_pool_selector,
    "avg_pool1d": windows.avg_pool, "avg_pool2d": windows.avg_pool, "global_avg_pool": windows.global_avg_pool,
    "linear": layers.linear, "batch_norm": layers.batch_norm, "layer_norm": layers.layer_norm,
    "instance_norm": layers.instance_norm, "group_norm": layers.group_norm, "softmax": layers.softmax,
    "log_softmax": layers.log_softmax, "cross_entropy": layers.cross_entropy, "mse_loss": layers.mse_loss,
    "bce": layers.bce, "attention": layers.attention, "lstm": layers.lstm, "gru": layers.gru, "rnn": layers.rnn,
    "max_selector": t.selector(t.max_), "min_selector": t.selector(t.min_), "dropout_mask": layers.dropout_mask,
}
OPERATORS = {ast.Add: t.add, ast.Sub: t.subtract, ast.Mult: t.multiply, ast.Div: t.divide, ast.Pow: t.power,
             ast.MatMult: t.matmul}
RELATIONS = {ast.Gt: ">", ast.Lt: "<", ast.GtE: ">=", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!="}
CONSTANTS = {"pi": lambda: +mpmath.mp.pi, "e": lambda: +mpmath.mp.e}


class Machine:
    """The values that names have at one point."""

    def __init__(self, source, values):
        self.source, self.values, self.shapes = source, values, {}
        self.sizes = {name: number(size) for name, size in source.sizes.items()}

    def value(self, text):
        """The tensor that an expression stands for."""
        return tensor(self.evaluate(expression(text)))

    def evaluate(self, node):
        return getattr(self, f"evaluate_{type(node).__name__}", self.unknown)(node)

    def unknown(self, node):
        raise SourceError(f"no expression: {ast.unparse(node)}")

    def evaluate_Constant(self, node):
        return node.value

    def evaluate_Name(self, node):
        for names in (self.values, self.sizes):
            if node.id in names:
                return names[node.id]
        if node.id in CONSTANTS:
            return CONSTANTS[node.id]()
        raise SourceError(f"no name: {node.id}")

    def evaluate_Tuple(self, node):
        return tuple(map(self.evaluate, node.elts))

    def evaluate_List(self, node):
        return list(map(self.evaluate, node.elts))

    def evaluate_UnaryOp(self, node):
        operand = self.evaluate(node.operand)
        return t.negative(operand) if isinstance(node.op, ast.USub) else operand

    def evaluate_BinOp(self, node):
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        if isinstance(node.op, ast.FloorDiv):
            return number(int(left) // int(right))
        return OPERATORS[type(node.op)](left, right)

    def evaluate_Compare(self, node):
        if len(node.ops) != 1:
            return self.unknown(node)
        return t.compare(RELATIONS[type(node.ops[0])], self.evaluate(node.left), self.evaluate(node.comparators[0]))

    def evaluate_Attribute(self, node):
        operand = tensor(self.evaluate(node.value))
        if node.attr == "T" and operand.ndim <= 2:
            return operand.T
        if node.attr == "mT":
            return np.swapaxes(operand, -1, -2)
        return self.unknown(node)

    def evaluate_Subscript(self, node):
        operand = tensor(self.evaluate(node.value))
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return tensor(operand[tuple(map(self.place, parts))])

    def place(self, node):
        """One part of a subscript."""
        if isinstance(node, ast.Slice):
            bounds = (node.lower, node.upper, node.step)
            return slice(*(None if bound is None else int(self.evaluate(bound)) for bound in bounds))
        value = self.evaluate(node)
        return value if value is None or value is Ellipsis else int(value)

    def evaluate_Call(self, node):
        arguments = [self.evaluate(argument) for argument in node.args]
        named = {word.arg: self.evaluate(word.value) for word in node.keywords}
        if isinstance(node.func, ast.Attribute):
            name = node.func.attr
            arguments.insert(0, tensor(self.evaluate(node.func.value)))
        else:
            name = node.func.id
        if name in self.source.functions:
            return self.apply(name, arguments, named)
        if name not in FUNCTIONS:
            raise SourceError(f"no function: {name}")
        return FUNCTIONS[name](*map(self.argument, arguments), **{word: self.argument(v) for word, v in named.items()})

    @staticmethod
    def argument(value):
        return value if isinstance(value, (tuple, list, str, bool)) or value is None else tensor(value)

    def apply(self, name, arguments, named):
        """A function of the file."""
        parameters, body = self.source.functions[name]
        local = dict(self.values)
        for place, parameter in enumerate(parameters):
            word, _, default = (part.strip() for part in parameter.partition("="))
            local[word] = arguments[place] if place < len(arguments) else named.get(word, None)
            if local[word] is None:
                local[word] = self.value(default)
        return Machine(self.source, local).value(body)

    def run_index_statement(self, statement, shape):
        """The tensor that an index statement adds up."""
        return index_statements.evaluate(self, statement, shape)
