/// Where batch, channels and space lie among the axes.
public enum SpatialLayout: Hashable, Sendable {
  /// `NCHW`: batch, channels, space; kernels `OIHW`, of transposed convolutions `IOHW`.
  case channelsFirst
  /// `NHWC`: batch, space, channels; kernels `HWIO`.
  case channelsLast

  /// The layout by its letters, for any number of spatial axes: `NCHW` and `NHWC` serve for all.
  public init?(_ text: String) {
    switch text {
    case "NCHW", "NCL", "NCW", "NCDHW": self = .channelsFirst
    case "NHWC", "NLC", "NWC", "NDHWC": self = .channelsLast
    default: return nil
    }
  }

  /// The place of the channels among the axes of a tensor of that rank.
  public func channelAxis(rank: Int) -> Int {
    switch self {
    case .channelsFirst: 1
    case .channelsLast: rank - 1
    }
  }

  /// The places of the spatial axes of a tensor of that rank, in order.
  public func spatialAxes(rank: Int) -> [Int] {
    switch self {
    case .channelsFirst: Array(2..<max(rank, 2))
    case .channelsLast: Array(1..<max(rank - 1, 1))
    }
  }

  /// What belongs to batch, channels and space, in the order of a tensor's axes.
  func arranged<T>(batch: T, channel: T, spatial: [T]) -> [T] {
    switch self {
    case .channelsFirst: [batch, channel] + spatial
    case .channelsLast: [batch] + spatial + [channel]
    }
  }

  /// What belongs to a kernel's in-channels, out-channels and taps, in the order of its axes.
  func arrangedKernel<T>(input: T, output: T, taps: [T], isTransposed: Bool) -> [T] {
    switch self {
    case .channelsFirst: (isTransposed ? [input, output] : [output, input]) + taps
    case .channelsLast: taps + [input, output]
    }
  }

  /// The kernel's axes of in-channels, out-channels and taps.
  func kernelAxes(rank: Int, isTransposed: Bool) -> (input: Int, output: Int, taps: [Int]) {
    switch self {
    case .channelsFirst:
      (isTransposed ? 0 : 1, isTransposed ? 1 : 0, Array(2..<max(rank, 2)))
    case .channelsLast: (rank - 2, rank - 1, Array(0..<max(rank - 2, 0)))
    }
  }
}
