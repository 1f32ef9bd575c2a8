/// The version of this program, as `--version` and every report say it.
public enum ProgramVersion {
  public static let text = "0.1.0"
}
