// swift-tools-version: 6.0
import PackageDescription

/// Benchmarks are a package of their own, so that the library has no benchmark dependency.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "gradcheck", path: "..")],
  targets: [
    .executableTarget(
      name: "exact-benchmarks",
      dependencies: [.product(name: "Evaluation", package: "gradcheck")])
  ],
  swiftLanguageModes: [.v6]
)
