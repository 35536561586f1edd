using LuohuIOC.Benchmarks.Ladder;
using LuohuIOC.Simulator.Registry;

namespace LuohuIOC.Benchmarks.Scale;

/// <summary>The default district so many times over in one host: the same kinds, rules and detectors, ids <c>d2-outfall-001</c>. Gateways stay the district's fifty.</summary>
internal static class ScaledDistrict
{
    /// <summary>Copies the district; the sensors of all.</summary>
    public static async Task<IReadOnlyList<CitySensor>> MakeAsync(ServedRung host, int times)
    {
        var lines = (await host.GetTextAsync("sensors", "text/csv")).TrimEnd().ReplaceLineEndings("\n").Split('\n');
        var header = CsvLine.Split(lines[0]);
        var ids = new[] { Array.IndexOf(header, "id"), Array.IndexOf(header, "downstream") };
        var sensors = new List<CitySensor>();
        for (var copy = 1; copy <= times; copy++)
        {
            var text = copy == 1 ? string.Join('\n', lines) : $"{lines[0]}\n{string.Join('\n', lines.Skip(1).Select(l => Renamed(l, ids, copy)))}\n";
            if (copy > 1) await host.PostAsync("sensors/import", text, "text/csv");
            using var reader = new StringReader(text);
            sensors.AddRange(RegistryFile.Read(reader, "registry"));
        }
        return sensors;
    }

    private static string Renamed(string line, int[] ids, int copy)
    {
        var cells = CsvLine.Split(line);
        foreach (var i in ids)
            if (i >= 0 && cells[i].Length > 0) cells[i] = $"d{copy}-{cells[i]}";
        return string.Join(',', cells.Select(c => c.Contains(',') || c.Contains('"') ? $"\"{c.Replace("\"", "\"\"")}\"" : c));
    }
}
