using System.Text.Json;
using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using LuohuIOC.Sensing.Detectors.Nowcast;
using LuohuIOC.Sensing.Health;

namespace LuohuIOC.Sensing.Witnesses;

/// <summary>Asks the neighbours of a sensor about its alert. Reads boards alone; knows no grain and no queue.</summary>
internal sealed class WitnessLook(
    SensorRegistry registry, LatestBoard latest, TrendBook trends, HealthWatch health, RainNearby rain, NowcastBoard nowcasts, RuleBook rules, WitnessOptions options) : IWitnesses
{
    // Nothing near says anything of a battery, nor of a device's own fault signal.
    private static readonly string[] Alone = ["battery", "fault", "signal"];

    private readonly WitnessPeers _peers = new(registry, options);

    public Surroundings Look(AlertView alert, LastEpisode? last, DateTimeOffset at)
    {
        var nowMs = at.ToUnixTimeMilliseconds();
        // A sensor's fault was found by holding it against its neighbours: that they move and it does not proves the fault, and no event. What sends rubbish is its own fault, too.
        if (!registry.TryFind(alert.SensorId, out var sensor) || Alone.Contains(alert.Metric) || alert.Rule == HealthMarks.FaultRule || alert.IsUnusable())
            return new Surroundings(at, null, SurroundingsLean.Undecided, TrendBook.Minutes, null, null, [], null, last);
        var own = Read(sensor, alert.Metric, nowMs);
        var subject = SubjectOf(sensor, alert, own);
        // A fire signal may be over when it is looked at: the neighbours are asked for the state that was told.
        if (subject == SurroundingsSubject.State && alert.ValueTold() is { } state) own = own with { Value = state };
        var neighbours = _peers.Of(sensor, nowMs).Select(w => Ask(w, alert.Metric, subject, own, nowMs)).ToArray();
        var around = rain.Of(sensor, nowMs);
        var found = new Surroundings(
            at, subject, SurroundingsLean.Undecided, TrendBook.Minutes, Rounded(own.Moved), Rounded(own.Departure), neighbours, subject == SurroundingsSubject.Silence ? null : around, last, ForetoldOf(sensor, alert.Metric, own.Value));
        return found with { Lean = WitnessVerdict.LeanOf(sensor.Kind, found, rain.IsWet(sensor.Kind, around)) };
    }

    // What was forecast for the last whole minute, beside the reading that raised: that is newer.
    private Foretold? ForetoldOf(Sensor sensor, string metric, double value) =>
        metric == NowcastMap.MetricOf(sensor.Kind) && double.IsFinite(value) && nowcasts.Of(sensor.Number)?.Residual is { } residual
            ? new Foretold(residual.Minutes, Math.Round(residual.Expected, 3), Math.Round(residual.Low, 3), Math.Round(residual.High, 3), Math.Round(value, 3)) : null;

    private SurroundingsSubject SubjectOf(Sensor sensor, AlertView alert, Reading own)
    {
        if (alert.Metric.Length == 0) return SurroundingsSubject.Silence;
        if (own.IsState) return SurroundingsSubject.State;
        if (WayForetold(alert) is { } foretold) return foretold;
        var rule = rules.Explain(sensor).Select(r => r.Rule).FirstOrDefault(r => r.Id == alert.Rule);
        if (rule is Rules.LadderRule { Absolute: false, When: var when }) return when is Rules.Comparison.AtLeast or Rules.Comparison.Above ? SurroundingsSubject.Rise : SurroundingsSubject.Fall;
        if (rule is Rules.RiseRule or Rules.AccumulationRule) return SurroundingsSubject.Rise;
        var off = ExpectedOf(alert) is { } expected && alert.ValueTold() is { } value ? value - expected : double.IsFinite(own.Departure) ? own.Departure : own.Moved;
        return off < 0 ? SurroundingsSubject.Fall : SurroundingsSubject.Rise;
    }

    private Neighbour Ask(Witness witness, string metric, SurroundingsSubject subject, Reading own, long nowMs)
    {
        var (sensor, side, metres) = witness;
        var asked = metric.Length == 0 ? "" : MetricOf(sensor, metric);
        var said = Read(sensor, asked, nowMs);
        var verdict = WitnessVerdict.Of(subject, own, said, options);
        return new Neighbour(
            sensor.Id, sensor.Name, KindCatalogue.Of(sensor.Kind).Name, side, metres, asked, Rounded(said.Value), Rounded(said.Moved), Rounded(said.Departure),
            said.TimeMs > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(said.TimeMs) : null, verdict);
    }

    private Reading Read(Sensor sensor, string metric, long nowMs)
    {
        var reading = latest[sensor.Number];
        var definition = KindCatalogue.Of(sensor.Kind);
        var slot = SlotOf(sensor, metric);
        var isState = slot >= 0 && slot < definition.Metrics.Count && definition.Metrics[slot].Shape == MetricShape.State;
        // A state holds until another comes; a level that is sent no more is as silent as a device that sends nothing.
        var timeMs = reading is null ? 0 : slot < 0 || isState ? reading.TimeMs : reading.TimeOf(slot);
        var isSilent = reading is null || reading.Mark.Reason == QualityReason.Stale || nowMs - timeMs > definition.Silence.TotalMilliseconds;
        if (reading is null || slot < 0) return new Reading(double.NaN, double.NaN, double.NaN, double.NaN, timeMs, isSilent, metric.Length > 0, false, false);
        var value = TrendBook.Value(reading, slot);
        if (sensor.Kind == SensorKind.RainGauge && metric == RainNearby.Metric)
            return new Reading(rain.HourAt(sensor.Number, nowMs), double.NaN, double.NaN, double.NaN, timeMs, isSilent, !double.IsFinite(value), false, true);
        var (departure, spread, isFaulty) = health.LookAt(sensor, metric, timeMs, value);
        return new Reading(value, isState ? double.NaN : trends.Moved(sensor.Number, slot, reading), departure, spread, timeMs, isSilent, isFaulty || !double.IsFinite(value), isState, false);
    }

    /// <summary>The alert's own metric where the other kind has it, else what that kind is looked at for.</summary>
    private static string MetricOf(Sensor sensor, string metric)
    {
        if (SlotOf(sensor, metric) >= 0) return metric;
        return HealthMetric.Of(sensor.Kind) is [var first, ..] ? first.Name : SlotOf(sensor, "level") >= 0 ? "level" : sensor.Layout.Names.Count > 0 ? sensor.Layout.Names[0] : metric;
    }

    private static int SlotOf(Sensor sensor, string metric)
    {
        for (var slot = 0; slot < sensor.Layout.Names.Count; slot++)
            if (sensor.Layout.Names[slot] == metric) return slot;
        return -1;
    }

    // A forecast is of water that will rise; what a forecast does not explain goes the way of its factor.
    private static SurroundingsSubject? WayForetold(AlertView alert)
    {
        if (alert.Evidence is null || !alert.Rule.StartsWith("nowcast", StringComparison.Ordinal)) return null;
        using var json = JsonDocument.Parse(alert.Evidence);
        var isBelow = json.RootElement.TryGetProperty("residual", out var residual) && residual.TryGetProperty("factor", out var factor) && factor.GetDouble() < 0;
        return isBelow ? SurroundingsSubject.Fall : SurroundingsSubject.Rise;
    }

    private static double? ExpectedOf(AlertView alert)
    {
        if (alert.Evidence is null) return null;
        using var json = JsonDocument.Parse(alert.Evidence);
        if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("expected", out var expected)) return null;
        if (expected.ValueKind == JsonValueKind.Object && !expected.TryGetProperty(alert.Metric, out expected)) return null;
        return expected.ValueKind == JsonValueKind.Number ? expected.GetDouble() : null;
    }

    private static double? Rounded(double value) => double.IsFinite(value) ? Math.Round(value, 3) : null;
}
