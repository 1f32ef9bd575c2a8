import Foundation
import Testing

/// Expects a text to be what `Snapshots/name.txt` beside the test's file holds.
///
/// With `RECORD_SNAPSHOTS=1` in the environment the text is written there instead, and the test fails,
/// so that a recording run is never mistaken for a pass.
public func expectSnapshot(
  _ text: String, named name: String, filePath: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let folder = URL(fileURLWithPath: filePath).deletingLastPathComponent()
    .appendingPathComponent("Snapshots")
  let file = folder.appendingPathComponent(name + ".txt")
  if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
      Issue.record("recorded the snapshot `\(name)`", sourceLocation: sourceLocation)
    } catch {
      Issue.record(error, "cannot record `\(name)`", sourceLocation: sourceLocation)
    }
    return
  }
  guard let expected = try? String(contentsOf: file, encoding: .utf8) else {
    Issue.record(
      "there is no snapshot `\(name)`; RECORD_SNAPSHOTS=1 records it",
      sourceLocation: sourceLocation)
    return
  }
  #expect(
    text == expected, "differs from the snapshot `\(name)`:\n\(text)",
    sourceLocation: sourceLocation)
}

/// The files of a folder beside the test's file, in the order of their names.
public func fixtures(
  in folder: String, withExtension ending: String, filePath: String = #filePath
) throws -> [(name: String, text: String)] {
  let place = URL(fileURLWithPath: filePath).deletingLastPathComponent()
    .appendingPathComponent(folder)
  return try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
    .filter { $0.hasSuffix("." + ending) }
    .map { ($0, try String(contentsOf: place.appendingPathComponent($0), encoding: .utf8)) }
}
