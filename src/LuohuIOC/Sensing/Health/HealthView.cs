using LuohuIOC.Detection.Health;
using LuohuIOC.Registry;
using LuohuIOC.Texts;

namespace LuohuIOC.Sensing.Health;

/// <summary>What the watch over all sensors knows of one: how far it is from its own habit, how far its neighbours are from theirs, its battery.</summary>
/// <param name="SensorId">The sensor.</param>
/// <param name="LookedAt">The last look; null before the first since the start.</param>
/// <param name="State">
/// <c>learning</c>, <c>well</c>, <c>uncompared</c> (its habit is known, and for a day fewer than two neighbours had readings beside its own), <c>suspected</c> or
/// <c>faulty</c>; the worst of its metrics and its battery.
/// </param>
/// <param name="Text">The same as a sentence.</param>
/// <param name="Metrics">Those that are compared; empty for kinds whose battery alone is watched.</param>
/// <param name="Neighbours">Ids of the sensors of its kind that it is compared with, nearest first.</param>
/// <param name="Battery">Null for sensors without one.</param>
public sealed record HealthView(
    string SensorId, DateTimeOffset? LookedAt, string State, string Text, IReadOnlyList<MetricHealthView> Metrics, IReadOnlyList<string> Neighbours, BatteryHealthView? Battery)
{
    private const long ComparedWithinMs = 24 * 3_600_000L;

    internal static HealthView Of(Sensor sensor, SensorHealth health, string[] neighbours, long lookedMs, HealthOptions options, string language)
    {
        var metrics = health.Metrics.Select(m => MetricHealthView.Of(m, lookedMs)).ToArray();
        var battery = BatteryHealthView.Of(health.Battery, options);
        var faulty = metrics.FirstOrDefault(m => m.Fault != "none");
        var suspected = metrics.FirstOrDefault(m => m.SuspectedSince is not null);
        var state = faulty is not null || battery is { RunsOut: true } ? "faulty" : suspected is not null ? "suspected"
            : metrics.Length == 0 ? "well" : health.Metrics.All(m => !m.Season.IsWarm) ? "learning"
            : health.Metrics.All(m => lookedMs - m.Judge.ComparedMs > ComparedWithinMs) ? "uncompared" : "well";
        var far = state == "well" ? metrics.FirstOrDefault(m => Math.Abs(m.Departure ?? 0) >= PeerJudge.Near) : null;
        var witnesses = WitnessesOf(health, (faulty ?? suspected ?? far)?.Metric);
        var said = far is not null ? FarText(far) : state == "well" && witnesses == 0 ? "well-before" : state;
        if (witnesses == 0) witnesses = neighbours.Length;
        var text = faulty is not null ? TextBook.Get(language, $"health.{faulty.Fault}", TextBook.Get(language, $"metric.{faulty.Metric}"), faulty.Departure, faulty.NeighboursDeparture, witnesses)
            : battery is { RunsOut: true } ? TextBook.Get(language, "health.battery", Math.Round(battery.DaysLeft ?? 0))
            : metrics.Length == 0 ? TextBook.Get(language, "health.battery-alone")
            : TextBook.Get(
                language, $"health.{said}", (suspected ?? far) is { } named ? TextBook.Get(language, $"metric.{named.Metric}") : null,
                (suspected ?? far)?.Departure, (suspected ?? far)?.NeighboursDeparture, witnesses);
        return new HealthView(sensor.Id, Time(lookedMs), state, text, metrics, neighbours, battery);
    }

    // How many were compared last: not all of them need have sent. 0 since the start.
    private static int WitnessesOf(SensorHealth health, string? metric) =>
        health.Metrics.Where(m => metric is null || m.Metric.Name == metric).Select(m => m.Witnesses).DefaultIfEmpty().Max();

    private static string FarText(MetricHealthView far) =>
        far.NeighboursDeparture is not { } neighbours ? "far-alone" : Math.Abs(neighbours) > PeerJudge.Calm && neighbours * far.Departure > 0 ? "far" : "far-only";

    internal static DateTimeOffset? Time(long ms) => ms <= 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(ms);
}

/// <param name="Metric">Wire name.</param>
/// <param name="Value">At the last look, in the metric's unit; null when it said nothing new.</param>
/// <param name="Expected">Usual at this hour, same unit; null while the season is being learned.</param>
/// <param name="Departure">Difference of the two in the sensor's usual spreads.</param>
/// <param name="NeighboursDeparture">The median of the same at its neighbours; null with fewer than two alive.</param>
/// <param name="Difference">Own less the neighbours', smoothed over an hour.</param>
/// <param name="Fault"><c>none</c>, <c>drift</c>, <c>bias</c> or <c>deaf</c>.</param>
/// <param name="SuspectedSince">Since when it has been far off, whether it is called a fault yet or not.</param>
public sealed record MetricHealthView(
    string Metric, double? Value, double? Expected, double? Departure, double? NeighboursDeparture, double Difference, string Fault, DateTimeOffset? SuspectedSince)
{
    internal static MetricHealthView Of(MetricHealth metric, long lookedMs) => new(
        metric.Metric.Name, Rounded(metric.Value), Rounded(metric.Season.ExpectedAt(lookedMs)), Rounded(metric.Departure), Rounded(metric.PeersDeparture),
        Math.Round(metric.Judge.Difference, 2), HealthMarks.NameOf(metric.Judge.Fault), HealthView.Time(metric.Judge.SuspectedMs));

    private static double? Rounded(double value) => double.IsFinite(value) ? Math.Round(value, 3) : null;
}

/// <param name="PerDay">Points a day, negative while it discharges; null while less than three days are known.</param>
/// <param name="DaysLeft">Until devices fall silent, if it goes on so; null when it does not fall.</param>
/// <param name="RunsOut">Within the days that are told.</param>
public sealed record BatteryHealthView(double? PerDay, double? DaysLeft, bool RunsOut)
{
    internal static BatteryHealthView Of(BatteryTrend battery, HealthOptions options)
    {
        var (slope, days) = (battery.SlopePerDay, battery.DaysTo(options.BatteryEmpty));
        return new BatteryHealthView(double.IsFinite(slope) ? Math.Round(slope, 3) : null, double.IsFinite(days) ? Math.Round(days, 1) : null, days <= options.BatteryDays);
    }
}
