/// The version of this program, as `--version` and every report say it.
public enum ProgramVersion {
  /// The numbers of the version, by the rules of semantic versioning.
  public static let text = "0.1.0"
}
