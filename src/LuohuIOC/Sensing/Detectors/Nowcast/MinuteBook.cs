using LuohuIOC.Detection.Nowcast;
using LuohuIOC.Ingestion;
using LuohuIOC.Sensing.Rain;

namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>
/// What the stations and gauges said, minute by minute of the devices' clocks, the last <see cref="Kept"/> minutes. It is filled from what the
/// grains show anyway (the latest readings, the gauges' rain), never by them. Bounded by the map: some 120 sensors, 8 KB each, a gauge at
/// most 40 KB. For one thread.
/// </summary>
internal sealed class MinuteBook(LatestBoard latest, RainBoard rain, long minuteMs)
{
    public const int Kept = NowcastFeatures.HistoryMinutes + 1;

    /// <summary>Who has sent nothing new for so many minutes of the server's clock is not asked what minute it is.</summary>
    public const int SilentMinutes = 10;

    private readonly Dictionary<int, LevelMinutes> _levels = [];
    private readonly Dictionary<int, RainMinutes> _rain = [];
    private readonly Dictionary<int, long> _seen = [];
    private readonly Dictionary<int, (long NewestMs, long AtMs)> _heard = [];
    private readonly List<RainReading> _new = [];

    /// <summary>Takes what came since the last call.</summary>
    /// <param name="map">Whom to ask.</param>
    /// <param name="nowMs">By the server's clock.</param>
    public void Take(NowcastMap map, long nowMs)
    {
        foreach (var column in map.Columns)
        {
            if (column.IsRain) TakeRain(column.Sensor);
            else TakeLevel(column);
            var newest = NewestMs(column);
            // What was there at first may be from long before the start.
            if (!_heard.TryGetValue(column.Sensor, out var heard)) _heard[column.Sensor] = (newest, Math.Min(newest, nowMs));
            else if (newest > heard.NewestMs) _heard[column.Sensor] = (newest, nowMs);
        }
    }

    /// <summary>Takes a reading from history; one that is known already changes nothing.</summary>
    public void Learn(MinuteColumn column, long timeMs, long sequence, QualityMark mark, double[] values)
    {
        if (!IsUsable(column.Slot, mark, values)) return;
        if (column.IsRain) Rain(column.Sensor).Observe(timeMs, sequence, values[column.Slot]);
        else Level(column.Sensor).Observe(timeMs, timeMs / minuteMs, values[column.Slot]);
    }

    /// <summary>
    /// The last whole minute: a quarter of the sensors that have said something new of late, by the server's clock, have spoken in a later one. A single
    /// clock that is ahead moves nothing, nor do those that are behind; the silent are not counted, or three dead quarters would stop time for the
    /// living one. −1 when nobody has.
    /// </summary>
    public long LastMinute(NowcastMap map, long nowMs)
    {
        var newest = map.Columns.Where(c => _heard.TryGetValue(c.Sensor, out var heard) && nowMs - heard.AtMs < SilentMinutes * minuteMs)
            .Select(NewestMs).Where(ms => ms > 0).OrderDescending().ToArray();
        return newest.Length == 0 ? -1 : (newest[newest.Length / 4] / minuteMs) - 1;
    }

    /// <summary>The minutes up to this one, columns as in the map; it is the table's minute <c>Count − 1</c>.</summary>
    public MinuteTable TableAt(NowcastMap map, long minute)
    {
        var first = minute - Kept + 1;
        var fallen = new float[map.Columns.Length][];
        for (var c = 0; c < fallen.Length; c++)
            if (map.Columns[c].IsRain) Rain(map.Columns[c].Sensor).Fill(first, fallen[c] = new float[Kept]);
        var table = new MinuteTable(map.Columns.Length, Kept);
        var row = new double[map.Columns.Length];
        for (var t = 0; t < Kept; t++)
        {
            for (var c = 0; c < row.Length; c++) row[c] = fallen[c] is { } mm ? mm[t] : Level(map.Columns[c].Sensor).At(first + t);
            table.Append(row);
        }
        return table;
    }

    /// <summary>How the map's gauges speak at a minute.</summary>
    /// <returns>How many say that it rained and not when, and the pace of the most diligent.</returns>
    public (int Untimed, GaugePace Pace) GaugesAt(NowcastMap map, long minute)
    {
        var (untimed, pace) = (0, GaugePace.Silent);
        foreach (var column in map.GaugeColumns)
        {
            var gauge = Rain(map.Columns[column].Sensor);
            if (gauge.HasUntimedRainAt(minute)) untimed++;
            if (gauge.PaceAt(minute) is var its && its > pace) pace = its;
        }
        return (untimed, pace);
    }

    /// <summary>The station's own latest reading of what is forecast is marked, whatever for.</summary>
    public bool IsDoubtful(MinuteColumn column) =>
        latest[column.Sensor] is not { } reading || (reading.Mark.Grade != QualityGrade.Good && (reading.Mark.Slots >> column.Slot & 1) != 0);

    private long NewestMs(MinuteColumn column) => column.IsRain ? Rain(column.Sensor).NewestMs : Level(column.Sensor).NewestMs;

    private void TakeRain(int gauge)
    {
        _new.Clear();
        _seen[gauge] = rain.ReadingsAfter(gauge, _seen.GetValueOrDefault(gauge), _new);
        // Of a clock that is ahead many count at one time; without a sequence its own times tell them apart.
        foreach (var reading in _new)
            Rain(gauge).Observe(reading.TimeMs, reading.Sequence == ReadingGroup.NoSequence && reading.DeviceMs != reading.TimeMs ? reading.DeviceMs : reading.Sequence, reading.Millimetres);
    }

    private void TakeLevel(MinuteColumn column)
    {
        if (latest[column.Sensor] is not { } reading || !IsUsable(column.Slot, reading.Mark, reading.Values)) return;
        // The level's own time: a probe that is dead beside a battery that reports on must not stand for water that stands still.
        var timeMs = reading.TimeOf(column.Slot);
        Level(column.Sensor).Observe(timeMs, timeMs / minuteMs, reading.Values[column.Slot]);
    }

    internal static bool IsUsable(int slot, QualityMark mark, double[] values) =>
        (uint)slot < (uint)values.Length && double.IsFinite(values[slot]) && !(mark.Grade == QualityGrade.Bad && (mark.Slots >> slot & 1) != 0);

    private LevelMinutes Level(int sensor) => _levels.TryGetValue(sensor, out var known) ? known : _levels[sensor] = new LevelMinutes(Kept);

    private RainMinutes Rain(int gauge) => _rain.TryGetValue(gauge, out var known) ? known : _rain[gauge] = new RainMinutes(minuteMs);
}
