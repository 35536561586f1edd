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
public sealed record ImportFile(List<SensorDraft> Drafts, List<RowRefusal> Refused)
{
    /// <summary>Of a GeoJSON file every feature may bring names of its own.</summary>
    private const int IgnoredMax = 100;

    private readonly List<string> _ignored = [];

    /// <summary>Headers that are none of ours, as they are written, in order; the first 100.</summary>
    public IReadOnlyList<string> Ignored => _ignored;

    /// <summary>Our column of a header; one that is none of ours is noted.</summary>
    public string? ColumnOf(string header)
    {
        var column = SensorColumns.Of(header);
        // Without a name, mostly the comma at the end of a line.
        if (column is null && header.Trim() is { Length: > 0 } name && _ignored.Count < IgnoredMax && !_ignored.Contains(name)) _ignored.Add(name);
        return column;
    }
}
