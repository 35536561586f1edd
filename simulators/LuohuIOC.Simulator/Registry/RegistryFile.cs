using System.Globalization;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Language;

namespace LuohuIOC.Simulator.Registry;

/// <summary>
/// The registry as the product exports it: CSV in UTF-8, the header names the columns in any order, columns that are not asked for
/// are ignored, retired sensors are left out.
/// </summary>
public static class RegistryFile
{
    private static readonly string[] Needed = ["id", "kind", "longitude", "latitude", "gateway"];

    /// <exception cref="InputException">A column is missing or a row cannot be read; the message has file, line and reason.</exception>
    public static IReadOnlyList<CitySensor> Read(string path)
    {
        using var reader = new StreamReader(path);
        return Read(reader, path);
    }

    public static IReadOnlyList<CitySensor> Read(TextReader reader, string name)
    {
        var header = CsvLine.Split(reader.ReadLine() ?? "").Select(c => c.Trim()).ToArray();
        if (Needed.FirstOrDefault(c => !header.Contains(c)) is { } missing)
            throw new InputException("input.column", name, missing);
        var sensors = new List<CitySensor>();
        for (var line = 2; reader.ReadLine() is { } text; line++)
        {
            if (string.IsNullOrWhiteSpace(text)) continue;
            if (Parse(header, CsvLine.Split(text), $"{name}:{line}") is { } sensor) sensors.Add(sensor);
        }
        return sensors;
    }

    private static CitySensor? Parse(string[] header, string[] fields, string place)
    {
        string Field(string column) => Array.IndexOf(header, column) is >= 0 and var i && i < fields.Length ? fields[i].Trim() : "";
        if (Field("retired_at") != "") return null;
        if (Field("id") == "" || Field("gateway") == "") throw new InputException("input.row.empty", place);
        if (!KindCatalogue.TryParse(Field("kind"), out var kind)) throw new InputException("input.row.kind", place, Field("kind"));
        // A generic sensor may be nowhere; it is not simulated, but measurements can be replayed for it.
        var (longitude, latitude) = (0.0, 0.0);
        var nowhere = kind == SensorKind.Generic && Field("longitude") == "";
        if (!nowhere && (!double.TryParse(Field("longitude"), CultureInfo.InvariantCulture, out longitude)
            || !double.TryParse(Field("latitude"), CultureInfo.InvariantCulture, out latitude)))
            throw new InputException("input.row.position", place);
        var downstream = Field("downstream");
        return new CitySensor(
            Field("id"), kind, Field("name"), Field("street"), longitude, latitude, Field("gateway"), downstream == "" ? null : downstream);
    }
}
