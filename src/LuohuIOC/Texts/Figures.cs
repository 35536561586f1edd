using System.Globalization;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Texts;

/// <summary>Values in sentences, written as the wall writes them (dashboards/wall/src/texts/measure.ts): as fine as instruments of the kind are and no finer, depths in centimetres.</summary>
internal static class Figures
{
    /// <summary>Where a figure is not known.</summary>
    public const string None = "–";

    private const int PlacesMax = 3;

    /// <summary>Nothing that is measured; decimal numbers end not far above.</summary>
    private const double DecimalMax = 1e20;

    /// <summary>Value and unit; a dash where there is none.</summary>
    public static string Of(string language, string kind, string metric, double? value)
    {
        if (value is not { } known || !double.IsFinite(known)) return None;
        if (IsDepth(kind, metric)) return $"{Bare(kind, metric, known)} cm";
        var unit = Unit(kind, metric);
        if (unit.Length > 0) unit = TextBook.Named(language, "unit.", unit);
        return unit.Length > 0 ? $"{Bare(kind, metric, known)} {unit}" : Bare(kind, metric, known);
    }

    /// <summary>Both ends of an interval, for example "10–35 cm".</summary>
    public static string Between(string language, string kind, string metric, double? low, double? high) =>
        TextBook.Get(language, "figure.between", low is { } least && double.IsFinite(least) ? Bare(kind, metric, least) : None, Of(language, kind, metric, high));

    /// <summary>UCUM unit of a kind's metric, empty when the kind or the metric is unknown.</summary>
    public static string Unit(string kind, string metric)
    {
        if (metric.Length == 0 || !KindCatalogue.TryParse(kind, out var known)) return "";
        foreach (var definition in KindCatalogue.Of(known).Metrics)
            if (definition.Name == metric) return definition.Unit;
        return "";
    }

    private static bool IsDepth(string kind, string metric) => metric == "depth" && Unit(kind, metric) == "m";

    private static string Bare(string kind, string metric, double value)
    {
        if (IsDepth(kind, metric) && Math.Abs(value) <= DecimalMax) return Fixed(100 * value, 0);
        var places = metric is "ammonia_nitrogen" or "total_phosphorus" ? PlacesMax : Unit(kind, metric) switch
        {
            "m" or "m/s" or "[pH]" or "mg/L" or "deg" or "%/m" => 2,
            "mm" or "Cel" or "{NTU}" or "uT" or "%{LEL}" or "V" or "A" or "mA" => 1,
            "uS/cm" or "%" or "{dBm}" => 0,
            "m3/s" => value == 0 ? PlacesMax : Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, PlacesMax),
            _ => -1,
        };
        return places < 0 || Math.Abs(value) > DecimalMax ? value.ToString("G4", CultureInfo.InvariantCulture) : Fixed(value, places);
    }

    // 0.145 m are 14.499999999999998 cm to a computer.
    private static string Fixed(double value, int places) =>
        Math.Round((decimal)value, places, MidpointRounding.AwayFromZero).ToString($"F{places}", CultureInfo.InvariantCulture);
}
