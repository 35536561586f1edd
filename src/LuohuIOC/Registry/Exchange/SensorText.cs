using System.Globalization;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Http;

namespace LuohuIOC.Registry.Exchange;

/// <summary>A sensor's columns as texts, the same in both formats.</summary>
internal static class SensorText
{
    public static string Of(Sensor sensor, string column) => column switch
    {
        SensorColumns.Id => sensor.Id,
        SensorColumns.Kind => KindCatalogue.Of(sensor.Kind).Name,
        SensorColumns.Name => sensor.Name,
        SensorColumns.Street => sensor.Street,
        SensorColumns.Community => sensor.Community,
        SensorColumns.Longitude => sensor.Place?.Longitude.ToString("R", CultureInfo.InvariantCulture) ?? "",
        SensorColumns.Latitude => sensor.Place?.Latitude.ToString("R", CultureInfo.InvariantCulture) ?? "",
        SensorColumns.Gateway => sensor.Gateway,
        SensorColumns.InstalledOn => sensor.InstalledOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "",
        SensorColumns.Synthetic => sensor.Synthetic ? "true" : "false",
        SensorColumns.Downstream => sensor.Downstream ?? "",
        SensorColumns.RetiredAt => sensor.RetiredAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) ?? "",
        _ => throw new ArgumentOutOfRangeException(nameof(column), column, "no such column"),
    };

    /// <summary>Makes a text harmless in a spreadsheet: <c>=1+1</c> → <c>'=1+1</c>, and so that nothing is ambiguous <c>'a</c> → <c>''a</c>.</summary>
    public static string Neutralise(string text) =>
        text.Length > 0 && (text[0] == '\'' || CsvAnswer.FormulaStarts.Contains(text[0])) ? $"'{text}" : text;

    /// <summary>Takes back what <see cref="Neutralise"/> added; a text that it did not make stays.</summary>
    public static string Restore(string text) =>
        text.Length > 1 && text[0] == '\'' && (text[1] == '\'' || CsvAnswer.FormulaStarts.Contains(text[1])) ? text[1..] : text;
}
