// swift-tools-version: 6.0
import PackageDescription

/// The modules of the toolkit, lowest first. Imports point down this list and never up;
/// `ARCHITECTURE.md` says what each one is for.
let package = Package(
  name: "gradcheck",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "gradcheck", targets: ["gradcheck"]),
    .library(name: "Scalars", targets: ["Scalars"]),
    .library(name: "TensorExpressions", targets: ["TensorExpressions"]),
    .library(name: "Evaluation", targets: ["Evaluation"]),
    .library(name: "Derivation", targets: ["Derivation"]),
    .library(name: "ExpressionLanguage", targets: ["ExpressionLanguage"]),
    .library(name: "GradientChecking", targets: ["GradientChecking"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    .systemLibrary(
      name: "CGMP", pkgConfig: "gmp", providers: [.apt(["libgmp-dev"]), .brew(["gmp"])]),
    .systemLibrary(
      name: "CMPFR", pkgConfig: "mpfr", providers: [.apt(["libmpfr-dev"]), .brew(["mpfr"])]),
    .target(name: "CExactKernels"),
    .target(name: "Diagnostics"),
    .target(name: "Scalars", dependencies: ["CGMP", "CMPFR"]),
    .target(name: "TensorExpressions", dependencies: ["Scalars"]),
    .target(name: "Evaluation", dependencies: ["CExactKernels", "Scalars", "TensorExpressions"]),
    .target(name: "Derivation", dependencies: ["Scalars", "TensorExpressions"]),
    .target(name: "Layers", dependencies: ["Derivation", "Scalars", "TensorExpressions"]),
    .target(
      name: "Notation", dependencies: ["Derivation", "Layers", "Scalars", "TensorExpressions"]),
    .target(
      name: "ExpressionLanguage",
      dependencies: [
        "Derivation", "Diagnostics", "Layers", "Notation", "Scalars", "TensorExpressions",
      ]),
    .target(
      name: "GradientChecking",
      dependencies: [
        "Derivation", "Diagnostics", "Evaluation", "ExpressionLanguage", "Layers", "Notation",
        "Scalars", "TensorExpressions",
      ]),
    .executableTarget(
      name: "gradcheck",
      dependencies: [
        "Diagnostics", "Evaluation", "ExpressionLanguage", "GradientChecking", "Layers",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "ToolkitTestSupport", dependencies: ["Scalars", "TensorExpressions"],
      path: "Tests/ToolkitTestSupport"),
    .testTarget(
      name: "ScalarsTests", dependencies: ["Scalars", "ToolkitTestSupport"],
      exclude: ["ReferenceValues"]),
    .testTarget(
      name: "DiagnosticsTests", dependencies: ["Diagnostics", "ToolkitTestSupport"],
      exclude: ["Snapshots"]),
    .testTarget(
      name: "ExpressionLanguageTests",
      dependencies: [
        "Derivation", "Diagnostics", "ExpressionLanguage", "Layers", "Scalars",
        "TensorExpressions", "ToolkitTestSupport",
      ],
      exclude: ["Fixtures", "Snapshots"]),
    .testTarget(
      name: "EvaluationTests",
      dependencies: [
        "CExactKernels", "Evaluation", "Scalars", "TensorExpressions", "ToolkitTestSupport",
      ]),
    .testTarget(
      name: "TensorExpressionsTests", dependencies: ["TensorExpressions", "ToolkitTestSupport"]),
    .testTarget(
      name: "LayersTests",
      dependencies: ["Layers", "Scalars", "TensorExpressions", "ToolkitTestSupport"]),
    .testTarget(
      name: "DerivationTests",
      dependencies: ["Derivation", "Layers", "Scalars", "TensorExpressions", "ToolkitTestSupport"]),
    .testTarget(
      name: "NotationTests",
      dependencies: [
        "Derivation", "Diagnostics", "Evaluation", "ExpressionLanguage", "Layers", "Notation",
        "Scalars", "TensorExpressions", "ToolkitTestSupport",
      ]),
    .testTarget(
      name: "ConformanceTests",
      dependencies: [
        "Derivation", "Diagnostics", "Evaluation", "ExpressionLanguage", "GradientChecking",
        "Layers", "Notation", "Scalars", "TensorExpressions", "ToolkitTestSupport",
      ]),
    .testTarget(
      name: "GradientCheckingTests",
      dependencies: [
        "Derivation", "Diagnostics", "Evaluation", "ExpressionLanguage", "GradientChecking",
        "Layers",
        "Scalars", "TensorExpressions", "ToolkitTestSupport",
      ],
      exclude: ["Explanations/Snapshots", "Reports/Snapshots"]),
    .testTarget(
      name: "ExamplesTests",
      dependencies: [
        "Diagnostics", "ExpressionLanguage", "GradientChecking", "TensorExpressions",
        "ToolkitTestSupport",
      ]),
  ],
  swiftLanguageModes: [.v6]
)
