using LuohuIOC.Alerts;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>One detector's threshold at one sensor: the configured one times what officers' marks made of it. Read by the grain at each reading.</summary>
public sealed class Threshold
{
    /// <summary>However officers mark: no lower than this share of the configured threshold, lest the sensor flood the desk.</summary>
    public const double FactorMin = 0.8;

    /// <summary>… and no higher than this many times it, lest the sensor go silent.</summary>
    public const double FactorMax = 2;

    /// <summary>A false alarm raises the threshold by 15 %, a true one lowers it by 5 %: three true ones for each false one keep it where it is.</summary>
    public const double FalseStep = 1.15, TrueStep = 0.95;

    private double _factor = 1;

    /// <summary>As configured for the sensor's kind.</summary>
    public double Standard { get; internal set; } = 1;

    public double Factor
    {
        get => Volatile.Read(ref _factor);
        set => Volatile.Write(ref _factor, value);
    }

    public double Value => Standard * Factor;

    /// <summary>
    /// The factor that marks lead to, in order. Of several marks of one alert the last counts, at its own place, so that a verdict which
    /// was replaced or taken back (null) leaves no trace.
    /// </summary>
    public static double FactorOf(IReadOnlyList<(string AlertId, AlertVerdict? Verdict)> marks)
    {
        var factor = 1.0;
        for (var i = 0; i < marks.Count; i++)
            if (marks[i].Verdict is { } verdict && !IsTakenBack(marks, i)) factor = Math.Clamp(factor * (verdict == AlertVerdict.False ? FalseStep : TrueStep), FactorMin, FactorMax);
        return Math.Round(factor, 6);
    }

    private static bool IsTakenBack(IReadOnlyList<(string AlertId, AlertVerdict? Verdict)> marks, int mark)
    {
        for (var later = mark + 1; later < marks.Count; later++)
            if (marks[later].AlertId == marks[mark].AlertId) return true;
        return false;
    }
}

/// <summary>One move of a threshold: who, when, why, from what to what.</summary>
/// <param name="AlertId">The alert that was marked.</param>
/// <param name="Verdict"><c>true</c>, <c>false</c> or, where the mark was taken back, <c>none</c>.</param>
/// <param name="By">The officer.</param>
/// <param name="At">When.</param>
/// <param name="From">Factor on the configured threshold before.</param>
/// <param name="To">Factor after; the same when a bound was reached.</param>
public sealed record ThresholdMove(string AlertId, string Verdict, string By, DateTimeOffset At, double From, double To);
