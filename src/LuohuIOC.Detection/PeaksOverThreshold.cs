namespace LuohuIOC.Detection;

/// <summary>
/// Sets an alarm threshold for a budget of false alarms rarer than the training data can show: the peaks of the held score above
/// its 95 % quantile are taken as a generalised Pareto tail, and the level that is crossed as often as the budget allows is read
/// off it. Shape and scale come from the quartiles of the excesses, so a real fault or two in the history do not lift it much.
/// The level is never below the peaks that the history itself shows beyond the budget: of 30 days at one alarm in ten days, two
/// peaks may lie above (one less than three, since the level that n of T days' peaks exceed is exceeded by n + 1 of the next T).
/// </summary>
internal static class PeaksOverThreshold
{
    private const double BaseShare = 0.95;

    /// <summary>Peaks needed before the tail's shape is estimated and not assumed.</summary>
    private const int PeaksForShape = 30;
    private const double AssumedShape = 0.1;
    private const double ShapeMax = 0.4;

    /// <param name="held">Held scores in order of time.</param>
    /// <param name="days">Time that they cover.</param>
    /// <param name="perDay">Crossings allowed a day.</param>
    /// <param name="apart">Peaks closer than this many readings are one.</param>
    public static double Level(double[] held, double days, double perDay, int apart)
    {
        var floor = Quantiles.Of([.. held], BaseShare);
        var excesses = Excesses(held, floor, apart);
        if (excesses.Length == 0) return Math.Max(floor, double.Epsilon);
        Array.Sort(excesses);
        var middle = Math.Max(Quantiles.OfSorted(excesses, 0.5), 1e-9);
        var ratio = Quantiles.OfSorted(excesses, 0.75) / middle;
        var shape = excesses.Length < PeaksForShape ? AssumedShape : Math.Clamp(Math.Log2(Math.Max(ratio - 1, 1e-9)), 0, ShapeMax);
        var scale = shape == 0 ? middle / Math.Log(2) : middle * shape / (Math.Pow(2, shape) - 1);
        var rarity = Math.Max(excesses.Length / days / perDay, 1);
        var tail = shape == 0 ? scale * Math.Log(rarity) : scale / shape * (Math.Pow(rarity, shape) - 1);
        var above = Math.Clamp((int)(days * perDay) - 1, 0, excesses.Length - 1);
        return floor + Math.Max(tail, excesses[^(above + 1)]);
    }

    private static double[] Excesses(double[] held, double floor, int apart)
    {
        var excesses = new List<double>();
        var last = -apart - 1;
        for (var i = 0; i < held.Length; i++)
        {
            if (!(held[i] > floor)) continue;
            if (i - last > apart) excesses.Add(held[i] - floor);
            else excesses[^1] = Math.Max(excesses[^1], held[i] - floor);
            last = i;
        }
        return [.. excesses];
    }
}
