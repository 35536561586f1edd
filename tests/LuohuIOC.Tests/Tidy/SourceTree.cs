namespace LuohuIOC.Tests.Tidy;

/// <summary>Every C# file that people write, read once.</summary>
internal static class SourceTree
{
    public static IReadOnlyList<SourceFile> Files { get; } = Load();

    public static IEnumerable<SourceFile> Product => Files.Where(f => f.Project == "LuohuIOC");

    public static IEnumerable<SourceFile> Under(params string[] trees) => Files.Where(f => trees.Contains(f.Tree));

    private static SourceFile[] Load() =>
    [
        .. new[] { "src", "simulators", "tests" }
            .SelectMany(tree => Directory.EnumerateFiles(Repository.PathOf(tree), "*.cs", SearchOption.AllDirectories))
            .Select(path => (Full: path, Relative: Path.GetRelativePath(Repository.Root, path).Replace('\\', '/')))
            .Where(f => !f.Relative.Contains("/bin/", StringComparison.Ordinal) && !f.Relative.Contains("/obj/", StringComparison.Ordinal))
            .OrderBy(f => f.Relative, StringComparer.Ordinal)
            .Select(f => new SourceFile(f.Relative, File.ReadAllText(f.Full))),
    ];
}
