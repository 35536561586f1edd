using System.Globalization;
using LuohuIOC.Texts;

namespace LuohuIOC.Alerts;

/// <summary>Values in sentences, written as the wall writes them (dashboards/wall/src/texts/measure.ts): as fine as instruments of the kind are and no finer, depths in centimetres.</summary>
internal static class Figures
{
    private const int PlacesMax = 3;

    /// <summary>Nothing that is measured; decimal numbers end not far above.</summary>
    private const double DecimalMax = 1e20;

    /// <summary>Value and unit; a dash where there is none.</summary>
    public static string Of(string language, string kind, string metric, double? value)
    {
        if (value is not { } known || !double.IsFinite(known)) return AlertWords.NoFigure;
        if (IsDepth(kind, metric)) return $"{Bare(kind, metric, known)} cm";
        return AlertWords.Quantity(language, kind, metric, Bare(kind, metric, known));
    }

    /// <summary>Both ends of an interval, for example "10–35 cm".</summary>
    public static string Between(string language, string kind, string metric, double? low, double? high) =>
        TextBook.Get(language, "figure.between", low is { } least && double.IsFinite(least) ? Bare(kind, metric, least) : AlertWords.NoFigure, Of(language, kind, metric, high));

    private static bool IsDepth(string kind, string metric) => metric == "depth" && AlertWords.Unit(kind, metric) == "m";

    private static string Bare(string kind, string metric, double value)
    {
        if (IsDepth(kind, metric) && Math.Abs(value) <= DecimalMax) return Fixed(100 * value, 0);
        var places = metric is "ammonia_nitrogen" or "total_phosphorus" ? PlacesMax : AlertWords.Unit(kind, metric) switch
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
