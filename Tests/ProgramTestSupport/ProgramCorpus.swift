import Foundation
import Layers

/// The programs that tests have: samples of the catalogue, examples, and the collections of right and wrong files.
public enum ProgramCorpus {
  public struct Entry {
    public let name: String
    public let text: String
  }

  /// Every sample of every function of the catalogue.
  public static var catalogue: [Entry] {
    FunctionCatalogue.standard.functions.flatMap { function in
      function.samples.enumerated().map { number, sample in
        Entry(name: "\(function.name) sample \(number)", text: sample)
      }
    }
  }

  /// The files of the repository, and those of the folders named in `GRADCHECK_CORPUS`, separated by colons.
  public static var files: [Entry] {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
    let repository = tests.deletingLastPathComponent()
    let fixtures = tests.appendingPathComponent("ExpressionLanguageTests/Fixtures")
    let further = ProcessInfo.processInfo.environment["GRADCHECK_CORPUS"] ?? ""
    let folders =
      [
        repository.appendingPathComponent("Examples"), fixtures.appendingPathComponent("Cases"),
        fixtures.appendingPathComponent("Faults"), fixtures.appendingPathComponent("Vectors"),
      ] + further.split(separator: ":").map { URL(fileURLWithPath: String($0)) }
    return folders.flatMap(entries)
  }

  private static func entries(in folder: URL) -> [Entry] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().filter { $0.hasSuffix(".expr") }.compactMap { name in
      guard
        let text = try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      else { return nil }
      return Entry(name: folder.lastPathComponent + "/" + name, text: text)
    }
  }
}
