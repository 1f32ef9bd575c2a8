import Scalars
import TensorExpressions

/// An expression as a person would write it: the tree between recognition and print.
///
/// Index relations are recognised once, when a formula is built (``FormulaBuilder``); every notation renders
/// the same tree. Broadcasting is NumPy's, so an operand may have a smaller shape than the value it is
/// combined with.
public indirect enum Formula: Hashable, Sendable {
  /// A declared tensor or a named value.
  case name(String)
  /// A number, which may depend on sizes.
  case number(Coefficient)
  /// At least two terms; what is subtracted is a product with a negative coefficient.
  case sum([Formula])
  /// A product entry by entry.
  case product(FormulaProduct)
  /// A base and an exponent, entry by entry.
  case power(Formula, Formula)
  /// At least two factors of `@`, from the left.
  case matrixProduct([Formula])
  /// A function by its name in the expression language: elementwise functions, `inv`, `det`, `outer`, …
  case function(String, [Formula])
  /// A sum, mean, maximum or minimum over axes.
  case reduction(FormulaReduction, Formula)
  /// The same entries in another arrangement.
  case view(FormulaView, Formula)
  /// The product under an einsum subscript such as `bi,io->bo`.
  case einsum(String, [Formula])
  /// A convolution, or its adjoint.
  case convolution(FormulaConvolution)
  /// The average or the maximum of windows.
  case pooling(FormulaPooling)
  /// Where the entries that an extremum takes are.
  case selector(FormulaSelector)
  /// Tensors one behind the other along an axis that they have.
  case concatenation([Formula], axis: Int)
  /// Tensors of one shape along a new axis.
  case stack([Formula], axis: Int)
  /// A function of the expression language with named arguments as they are written.
  case layer(String, [Formula], options: [String])
  /// A softmax over an axis counted from the front, with whether that is the last one.
  case softmax(Formula, axis: Int, isLast: Bool)
  /// A pattern without operands.
  case filled(FilledPattern)
}

/// A product entry by entry: a coefficient, scalars, and tensors, each to a whole power.
public struct FormulaProduct: Hashable, Sendable {
  /// The number that the product is multiplied with.
  public var coefficient: Coefficient
  /// Scalar factors; one of exponent −1 is divided by.
  public var scalars: [FormulaPower]
  /// Factors whose entries are multiplied; one of exponent −1 is divided by.
  public var entries: [FormulaPower]
}

/// A factor of a product, to a whole power other than 0.
public struct FormulaPower: Hashable, Sendable {
  /// What is raised to the power.
  public var base: Formula
  /// The whole exponent, which is not 0.
  public var exponent: Int
}

/// A reduction over axes.
public struct FormulaReduction: Hashable, Sendable {
  /// What the entries are reduced to.
  public enum Kind: String, Hashable, Sendable { case sum, mean, max, min }

  /// What the entries are reduced to.
  public var kind: Kind
  /// Counted from the front; nil for all axes.
  public var axes: [Int]?
  /// Whether a reduced axis stays with extent 1.
  public var keepsAxes: Bool
  /// The operand's rank.
  public var rank: Int
  /// How many entries are reduced to one, for a sum.
  public var count: Size?
}

/// The same entries in another arrangement.
public enum FormulaView: Hashable, Sendable {
  /// `.T` of a matrix.
  case transpose
  /// `.mT` of a stack of matrices.
  case matrixTranspose
  /// For each axis of the result, the axis of the operand that it is.
  case permute([Int])
  /// The entries in the same order under another shape.
  case reshape([Size])
  /// What is taken of each axis.
  case slice([FormulaSlice])
  /// The entries in reverse order along some axes.
  case flip([Int])
  /// The entries of an axis moved on by so many places, those behind its end to its start.
  case roll(by: Size, axis: Int, rank: Int)
  /// The zeros around each axis.
  case pad([FormulaPadding])
  /// The entries repeated to a shape, as NumPy does.
  case broadcast([Size])
  /// The diagonal of a matrix, or the diagonal matrix of a vector.
  case diagonal
  /// The lower triangle up to the diagonal of that offset.
  case lowerTriangle(Int)
  /// The upper triangle from the diagonal of that offset.
  case upperTriangle(Int)
}

/// What a slice takes of one axis.
public enum FormulaSlice: Hashable, Sendable {
  /// The whole axis.
  case all
  /// One entry; the axis is gone then.
  case index(Size)
  /// From `start` up to `stop`, which is not taken; `extent` is the axis's.
  case range(start: Size, stop: Size, step: Int, extent: Size)
  /// The entries that an index tensor names.
  case array(Formula)
}

/// Zeros before and after an axis.
public struct FormulaPadding: Hashable, Sendable {
  /// How many zeros stand before the first entry.
  public var before: Size
  /// How many zeros stand after the last entry.
  public var after: Size

  /// No padding on either side.
  public static let none = FormulaPadding(before: .zero, after: .zero)
}

/// Constant patterns.
public enum FilledPattern: Hashable, Sendable {
  /// Zeros of a shape.
  case zeros([Size])
  /// Ones of a shape.
  case ones([Size])
  /// The identity matrix with so many rows.
  case identity(Size)
}

/// A cross-correlation of an image with a kernel, or its adjoint in the image.
public struct FormulaConvolution: Hashable, Sendable {
  /// Whether it is the adjoint in the image, which spreads where a convolution gathers.
  public var isTransposed: Bool
  /// Whether channels stand behind the spatial axes, and the kernel's two before its taps or behind them.
  public var isChannelsLast: Bool
  /// The image, with batch and channels.
  public var image: Formula
  /// The kernel; it is not flipped.
  public var kernel: Formula
  /// One for each spatial axis, as the next four.
  public var strides: [Size]
  /// The zeros around the image; for an adjoint those of the convolution that it is the adjoint of.
  public var paddings: [FormulaPadding]
  /// How many entries lie from one tap of the kernel to the next.
  public var dilations: [Size]
  /// How many groups the channels fall into.
  public var groups: Size
  /// Whether a window ends at its own place: all of the padding comes before, and is one less than the kernel's span.
  public var isCausal: Bool
  /// The spatial extents of a transposed convolution's result, where they are not the smallest possible.
  public var outputExtents: [Size]?
  /// By how much these are above the smallest possible.
  public var outputPadding: [Size]?

  /// The number of spatial axes.
  public var spatialRank: Int { strides.count }
}

/// Pooling by windows over the trailing axes.
public struct FormulaPooling: Hashable, Sendable {
  /// What a window is reduced to.
  public enum Kind: String, Hashable, Sendable { case average, maximum }

  /// What a window is reduced to.
  public var kind: Kind
  /// Whether channels stand behind the spatial axes.
  public var isChannelsLast: Bool
  /// The tensor whose windows are pooled.
  public var operand: Formula
  /// The extents of a window: one for each spatial axis, as the next three.
  public var window: [Size]
  /// How many entries lie from one window to the next.
  public var strides: [Size]
  /// How many entries of padding lie on either side.
  public var paddings: [Size]
  /// How many entries lie from one tap of a window to the next.
  public var dilations: [Size]
  /// Whether a last window that hangs over the edge counts, too.
  public var hangsOver = false
}

/// The 0/1 pattern of the entries that an extremum takes.
public enum FormulaSelector: Hashable, Sendable {
  /// The entries that a maximum pooling takes.
  case pooling(FormulaPooling)
  /// The entries of an operand that its maximum or minimum over axes takes.
  case reduction(FormulaReduction, Formula)
}
