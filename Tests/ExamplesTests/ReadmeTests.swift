import Foundation
import Testing

/// What the README shows is what the examples print.
struct ReadmeTests {
  @Test func outputIsThatOfTheExamples() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../..").standardizedFileURL
    func text(_ path: String) throws -> String {
      try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
        .replacing(/agree to \S+/, with: "agree to …")
    }
    let readme = try text("README.md")
    for name in ["mlp-sigmoid-wrong", "conv2d-backward-by-hand"] {
      let lines = try text("Examples/\(name).expected").split(
        separator: "\n", omittingEmptySubsequences: false)
      let printed = lines.dropFirst().filter { !$0.hasPrefix("[exit status") }
        .joined(separator: "\n").trimmingCharacters(in: .newlines)
      #expect(readme.contains(printed), "the README shows something else for \(name)")
    }
  }
}
