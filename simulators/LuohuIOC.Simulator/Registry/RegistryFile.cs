using System.Globalization;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Simulator.Registry;

/// <summary>
/// The registry as the product exports it: CSV in UTF-8, the header names the columns in any order, columns that are not asked for
/// are ignored, retired sensors are left out.
/// </summary>
public static class RegistryFile
{
    private static readonly string[] Needed = ["id", "kind", "longitude", "latitude", "gateway"];

    /// <exception cref="InvalidDataException">A column is missing or a row cannot be read; the message has file, line and reason.</exception>
    public static IReadOnlyList<CitySensor> Read(string path)
    {
        using var reader = new StreamReader(path);
        return Read(reader, path);
    }

    public static IReadOnlyList<CitySensor> Read(TextReader reader, string name)
    {
        var header = CsvLine.Split(reader.ReadLine() ?? "").Select(c => c.Trim()).ToArray();
        if (Needed.FirstOrDefault(c => !header.Contains(c)) is { } missing)
            throw new InvalidDataException($"{name}:1: the column '{missing}' is missing.");
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
        if (Field("id") == "" || Field("gateway") == "") throw new InvalidDataException($"{place}: id or gateway is empty.");
        if (!KindCatalogue.TryParse(Field("kind"), out var kind)) throw new InvalidDataException($"{place}: '{Field("kind")}' is no kind of sensor.");
        if (!double.TryParse(Field("longitude"), CultureInfo.InvariantCulture, out var longitude)
            || !double.TryParse(Field("latitude"), CultureInfo.InvariantCulture, out var latitude))
            throw new InvalidDataException($"{place}: longitude or latitude is not a number.");
        var downstream = Field("downstream");
        return new CitySensor(
            Field("id"), kind, Field("name"), Field("street"), longitude, latitude, Field("gateway"), downstream == "" ? null : downstream);
    }
}
