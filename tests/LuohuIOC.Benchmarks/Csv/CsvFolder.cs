namespace LuohuIOC.Benchmarks.Csv;

/// <summary>Judges a file's rows and writes a row for each; returns what is wrong with the file, or null.</summary>
/// <param name="table">The file, its header read.</param>
/// <param name="output">What is written for it.</param>
/// <param name="say">Takes what is worth telling and is no failure.</param>
internal delegate string? CsvJudge(CsvTable table, TextWriter output, Action<string> say);

/// <summary>Runs over every CSV below a folder, each by itself: what is wrong with one stops no other, and what is written is whole.</summary>
internal static class CsvFolder
{
    /// <summary>
    /// What paths are relative to: the given folder, but its data in a checkout of Numenta's benchmark, which has the labels beside it, or
    /// of Skoltech's, which has valve1 in it.
    /// </summary>
    public static string RootOf(string given)
    {
        var data = Path.Combine(given, "data");
        return Directory.Exists(data) && (Directory.Exists(Path.Combine(given, "labels")) || Directory.Exists(Path.Combine(data, "valve1"))) ? data : given;
    }

    public static IEnumerable<string> Files(string root) =>
        Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f).Equals(".csv", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal);

    /// <summary>Returns the exit code: 0, 1 when some file could not be judged or there was none, 2 when the files would be written over.</summary>
    /// <param name="given">Folder of the CSVs.</param>
    /// <param name="output">Gets a file at the same relative path for each.</param>
    /// <param name="judge">Judges one file.</param>
    /// <param name="errors">Is told what is wrong, with file and line.</param>
    /// <param name="skipped">Relative paths that are passed over; null for none.</param>
    public static int Run(string given, string output, CsvJudge judge, TextWriter errors, Func<string, bool>? skipped = null)
    {
        var root = RootOf(given);
        if (root != given) errors.WriteLine($"a benchmark's own folder: paths are relative to {root}");
        var (from, to) = (Folder(root), Folder(output));
        if (from == to)
        {
            errors.WriteLine($"{output}: would be written over");
            return 2;
        }
        // A second run into a folder below does not judge what the first one wrote.
        var below = to.StartsWith(from, StringComparison.Ordinal);
        var (judged, failed) = (0, 0);
        foreach (var file in Files(root).Where(f => !below || !Path.GetFullPath(f).StartsWith(to, StringComparison.Ordinal)))
        {
            var relative = Path.GetRelativePath(root, file);
            if (skipped?.Invoke(relative) == true)
            {
                errors.WriteLine($"{relative}: passed over");
                continue;
            }
            judged++;
            if (Write(file, Path.Combine(output, relative), judge, text => errors.WriteLine($"{relative}: {text}")) is not { } problem) continue;
            errors.WriteLine($"{relative}: {problem}");
            failed++;
        }
        if (judged == 0) errors.WriteLine($"{root}: no CSV");
        return failed == 0 && judged > 0 ? 0 : 1;
    }

    private static string Folder(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) + Path.DirectorySeparatorChar;

    /// <summary>The loop's edge: returns what is wrong with this file, so that the next one's turn comes.</summary>
    private static string? Write(string source, string target, CsvJudge judge, Action<string> say)
    {
        var part = target + ".part";
        CsvTable? table = null;
        try
        {
            table = new CsvTable(File.ReadLines(source));
            table.ReadHeader();
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
            string? problem;
            using (var writer = new StreamWriter(part)) problem = judge(table, writer, say);
            File.Move(part, target, overwrite: true);
            return problem;
        }
        catch (Exception e)
        {
            if (File.Exists(part)) File.Delete(part);
            return table is { Line: > 0 } ? $"line {table.Line}: {e.Message}" : e.Message;
        }
        finally
        {
            table?.Dispose();
        }
    }
}
