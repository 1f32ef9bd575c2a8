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
    .library(name: "Judging", targets: ["Judging"]),
    .library(name: "Explaining", targets: ["Explaining"]),
    .library(name: "PropertyTesting", targets: ["PropertyTesting"]),
    .library(name: "Reporting", targets: ["Reporting"]),
    .library(name: "Layers", targets: ["Layers"]),
    .library(name: "Notation", targets: ["Notation"]),
    .library(name: "GradientChecking", targets: ["GradientChecking"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", "1.5.0"..<"1.9.0")
  ],
  targets: [
    .systemLibrary(
      name: "CGMP", pkgConfig: "gmp", providers: [.apt(["libgmp-dev"]), .brew(["gmp"])]),
    .systemLibrary(
      name: "CMPFR", pkgConfig: "mpfr", providers: [.apt(["libmpfr-dev"]), .brew(["mpfr"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "CExactKernels"),
    .target(name: "CHelpPages"),
    .target(name: "Diagnostics"),
    .target(name: "Scalars", dependencies: ["CGMP", "CMPFR"]),
    .target(name: "TensorFiles", dependencies: ["CZlib", "Diagnostics", "Scalars"]),
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
      ],
      resources: [
        .embedInCode("Prelude/activations.expr"), .embedInCode("Prelude/elementwise.expr"),
        .embedInCode("Prelude/layers.expr"), .embedInCode("Prelude/losses.expr"),
        .embedInCode("Prelude/tensors.expr"), .embedInCode("Prelude/numpy.expr"),
        .embedInCode("Prelude/jax.expr"), .embedInCode("Prelude/lax.expr"),
        .embedInCode("Prelude/scipy.expr"), .embedInCode("Prelude/pytorch.expr"),
        .embedInCode("Prelude/linalg.expr"),
      ]),
    .target(
      name: "Judging",
      dependencies: [
        "Derivation", "Diagnostics", "Evaluation", "ExpressionLanguage", "Notation", "Scalars",
        "TensorExpressions",
      ]),
    .target(
      name: "Explaining",
      dependencies: [
        "Derivation", "Diagnostics", "Evaluation", "ExpressionLanguage", "Judging", "Notation",
        "Scalars", "TensorExpressions",
      ]),
    .target(
      name: "PropertyTesting",
      dependencies: [
        "Derivation", "Diagnostics", "Evaluation", "Explaining", "ExpressionLanguage", "Judging",
        "Notation", "Scalars", "TensorExpressions",
      ]),
    .target(
      name: "Reporting",
      dependencies: [
        "CHelpPages", "Derivation", "Diagnostics", "Evaluation", "Explaining", "ExpressionLanguage",
        "Judging",
        "Layers", "Notation", "Scalars", "TensorExpressions",
      ]),
    .target(
      name: "EditorService",
      dependencies: [
        "Derivation", "Diagnostics", "Explaining", "ExpressionLanguage", "Judging", "Layers",
        "Reporting", "TensorExpressions",
      ]),
    .target(
      name: "KernelJudging",
      dependencies: [
        "Derivation", "Diagnostics", "Evaluation", "Explaining", "ExpressionLanguage", "Judging",
        "Notation", "Reporting", "Scalars", "TensorExpressions", "TensorFiles",
      ]),
    .target(
      name: "GradientChecking",
      dependencies: [
        "Derivation", "Diagnostics", "Explaining", "ExpressionLanguage", "Judging", "Layers",
        "Notation", "Reporting", "TensorExpressions",
      ]),
    .executableTarget(
      name: "SwiftClient", dependencies: ["GradientChecking"], path: "Documentation/Client"),
    .executableTarget(
      name: "gradcheck",
      dependencies: [
        "Diagnostics", "EditorService", "Evaluation", "Explaining", "ExpressionLanguage", "Judging",
        "KernelJudging", "Layers", "PropertyTesting", "Reporting", "Scalars", "TensorFiles",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "ToolkitTestSupport", dependencies: ["Scalars", "TensorExpressions"],
      path: "Tests/ToolkitTestSupport"),
    .target(
      name: "ProgramTestSupport", dependencies: ["Diagnostics", "ExpressionLanguage", "Layers"],
      path: "Tests/ProgramTestSupport"),
    .testTarget(
      name: "ScalarsTests", dependencies: ["Scalars", "ToolkitTestSupport"],
      exclude: ["ReferenceValues"]),
    .testTarget(
      name: "TensorFilesTests",
      dependencies: ["Diagnostics", "Scalars", "TensorFiles", "ToolkitTestSupport"]),
    .testTarget(
      name: "KernelJudgingTests",
      dependencies: [
        "Diagnostics", "Evaluation", "ExpressionLanguage", "Judging", "KernelJudging", "Layers",
        "Reporting", "Scalars", "TensorFiles", "ToolkitTestSupport",
      ]),
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
      dependencies: [
        "Derivation", "Diagnostics", "ExpressionLanguage", "Judging", "Layers", "Reporting",
        "Scalars",
        "TensorExpressions", "ToolkitTestSupport",
      ],
      exclude: ["Laws"]),
    .testTarget(
      name: "NotationTests",
      dependencies: [
        "Derivation", "Diagnostics", "Evaluation", "ExpressionLanguage", "Layers", "Notation",
        "Scalars", "TensorExpressions", "ToolkitTestSupport",
      ]),
    .testTarget(
      name: "ConformanceTests",
      dependencies: [
        "Derivation", "Diagnostics", "Evaluation", "ExpressionLanguage", "Judging", "Layers",
        "Notation", "Reporting", "Scalars", "TensorExpressions", "ToolkitTestSupport",
      ],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "JudgingTests",
      dependencies: [
        "Derivation", "Diagnostics", "Evaluation", "ExpressionLanguage", "Judging", "Layers",
        "ProgramTestSupport", "Reporting", "Scalars", "TensorExpressions", "ToolkitTestSupport",
      ]),
    .testTarget(
      name: "ExplainingTests",
      dependencies: [
        "Derivation", "Diagnostics", "Explaining", "ExpressionLanguage", "Judging", "Layers",
        "Notation", "ProgramTestSupport", "Reporting", "Scalars", "TensorExpressions",
        "ToolkitTestSupport",
      ],
      exclude: ["Explanations/Snapshots", "Passes/Snapshots"]),
    .testTarget(
      name: "PropertyTestingTests",
      dependencies: [
        "Diagnostics", "Evaluation", "ExpressionLanguage", "Judging", "ProgramTestSupport",
        "PropertyTesting", "Scalars", "TensorExpressions", "ToolkitTestSupport",
      ]),
    .testTarget(
      name: "ReportingTests",
      dependencies: [
        "Diagnostics", "Evaluation", "Explaining", "ExpressionLanguage", "Judging", "Layers",
        "ProgramTestSupport", "Reporting", "Scalars", "ToolkitTestSupport",
      ],
      exclude: ["Reports/Snapshots"]),
    .testTarget(name: "GradientCheckingTests", dependencies: ["GradientChecking"]),
    .testTarget(
      name: "ExamplesTests",
      dependencies: [
        "Diagnostics", "Explaining", "ExpressionLanguage", "Judging", "Reporting",
        "TensorExpressions", "ToolkitTestSupport",
      ]),
  ],
  swiftLanguageModes: [.v6]
)
