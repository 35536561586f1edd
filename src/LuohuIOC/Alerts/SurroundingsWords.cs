using System.Globalization;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Texts;

namespace LuohuIOC.Alerts;

/// <summary>What stood around an alert, in words that a duty officer can act on.</summary>
internal static class SurroundingsWords
{
    /// <summary>Below, a gauge's hour counts as dry: one or two tips of a bucket.</summary>
    private const double DryMillimetres = 0.5;

    // People who read these live eight hours ahead of UTC.
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    private static readonly string[] Waters =
        [.. new[] { SensorKind.Waterlogging, SensorKind.Outfall, SensorKind.Pipe, SensorKind.River, SensorKind.Reservoir, SensorKind.Tide }.Select(k => KindCatalogue.Of(k).Name)];

    public static string Of(SurroundingsLean lean) => lean switch
    {
        SurroundingsLean.Event => "event",
        SurroundingsLean.Instrument => "instrument",
        _ => "undecided",
    };

    public static string Of(NeighbourSide side) => side switch
    {
        NeighbourSide.Upstream => "upstream",
        NeighbourSide.Downstream => "downstream",
        _ => "near",
    };

    public static string Of(NeighbourVerdict verdict) => verdict switch
    {
        NeighbourVerdict.Agrees => "agrees",
        NeighbourVerdict.Opposite => "opposite",
        NeighbourVerdict.Silent => "silent",
        NeighbourVerdict.Doubtful => "doubtful",
        NeighbourVerdict.Unknown => "unknown",
        _ => "calm",
    };

    /// <summary>For example "相邻 4 站中 3 站同步上升；下游未见变化；近 1 小时周边最大雨量 23 mm。更可能是真实水情，而非仪器问题。" Null where neighbours say nothing of such an alert.</summary>
    public static string? Summary(string language, string kind, Surroundings found)
    {
        if (found.Subject is not { } subject) return null;
        var parts = new List<string> { Side(language, found, NeighbourSide.Near) ?? TextBook.Get(language, "surroundings.near.nobody") };
        if (subject != SurroundingsSubject.Silence)
        {
            if (Side(language, found, NeighbourSide.Upstream) is { } above) parts.Add(above);
            if (Side(language, found, NeighbourSide.Downstream) is { } below) parts.Add(below);
            if (found.Rain is { } rain) parts.Add(Rain(language, rain));
            if (found.Foretold is { } foretold) parts.Add(Foretold(language, kind, foretold));
        }
        return TextBook.Get(language, "surroundings.summary", string.Join(TextBook.Get(language, "evidence.comma"), parts), Lean(language, kind, found));
    }

    public static string Verdict(string language, SurroundingsSubject? subject, NeighbourVerdict verdict)
    {
        var isSilence = subject == SurroundingsSubject.Silence;
        return TextBook.Get(language, verdict switch
        {
            NeighbourVerdict.Agrees => $"surroundings.agrees.{Word(subject)}",
            NeighbourVerdict.Calm when isSilence => "surroundings.reports",
            _ => $"surroundings.{Of(verdict)}",
        });
    }

    public static string Last(string language, string kind, string metric, LastEpisode last)
    {
        var lasted = EvidenceWords.Lasting(language, last.EndedAt - last.RaisedAt);
        var peak = last.Peak is { } value && metric.Length > 0 && Figures.Unit(kind, metric) != "1"
            ? TextBook.Get(language, "surroundings.last.peak", Figures.Of(language, kind, metric, value)) : "";
        var closed = last.ClosedBy == Alert.System ? TextBook.Get(language, "surroundings.last.itself") : TextBook.Get(language, "surroundings.last.by", last.ClosedBy);
        var verdict = TextBook.Get(language, last.Verdict switch
        {
            AlertVerdict.True => "surroundings.last.true",
            AlertVerdict.False => "surroundings.last.false",
            _ => "surroundings.last.unmarked",
        });
        var comment = string.IsNullOrWhiteSpace(last.Comment) ? "" : TextBook.Get(language, "surroundings.last.comment", last.Comment);
        return TextBook.Get(
            language, "surroundings.last", last.RaisedAt.ToOffset(Shanghai).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), AlertWords.Rule(language, last.Rule),
            TextBook.Get(language, $"surroundings.severity.{AlertWords.Of(last.Worst)}"), lasted, peak, closed, verdict, comment);
    }

    public static string Rain(string language, RainNear rain) => rain.HourMillimetres is not { } hour
        ? rain.Gauges == 0 ? TextBook.Get(language, "surroundings.rain.unknown")
            : rain.UndrainedMillimetres >= DryMillimetres ? TextBook.Get(language, "surroundings.rain.partly-left", Math.Round(rain.UndrainedMillimetres.Value, 1))
            : TextBook.Get(language, "surroundings.rain.partly")
        : hour >= DryMillimetres ? TextBook.Get(language, "surroundings.rain.fell", Math.Round(hour, 1))
        : rain.UndrainedMillimetres >= DryMillimetres ? TextBook.Get(language, "surroundings.rain.left", Math.Round(rain.UndrainedMillimetres!.Value, 1))
        : TextBook.Get(language, "surroundings.rain.none");

    private static string Foretold(string language, string kind, Foretold foretold) => TextBook.Get(
        language, foretold.Value > foretold.High ? "surroundings.foretold.above" : foretold.Value < foretold.Low ? "surroundings.foretold.below" : "surroundings.foretold.inside",
        foretold.Minutes, Figures.Of(language, kind, WaterOf(kind), foretold.Expected), Figures.Between(language, kind, WaterOf(kind), foretold.Low, foretold.High),
        Figures.Of(language, kind, WaterOf(kind), foretold.Value));

    // What is forecast of a kind.
    private static string WaterOf(string kind) => Figures.Unit(kind, "depth").Length > 0 ? "depth" : "level";

    private static string Lean(string language, string kind, Surroundings found) => TextBook.Get(language, (found.Lean, found.Subject) switch
    {
        (SurroundingsLean.Event, SurroundingsSubject.Silence) => "surroundings.event.silence",
        (SurroundingsLean.Event, _) => Array.IndexOf(Waters, kind) >= 0 ? "surroundings.event.water" : "surroundings.event.other",
        (SurroundingsLean.Instrument, SurroundingsSubject.Silence) => "surroundings.instrument.silence",
        (SurroundingsLean.Instrument, _) => "surroundings.instrument",
        (_, SurroundingsSubject.State) => "surroundings.undecided.state",
        _ => "surroundings.undecided",
    });

    private static string? Side(string language, Surroundings found, NeighbourSide side)
    {
        var there = found.Neighbours.Count(n => n.Side == side);
        if (there == 0) return null;
        var (place, word) = (Of(side), Word(found.Subject));
        var heard = found.Heard().Where(n => n.Side == side).ToArray();
        // They send, and what they sent does not reach far enough back.
        if (heard.Length == 0) return TextBook.Get(language, $"surroundings.{place}.{(found.Neighbours.Any(n => n.Side == side && n.Verdict == NeighbourVerdict.Unknown) ? "short" : "mute")}");
        var agree = heard.Count(n => n.Verdict == NeighbourVerdict.Agrees);
        var share = agree == 0 ? "none" : agree == heard.Length ? "all" : "some";
        // No language says "all" of one.
        if (heard.Length == 1 && side == NeighbourSide.Near) share = agree == 1 ? "one" : "not-one";
        return TextBook.Get(language, $"surroundings.{place}.{share}.{word}", heard.Length, agree);
    }

    private static string Word(SurroundingsSubject? subject) => subject switch
    {
        SurroundingsSubject.Rise => "rise",
        SurroundingsSubject.Fall => "fall",
        SurroundingsSubject.Silence => "silence",
        _ => "state",
    };
}
