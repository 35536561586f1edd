using LuohuIOC.Benchmarks.Csv;

namespace LuohuIOC.Benchmarks.Copies;

/// <summary>A folder of copies has a benchmark's own folder in it for each: <c>noise/data/…</c>, <c>noise/labels/…</c></summary>
internal static class CopyFolders
{
    /// <summary>The copies in a folder, by name; none where it is a benchmark's own.</summary>
    public static string[] In(string folder) => !Directory.Exists(folder) || CsvFolder.RootOf(folder) != folder ? []
        : [.. Directory.EnumerateDirectories(folder).Where(d => CsvFolder.RootOf(d) != d).Order(StringComparer.Ordinal)];
}
