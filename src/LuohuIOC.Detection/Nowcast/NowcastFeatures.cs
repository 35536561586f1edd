namespace LuohuIOC.Detection.Nowcast;

/// <summary>
/// From the minutes up to now to a model's row. Looks only back: <see cref="HistoryMinutes"/> at most. The order of a row is that of
/// <see cref="Names"/>, which the model stores, so that a model of other features is noticed.
/// </summary>
public static class NowcastFeatures
{
    /// <summary>Minutes of the past that a row looks at, and a bit.</summary>
    public const int HistoryMinutes = 200;

    /// <summary>A level stays valid so long without a new reading.</summary>
    public const int StaleMinutes = 10;

    /// <summary>Without the district's rain of so many minutes there is no forecast.</summary>
    public const int ShortMinutes = 15;

    private static readonly int[] OwnChanges = [5, 10, 15, 30];
    private static readonly int[] NearSums = [5, 15, 30, 60, 180];
    private static readonly int[] DistrictSums = [5, 15, 30, 60];

    /// <summary>Place in a row of the station's own value.</summary>
    public const int Own = 0;

    /// <summary>Place of the near rain of 15 minutes, mm.</summary>
    public const int RainNear15 = 6;

    /// <summary>Place of the near rain of an hour, mm.</summary>
    public const int RainNear60 = 8;

    private const int RainNear180 = 9;
    private const int RainDistrict60 = 14;
    private const int RainStrongest15 = 16;

    public static string[] Names(NowcastSite site) =>
    [
        "own",
        .. OwnChanges.Select(m => $"own-change-{m}"),
        .. NearSums.Select(m => $"rain-near-{m}"),
        "rain-near-trend",
        .. DistrictSums.Select(m => $"rain-district-{m}"),
        "rain-district-trend",
        "rain-strongest-15",
        .. site.Upstream.SelectMany((_, i) => new[] { $"upstream-{i + 1}", $"upstream-{i + 1}-change-15" }),
        .. site.Downstream.SelectMany((_, i) => new[] { $"downstream-{i + 1}", $"downstream-{i + 1}-change-15" }),
        .. site.Tide is null ? Array.Empty<string>() : ["tide", "tide-change-60"],
    ];

    /// <summary>Fills the row, NaN where a neighbour is silent. False when the station itself or all rain is silent: then nothing may be forecast.</summary>
    public static bool Fill(MinuteTable table, NowcastSite site, int minute, Span<float> row)
    {
        var at = 0;
        var own = table.Latest(site.Own, minute, StaleMinutes);
        row[at++] = (float)own;
        foreach (var back in OwnChanges) row[at++] = (float)(own - table.Latest(site.Own, minute - back, StaleMinutes));
        foreach (var span in NearSums) row[at++] = (float)Near(table, site, minute, span);
        row[at++] = (float)(Near(table, site, minute, 10) - Near(table, site, minute - 10, 10));
        foreach (var span in DistrictSums) row[at++] = (float)District(table, site, minute, span).Mean;
        row[at++] = (float)(District(table, site, minute, 10).Mean - District(table, site, minute - 10, 10).Mean);
        var (mean, strongest) = District(table, site, minute, ShortMinutes);
        row[at++] = (float)strongest;
        foreach (var neighbour in site.Upstream) at = Neighbour(table, neighbour, minute, row, at);
        foreach (var neighbour in site.Downstream) at = Neighbour(table, neighbour, minute, row, at);
        if (site.Tide is { } tide)
        {
            var level = Level(table, tide, minute);
            row[at++] = (float)level;
            row[at++] = (float)(level - Level(table, tide, minute - 60));
        }
        return !double.IsNaN(own) && !double.IsNaN(mean);
    }

    /// <summary>True when no gauge near has had a drop in three hours, and none of the district in one.</summary>
    public static bool IsDry(ReadOnlySpan<float> row) => row[RainNear180] <= 0 && row[RainDistrict60] <= 0 && row[RainStrongest15] <= 0;

    private static int Neighbour(MinuteTable table, int column, int minute, Span<float> row, int at)
    {
        var level = Level(table, column, minute);
        row[at++] = (float)level;
        row[at++] = (float)(level - Level(table, column, minute - 15));
        return at;
    }

    private static double Level(MinuteTable table, int column, int minute) =>
        column == NowcastSite.Nobody ? double.NaN : table.Latest(column, minute, StaleMinutes);

    // The gauges that are alive share the weight; without any, the district's mean stands for them.
    private static double Near(MinuteTable table, NowcastSite site, int minute, int span)
    {
        var (sum, weight) = (0.0, 0.0);
        foreach (var (column, share) in site.NearGauges)
        {
            var rain = table.Sum(column, minute, span);
            if (double.IsNaN(rain)) continue;
            sum += rain * share;
            weight += share;
        }
        return weight > 0 ? sum / weight : District(table, site, minute, span).Mean;
    }

    private static (double Mean, double Strongest) District(MinuteTable table, NowcastSite site, int minute, int span)
    {
        var (sum, strongest, alive) = (0.0, 0.0, 0);
        foreach (var column in site.DistrictGauges)
        {
            var rain = table.Sum(column, minute, span);
            if (double.IsNaN(rain)) continue;
            sum += rain;
            strongest = Math.Max(strongest, rain);
            alive++;
        }
        return alive > 0 ? (sum / alive, strongest) : (double.NaN, double.NaN);
    }
}
