namespace LuohuIOC.Tests.Detection;

/// <summary>A folder of CSVs, a folder for what a runner writes for them, and what the runner says.</summary>
internal sealed class CsvDesk : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("luohu-csv-");
    private readonly StringWriter _said = new();

    public string In => Path.Combine(_folder.FullName, "in");

    public string Out => Path.Combine(_folder.FullName, "out");

    public TextWriter Errors => _said;

    public string[] Said => _said.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Put(string path, params IEnumerable<string> lines)
    {
        var file = Path.Combine(In, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllLines(file, lines);
    }

    public string[] Result(string path) => File.ReadAllLines(Path.Combine(Out, path));

    /// <summary>Of a file, without the header: the last cells of its rows.</summary>
    public string[] Scores(string path) => [.. Result(path).Skip(1).Select(l => l[(l.LastIndexOf(',') + 1)..])];

    /// <summary>Relative paths of all that was written.</summary>
    public string[] Results() => Directory.Exists(Out)
        ? [.. Directory.EnumerateFiles(Out, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Out, f)).Order(StringComparer.Ordinal)] : [];

    public void Dispose() => _folder.Delete(recursive: true);
}
