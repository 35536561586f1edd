namespace LuohuIOC.Registry.Exchange;

/// <summary>The file as a whole cannot be read, so nothing of it was applied.</summary>
/// <param name="code">Code of the problem; its texts are <c>problem.{code}.*</c>.</param>
/// <param name="value">What the text speaks of.</param>
public sealed class ImportFileException(string code, string value = "") : Exception($"{code} {value}")
{
    public string Code { get; } = code;

    public string Value { get; } = value;
}

/// <summary>The rows of a file: those that are valid by themselves, and the reasons against the others.</summary>
public sealed record ImportFile(List<SensorDraft> Drafts, List<RowRefusal> Refused);
