using LuohuIOC.Detection.Health;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Health;

/// <summary>
/// One look at every sensor's latest reading. First each metric's departure from its own season, then each against its neighbours'. Two
/// passes over the registry without a query: about a microsecond a compared metric.
/// </summary>
internal sealed class HealthRound(SensorRegistry registry, LatestBoard latest, HealthBoard board, HealthOptions options)
{
    private static readonly int[] BatterySlots = [.. KindCatalogue.All.Select(SlotOfBattery)];

    private readonly HealthPeers _peers = new(registry, options);
    private readonly Dictionary<int, SensorHealth> _sensors = [];

    /// <summary>Everything that is remembered, by sensor number.</summary>
    public IEnumerable<(int Number, SensorHealth Health)> Sensors => _sensors.Select(s => (s.Key, s.Value));

    public SensorHealth Of(Sensor sensor)
    {
        if (!_sensors.TryGetValue(sensor.Number, out var health)) _sensors[sensor.Number] = health = new SensorHealth(HealthMetric.Of(sensor.Kind));
        return health;
    }

    /// <summary>What is remembered of a sensor, and the numbers of those it is compared with; null for kinds that are not watched. For the watch's thread or under its lock.</summary>
    public (SensorHealth Health, int[] Peers)? Find(Sensor sensor)
    {
        if (HealthMetric.Of(sensor.Kind).Length == 0 && BatterySlots[(int)sensor.Kind] < 0) return null;
        var health = Of(sensor);
        return (health, health.Metrics.Length == 0 ? [] : _peers.Of(sensor).Same);
    }

    /// <summary>
    /// How a sensor at fault reads now is how it shall read: it was mounted anew, or its water is another. Its season begins again. False when it is at no fault.
    /// </summary>
    public bool LearnAnew(Sensor sensor)
    {
        if (!_sensors.TryGetValue(sensor.Number, out var health)) return false;
        var faulty = 0;
        for (var i = 0; i < health.Metrics.Length; i++)
        {
            if (health.Metrics[i].Judge.Fault == SensorFault.None) continue;
            health.Metrics[i] = new MetricHealth(health.Metrics[i].Metric);
            faulty++;
        }
        return faulty > 0;
    }

    /// <summary>Takes the readings and puts what follows from them on the board.</summary>
    public void Look(long nowMs)
    {
        _peers.MoveTo(nowMs);
        for (var number = 0; number < registry.Count; number++)
            if (registry[number] is var sensor && !sensor.IsRetired(nowMs)) Take(sensor, nowMs);
        foreach (var (number, health) in _sensors) Judge(registry[number], health, nowMs);
    }

    private void Take(Sensor sensor, long nowMs)
    {
        var reading = latest[sensor.Number];
        if (HealthMetric.Of(sensor.Kind).Length == 0 && BatterySlots[(int)sensor.Kind] < 0) return;
        var health = Of(sensor);
        foreach (var metric in health.Metrics) metric.Departure = double.NaN;
        if (reading is null || reading.TimeMs <= health.LastMs || nowMs - reading.TimeMs > options.Stale.TotalMilliseconds) return;
        var before = health.LastMs;
        health.LastMs = reading.TimeMs;
        var battery = BatterySlots[(int)sensor.Kind];
        if (battery >= 0 && battery < reading.Values.Length && IsNew(battery)) health.Battery.Observe(reading.TimeOf(battery), reading.Values[battery]);
        foreach (var metric in health.Metrics)
        {
            var slot = metric.Metric.Slot;
            // A mark of this watch must not blind it: only what the reading itself shows counts.
            var isBad = reading.Mark.Grade == QualityGrade.Bad && (reading.Mark.Slots >> slot & 1) != 0;
            if (isBad || slot >= reading.Values.Length || !double.IsFinite(reading.Values[slot]) || !IsNew(slot)) continue;
            metric.Value = reading.Values[slot];
            metric.Tell(reading.TimeOf(slot), metric.Season.Departure(reading.TimeOf(slot), metric.Value));
            // What calm neighbours do not share may be a drift: if it taught how far the sensor usually strays, a slow one would never be far enough off.
            if (!metric.Judge.IsSuspected) metric.Season.Learn(reading.TimeOf(slot), metric.Value, widens: Math.Abs(metric.Judge.Difference) < PeerJudge.Near);
        }

        // What other metrics bring is no news of this one.
        bool IsNew(int slot) => reading.TimeOf(slot) is var timeMs && timeMs > before && nowMs - timeMs <= options.Stale.TotalMilliseconds;
    }

    private void Judge(Sensor sensor, SensorHealth health, long nowMs)
    {
        FaultNotice? worst = null;
        foreach (var metric in health.Metrics)
        {
            var peers = _peers.Of(sensor);
            var median = MedianOf(peers.Same, metric.Metric.Name, nowMs, out var witnesses);
            metric.TellPeers(median, witnesses);
            metric.Judge.Look(nowMs, metric.Departure, median, FurthestOf(peers.Linked, nowMs), metric.Value, metric.Season.Spread);
            if (metric.Judge.Fault == SensorFault.None || (worst is not null && worst.SinceMs <= metric.Judge.SinceMs)) continue;
            // The grain tells it with its next reading, an hour later perhaps: what the last one showed, and not that this look had none.
            worst = new FaultNotice(
                metric.Judge.Fault, metric.Metric.Slot, metric.Judge.SinceMs, metric.Value, metric.Season.ExpectedAt(metric.ToldMs > 0 ? metric.ToldMs : nowMs), metric.Told, metric.PeersTold,
                WitnessesOf(peers.Same, metric.Metric.Name, nowMs));
        }
        var days = health.Battery.DaysTo(options.BatteryEmpty);
        var slot = BatterySlots[(int)sensor.Kind];
        // Right after a start no reading has come yet, and the trend stands all the same.
        var charge = latest[sensor.Number] is { } reading && slot < reading.Values.Length ? reading.Values[slot] : double.NaN;
        var battery = slot >= 0 && days <= options.BatteryDays ? new BatteryNotice(charge, health.Battery.SlopePerDay, days) : null;
        board.Set(sensor.Number, worst is null && battery is null ? null : new HealthNotice(worst, battery));
    }

    private double MedianOf(int[] numbers, string metric, long nowMs, out int alive)
    {
        Span<double> departures = stackalloc double[numbers.Length];
        alive = 0;
        foreach (var number in numbers)
            if (_sensors.TryGetValue(number, out var health) && DepartureOf(health, metric, nowMs) is var departure && double.IsFinite(departure))
                departures[alive++] = departure;
        if (alive < 2) return double.NaN;
        departures = departures[..alive];
        departures.Sort();
        return alive % 2 == 1 ? departures[alive / 2] : (departures[(alive / 2) - 1] + departures[alive / 2]) / 2;
    }

    // Whoever has never sent, or is at fault itself, was not asked. When all are silent by now, those that were are not known any more.
    private string[] WitnessesOf(int[] numbers, string metric, long nowMs)
    {
        var alive = numbers.Where(number => _sensors.TryGetValue(number, out var health) && double.IsFinite(DepartureOf(health, metric, nowMs))).ToArray();
        return [.. (alive.Length < 2 ? numbers : alive).Select(number => registry[number].Id)];
    }

    /// <summary>A neighbour that is itself at fault is no witness.</summary>
    private double DepartureOf(SensorHealth health, string metric, long nowMs)
    {
        foreach (var one in health.Metrics)
            if (one.Metric.Name == metric) return one.Judge.Fault == SensorFault.None ? one.WitnessAt(nowMs, options.Stale) : double.NaN;
        return double.NaN;
    }

    private double FurthestOf(int[] numbers, long nowMs)
    {
        var furthest = 0.0;
        foreach (var number in numbers)
            if (_sensors.TryGetValue(number, out var health) && health.Metrics is [{ Judge.Fault: SensorFault.None } first, ..]
                && first.WitnessAt(nowMs, options.Stale) is var departure && Math.Abs(departure) > Math.Abs(furthest))
                furthest = departure;
        return furthest;
    }

    private static int SlotOfBattery(KindDefinition kind)
    {
        for (var slot = 0; slot < kind.Metrics.Count; slot++)
            if (kind.Metrics[slot].Name == "battery") return slot;
        return -1;
    }
}
