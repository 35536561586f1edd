namespace LuohuIOC.Detection.Nowcast;

/// <summary>What is expected so many minutes ahead, in the station's unit: a value and the interval that should hold the truth.</summary>
public readonly record struct NowcastValue(int Minutes, double Value, double Low, double High);

/// <summary>
/// The interval among forecasts of like difficulty. Most minutes are dry and easy; factors taken over all of them are too narrow when it rains.
/// </summary>
/// <param name="SpreadMax">For spreads up to this, in metres; the largest number for the last band.</param>
/// <param name="LowFactor">Lower end of the interval in spreads from the value, usually below 0.</param>
/// <param name="HighFactor">Upper end.</param>
public sealed record NowcastBand(double SpreadMax, double LowFactor, double HighFactor);

/// <summary>One horizon's trees.</summary>
/// <param name="Minutes">Ahead.</param>
/// <param name="Change">Change of the level from now, in metres.</param>
/// <param name="Spread">Size of the error to expect, in metres.</param>
/// <param name="Bands">Ends of the interval, by the size of the spread, smallest first; the last has no upper bound.</param>
/// <param name="Efficiency">Nash–Sutcliffe on the rain events that neither trees have seen.</param>
/// <param name="PersistenceEfficiency">The same for "it stays as it is".</param>
/// <param name="DryBands">
/// The same as <paramref name="Bands"/> for minutes without a drop in three hours; null in models that saw no dry weather apart, which take those.
/// </param>
public sealed record NowcastHorizon(
    int Minutes, TreeEnsemble Change, TreeEnsemble Spread, NowcastBand[] Bands, double Efficiency, double PersistenceEfficiency, NowcastBand[]? DryBands = null);

/// <summary>A station's trained nowcast, complete for use without ML.NET. Immutable, for any number of readers.</summary>
public sealed record NowcastModel
{
    /// <summary>A row lies on the stack.</summary>
    private const int FeaturesMax = 128;

    public required DateTimeOffset TrainedAt { get; init; }

    /// <summary>Rain events that it was trained from.</summary>
    public required int Episodes { get; init; }

    public required int Rows { get; init; }

    /// <summary>As <see cref="NowcastFeatures.Names"/> gave them.</summary>
    public required string[] Features { get; init; }

    /// <summary>Median of each feature in training; stands for a silent neighbour's.</summary>
    public required float[] Typical { get; init; }

    public required double SpreadMin { get; init; }

    public required NowcastHorizon[] Horizons { get; init; }

    /// <summary>Throws when the parts do not fit together, so that a damaged file never forecasts.</summary>
    public NowcastModel Checked()
    {
        Demand(Features is { Length: > 0 and <= FeaturesMax } && Typical.Length == Features.Length, "features and medians differ in length");
        Demand(Horizons is { Length: > 0 }, "no horizons");
        foreach (var h in Horizons)
        {
            foreach (var bands in h.DryBands is { } dry ? new[] { h.Bands, dry } : [h.Bands])
            {
                Demand(bands is { Length: > 0 } && bands[^1].SpreadMax == double.MaxValue, $"horizon {h.Minutes}: no band for large spreads");
                Demand(h.Minutes > 0 && Array.TrueForAll(bands, b => b.LowFactor <= b.HighFactor), $"horizon {h.Minutes}: interval is upside down");
            }
            Demand(h.Change.Trees.Concat(h.Spread.Trees).All(t => t.IsSound(Features.Length)), $"horizon {h.Minutes}: a broken tree");
        }
        return this;
    }

    /// <summary>Whether the site still gives the features that the model was trained with; a changed network needs a new model.</summary>
    public bool Fits(NowcastSite site) => Features.AsSpan().SequenceEqual(NowcastFeatures.Names(site));

    /// <summary>Forecasts at this minute of the table. False when the station or all rain is silent: then nothing is guessed.</summary>
    /// <param name="table">The minutes up to now.</param>
    /// <param name="site">The station's columns; one that <see cref="Fits"/>.</param>
    /// <param name="minute">Now.</param>
    /// <param name="values">One for each of <see cref="Horizons"/>.</param>
    public bool Forecast(MinuteTable table, NowcastSite site, int minute, Span<NowcastValue> values)
    {
        Span<float> row = stackalloc float[Features.Length];
        if (!NowcastFeatures.Fill(table, site, minute, row)) return false;
        for (var i = 0; i < row.Length; i++)
            if (float.IsNaN(row[i])) row[i] = Typical[i];
        for (var h = 0; h < Horizons.Length; h++) values[h] = Of(Horizons[h], row, site.Floor);
        return true;
    }

    private NowcastValue Of(NowcastHorizon horizon, ReadOnlySpan<float> row, double floor)
    {
        var raw = row[0] + horizon.Change.Score(row);
        var spread = Math.Max(SpreadMin, horizon.Spread.Score(row));
        var bands = horizon.DryBands is { } dry && NowcastFeatures.IsDry(row) ? dry : horizon.Bands;
        var band = bands[0];
        for (var b = 1; spread > band.SpreadMax; b++) band = bands[b];
        return new NowcastValue(
            horizon.Minutes, Math.Max(floor, raw), Math.Max(floor, raw + (band.LowFactor * spread)), Math.Max(floor, raw + (band.HighFactor * spread)));
    }

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidDataException($"Nowcast model: {otherwise}.");
    }
}
