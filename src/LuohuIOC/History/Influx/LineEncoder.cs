using System.Runtime.CompilerServices;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;

namespace LuohuIOC.History.Influx;

/// <summary>Lines of one request, each with its reading, so that a refused one can be named.</summary>
internal sealed class LineBatch
{
    private readonly List<int> _ends = [];
    private readonly List<Sensor> _sensors = [];
    private readonly List<long> _times = [];

    public LineWriter Writer { get; } = new();

    public int Count => _ends.Count;

    public void EndLine(Sensor sensor, long timeNs)
    {
        Writer.Time(timeNs);
        _ends.Add(Writer.Length);
        _sensors.Add(sensor);
        _times.Add(timeNs);
    }

    public Sensor SensorOf(int line) => _sensors[line];

    public long TimeOf(int line) => _times[line];

    /// <summary>A line with its end.</summary>
    public ReadOnlyMemory<byte> this[int line] => Writer.Written[(line == 0 ? 0 : _ends[line - 1]).._ends[line]];

    public void Clear()
    {
        Writer.Clear();
        _ends.Clear();
        _sensors.Clear();
        _times.Clear();
    }
}

/// <summary>
/// Readings as lines: <c>pipe,sensor=p-1 level=1.25,Quality=0i,Seq=7i 1732233600000000008</c>. What comes again and again (series,
/// field keys) is written once and copied. Used by one thread.
/// </summary>
internal sealed class LineEncoder(Func<int, Sensor> find)
{
    private static readonly byte[] Quality = KeyOf(PointFields.Quality);
    private static readonly byte[] Sequence = KeyOf(PointFields.Sequence);
    private static readonly byte[] DeviceTime = KeyOf(PointFields.DeviceTime);

    private readonly ConditionalWeakTable<MetricLayout, byte[][]> _fieldKeys = [];
    private Series[] _series = [];

    /// <param name="batch">Where the line goes.</param>
    /// <param name="group">Where the reading is.</param>
    /// <param name="reading">Its index there.</param>
    /// <param name="timeNs">Its point.</param>
    public void Add(LineBatch batch, ReadingGroup group, int reading, long timeNs)
    {
        ref readonly var series = ref SeriesOf(group.Sensors[reading]);
        var slots = group.SlotsOf(reading);
        var values = group.ValuesOf(reading);
        var sensor = series.Sensor;
        var keys = series.FieldKeys;
        // A generic sensor has gained a metric since.
        foreach (var slot in slots)
        {
            if (slot < keys.Length) continue;
            sensor = find(sensor.Number);
            keys = KeysOf(sensor.Layout);
            _series[sensor.Number] = series with { Sensor = sensor, FieldKeys = keys };
            break;
        }
        var writer = batch.Writer;
        writer.Series(series.Protocol);
        for (var i = 0; i < slots.Length; i++) writer.Field(keys[slots[i]], values[i]);
        ref readonly var mark = ref group.Marks[reading];
        writer.Field(Quality, (long)mark.Grade);
        if (mark != default) AddMark(writer, sensor.Layout, mark);
        if (group.Sequences[reading] != ReadingGroup.NoSequence) writer.Field(Sequence, group.Sequences[reading]);
        if (PointTime.MsOf(timeNs) != group.DeviceTimes[reading]) writer.Field(DeviceTime, group.DeviceTimes[reading]);
        batch.EndLine(sensor, timeNs);
    }

    private static void AddMark(LineWriter writer, MetricLayout layout, QualityMark mark)
    {
        writer.Field(PointFields.Reason, (long)mark.Reason);
        if (mark.Slots == 0) return;
        var blamed = mark.Slots == ulong.MaxValue
            ? PointFields.All
            : string.Join(',', layout.Names.Where((_, slot) => (mark.Slots >> slot & 1) != 0));
        writer.Field(PointFields.Blamed, blamed);
    }

    private ref readonly Series SeriesOf(int number)
    {
        if (number >= _series.Length) Array.Resize(ref _series, Math.Max(number + 1, Math.Max(1024, _series.Length * 2)));
        if (_series[number].Protocol is null)
        {
            var sensor = find(number);
            var writer = new LineWriter();
            writer.Measurement(KindCatalogue.Of(sensor.Kind).Name);
            writer.Tag(PointFields.Sensor, sensor.Id);
            _series[number] = new Series(sensor, writer.Written.ToArray(), KeysOf(sensor.Layout));
        }
        return ref _series[number];
    }

    /// <summary>One array for all sensors of a layout.</summary>
    private byte[][] KeysOf(MetricLayout layout) => _fieldKeys.GetValue(layout, l => [.. l.Names.Select(KeyOf)]);

    private static byte[] KeyOf(string name)
    {
        var writer = new LineWriter();
        writer.Field(name, 0L);
        // " name=0i" without what stands around the key.
        return writer.Written[1..^2].ToArray();
    }

    private readonly record struct Series(Sensor Sensor, byte[] Protocol, byte[][] FieldKeys);
}
