using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Sensing.Health;

namespace LuohuIOC.Sensing.Witnesses;

/// <summary>What one sensor said last.</summary>
/// <param name="Value">NaN without one; of a rain gauge, millimetres of the last hour.</param>
/// <param name="Moved">Its change, NaN when not known.</param>
/// <param name="Departure">From what is usual, in spreads; NaN when not known.</param>
/// <param name="Spread">One of them, in the metric's unit; NaN when nothing is known of the metric.</param>
/// <param name="TimeMs">Of the reading; 0 without one.</param>
/// <param name="IsSilent">For longer than its kind may.</param>
/// <param name="IsDoubtful">Bad, or suspected of a fault.</param>
/// <param name="IsState">0 or 1.</param>
/// <param name="IsRain">A sum of an hour.</param>
internal readonly record struct Reading(
    double Value, double Moved, double Departure, double Spread, long TimeMs, bool IsSilent, bool IsDoubtful, bool IsState, bool IsRain);

/// <summary>What neighbours say of an alert, and what follows. Pure.</summary>
internal static class WitnessVerdict
{
    /// <summary>A gauge beside one that reports a cloudburst must have a fifth of it: rain is torn, but not that torn within an hour.</summary>
    private const double RainShare = 0.2;

    private const double RainMillimetres = 1;

    public static NeighbourVerdict Of(SurroundingsSubject subject, in Reading own, in Reading said, WitnessOptions options)
    {
        if (subject == SurroundingsSubject.Silence)
            return said.TimeMs == 0 ? NeighbourVerdict.Unknown : said.IsSilent ? NeighbourVerdict.Agrees : NeighbourVerdict.Calm;
        if (said.IsSilent) return NeighbourVerdict.Silent;
        if (said.IsDoubtful) return NeighbourVerdict.Doubtful;
        if (subject == SurroundingsSubject.State) return said.Value == own.Value ? NeighbourVerdict.Agrees : NeighbourVerdict.Calm;
        if (said.IsRain && double.IsNaN(said.Value)) return NeighbourVerdict.Unknown;
        if (said.IsRain)
            return said.Value >= RainMillimetres && !(said.Value < RainShare * own.Value) ? NeighbourVerdict.Agrees : NeighbourVerdict.Calm;
        // After a start nobody's change is known for a while: that all are calm would then be said of a flood.
        // Who has next to nothing of what rose here has not risen with it, whatever it had before.
        // Where no spread is known and the sensor itself has not moved, no measure is left of what would be a move.
        var least = double.IsFinite(said.Spread) ? options.Spreads * said.Spread : options.Share * Math.Abs(own.Moved);
        var isMeasured = double.IsFinite(said.Moved) && least > 0;
        if (!isMeasured && !double.IsFinite(said.Departure))
            return subject == SurroundingsSubject.Rise && said.Value < options.Share * own.Value ? NeighbourVerdict.Calm : NeighbourVerdict.Unknown;
        var way = subject == SurroundingsSubject.Rise ? 1 : -1;
        // What moves now tells more than what has stood off for hours.
        var moved = isMeasured ? Way(said.Moved, least) : 0;
        var off = Way(said.Departure, options.Spreads);
        return moved == way || (moved == 0 && off == way) ? NeighbourVerdict.Agrees : moved == -way ? NeighbourVerdict.Opposite : NeighbourVerdict.Calm;
    }

    /// <param name="kind">Of the sensor whose alert it is.</param>
    /// <param name="found">With its neighbours' verdicts.</param>
    /// <param name="isWet">Rain explains that water rises here.</param>
    public static SurroundingsLean LeanOf(SensorKind kind, Surroundings found, bool isWet)
    {
        var witnesses = found.Heard().ToArray();
        var agree = witnesses.Count(n => n.Verdict == NeighbourVerdict.Agrees);
        if (agree > 0 && (2 * agree >= witnesses.Length || (isWet && found.Subject == SurroundingsSubject.Rise))) return SurroundingsLean.Event;
        if (agree > 0 || witnesses.Length < 2) return SurroundingsLean.Undecided;
        if (found.Subject == SurroundingsSubject.Silence) return SurroundingsLean.Instrument;
        // Water on one street need not stand on the next, a fire or an open cover needs no second one, and rain is torn.
        var isShared = HealthMetric.Of(kind) is { Length: > 0 } metrics && !metrics[0].Alone;
        return isShared && found.Subject != SurroundingsSubject.State && !isWet ? SurroundingsLean.Instrument : SurroundingsLean.Undecided;
    }

    private static int Way(double change, double least) => change >= least ? 1 : change <= -least ? -1 : 0;
}
