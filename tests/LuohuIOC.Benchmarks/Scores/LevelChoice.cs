namespace LuohuIOC.Benchmarks.Scores;

/// <summary>Alarm levels, and which of them some files choose for others. Each file has a count for each level.</summary>
internal static class LevelChoice
{
    public static readonly double[] Levels = [.. Enumerable.Range(15, 23).Select(tenths => tenths / 10.0)];

    /// <summary>F1, less a hundredth for each per cent of false alarms over so many.</summary>
    public static double F1AndFalseAlarms(RowCount count, double falsePercentMax) => count.F1 - (0.01 * Math.Max(0, count.FalsePercent - falsePercentMax));

    /// <summary>Place of the level that is worth most, the lowest of equals.</summary>
    public static int Best(IEnumerable<RowCount[]> files, Func<RowCount, double> worth)
    {
        var rest = files.ToArray();
        return Enumerable.Range(0, rest[0].Length).MaxBy(level => worth(RowCount.Sum(rest.Select(f => f[level]))));
    }

    /// <summary>What each group has at the level that the other groups choose, and all together.</summary>
    public static (RowCount Count, int[] Chosen) FromOthers(IReadOnlyList<(string Group, RowCount[] Counts)> files, Func<RowCount, double> worth)
    {
        var (sum, chosen) = (default(RowCount), new List<int>());
        foreach (var group in files.GroupBy(f => f.Group))
        {
            chosen.Add(Best(files.Where(f => f.Group != group.Key).Select(f => f.Counts), worth));
            sum += RowCount.Sum(group.Select(f => f.Counts[chosen[^1]]));
        }
        return (sum, [.. chosen]);
    }
}
