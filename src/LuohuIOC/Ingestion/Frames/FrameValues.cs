using System.Globalization;
using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Gb26875;
using LuohuIOC.DeviceProtocol.Hj212;
using LuohuIOC.DeviceProtocol.Senml;
using LuohuIOC.DeviceProtocol.Sl651;

namespace LuohuIOC.Ingestion.Frames;

/// <summary>
/// Collects a frame's values as metrics of one sensor and gives them out as readings, one for each time: the values of a series and of
/// elements under several observation times come out of order. One object takes frame after frame.
/// </summary>
internal sealed class FrameValues : ISl651Sink, IHj212Sink, ISenmlSink
{
    // What loggers write when nothing was measured, although the standard has another way to say it.
    private const double Sentinel = 9999.999;

    // Bit 0 of a state says that all is in order, every other bit that something is not.
    private const int NormalBit = 1;

    // Names told of a frame's elements, factors or values that the sensor has no metric for.
    private const int UnusedMax = 8;

    private const ushort SupplyVoltage = 0x38;

    /// <summary>Before the kind of an analogue value of GB/T 26875.3.</summary>
    public const string AnalogueElement = "analogue.";

    private const string FireElement = "state.1";
    private const string ManualAlarmElement = "operation.2";

    private static readonly string[] StateNames = [.. Enumerable.Range(0, 16).Select(bit => $"state.{bit}")];

    private readonly List<Entry> _entries = [];
    private readonly List<States> _states = [];
    private readonly List<(long AtMs, long Component, bool IsOnFire)> _told = [];
    private readonly HashSet<long> _untimed = [];
    private readonly Dictionary<string, string> _fullNames = new(StringComparer.Ordinal);
    private FrameMetrics _metrics = null!;
    private SensorKind _kind;
    private bool _isAmount;
    private int _readings;
    private bool _hasOwn;
    private readonly List<string> _unused = [];
    private readonly List<(RejectionReason Reason, string Name)> _refused = [];

    public void Begin(FrameMetrics metrics, SensorKind kind)
    {
        _metrics = metrics;
        _kind = kind;
        _isAmount = KindCatalogue.Of(kind).Metrics.Any(m => m.Shape == MetricShape.Amount);
        _readings = 0;
        Drop();
    }

    public void Value(ushort element, long unixMs, double value)
    {
        if (value == Sentinel) Missing(element);
        else if (_kind == SensorKind.Generic) Add(unixMs, Encoding.ASCII.GetBytes(FrameMetrics.GenericNameOf(element)), value, true);
        else if (MetricOf(element) is { } metric) Add(unixMs, metric, value, true, Sl651Elements.RainMinutesOf(element));
        // Every report may tell of its station's power and state.
        else if (element is not (SupplyVoltage or Sl651Elements.StationState)) Unused(NameOf(element));
    }

    public void Missing(ushort element) => _hasOwn = _hasOwn || _kind == SensorKind.Generic || MetricOf(element) is not null;

    public void Unknown(scoped ReadOnlySpan<byte> name) => Unused(Encoding.Latin1.GetString(name));

    private FrameMetric? MetricOf(ushort element)
    {
        Span<char> key = stackalloc char[4];
        element.TryFormat(key, out var length, "X2", CultureInfo.InvariantCulture);
        return _metrics.Of(PayloadForm.Sl651, _kind, key[..length]);
    }

    private static string NameOf(ushort element) => element.ToString("X2", CultureInfo.InvariantCulture);

    public void Value(scoped ReadOnlySpan<byte> factor, long unixMs, double value, bool good)
    {
        if (_kind == SensorKind.Generic && FrameMetrics.GenericNameOf(factor) is { } name) Add(unixMs, name, value, good);
        else if (MetricOf(factor) is { } metric) Add(unixMs, metric, value, good);
        else Unused(Encoding.Latin1.GetString(factor));
    }

    public void Missing(scoped ReadOnlySpan<byte> factor) => _hasOwn = _hasOwn || _kind == SensorKind.Generic || MetricOf(factor) is not null;

    private FrameMetric? MetricOf(scoped ReadOnlySpan<byte> factor)
    {
        Span<char> key = stackalloc char[Topic.IdLengthMax];
        if (_kind == SensorKind.Generic || factor.Length > key.Length) return null;
        for (var i = 0; i < factor.Length; i++) key[i] = (char)factor[i];
        return _metrics.Of(PayloadForm.Hj212, _kind, key[..factor.Length]);
    }

    /// <summary>A factor whose value is no number: of several of a packet the first is told. A factor that the sensor has no metric for is passed over as ever.</summary>
    public void NotANumber(scoped ReadOnlySpan<byte> factor, long unixMs)
    {
        var before = _entries.Count;
        Value(factor, unixMs, 0, true);
        if (_entries.Count == before) return;
        _entries.RemoveAt(before);
        Refuse(RejectionReason.ValueNotANumber, Encoding.Latin1.GetString(factor));
    }

    /// <summary>The same for an element of SL 651.</summary>
    public void NotANumber(ushort element, long unixMs)
    {
        var before = _entries.Count;
        Value(element, unixMs, 0);
        if (_entries.Count == before) return;
        _entries.RemoveAt(before);
        Refuse(RejectionReason.ValueNotANumber, NameOf(element));
    }

    /// <summary>
    /// The state of a component of GB/T 26875.3. Those of one time are one state of the sensor: normal when all of them are, on fire, at fault and so
    /// on when any is.
    /// </summary>
    public void State(long unixMs, ushort bits, int named, long component, bool isAtFault)
    {
        // A generic sensor has every bit as it came; a detector whose supply has failed is at fault.
        if (isAtFault && _kind != SensorKind.Generic) bits |= Gb26875State.Fault;
        _told.Add((unixMs, component, (bits & Gb26875State.Fire) != 0));
        var at = _states.FindLastIndex(s => s.AtMs == unixMs);
        if (at < 0)
        {
            _states.Add(new States(unixMs, bits, named));
            return;
        }
        var known = _states[at];
        _states[at] = new States(unixMs, (ushort)(((known.Bits | bits) & ~NormalBit) | (known.Bits & bits & NormalBit)), Math.Max(known.Named, named));
    }

    /// <summary>What is told of this time is told of no time at all: it is the receipt's.</summary>
    public void Untimed(long receivedMs) => _untimed.Add(receivedMs);

    /// <summary>The alarm given by hand at the panel, or taken back there for all of the system.</summary>
    public void ManualAlarm(long unixMs, bool isOn, long component)
    {
        _told.Add((unixMs, component, isOn));
        Value(ManualAlarmElement, unixMs, isOn ? 1 : 0);
    }

    /// <summary>A bit of a state (<c>state.1</c>) or an analogue value (<c>analogue.3</c>) of GB/T 26875.3.</summary>
    public void Value(string element, long unixMs, double value)
    {
        if (_kind == SensorKind.Generic) Add(unixMs, Encoding.ASCII.GetBytes(element.Replace('.', '_')), value, true);
        else if (_metrics.Of(PayloadForm.Gb26875, _kind, element) is { } metric) Add(unixMs, metric, value, true);
        // Whatever the component is registered as, nobody may overlook that it was on fire.
        else if (value != 0 && element is FireElement or ManualAlarmElement) Refuse(RejectionReason.MetricUnknown, element);
        else if (element.StartsWith(AnalogueElement, StringComparison.Ordinal)) Unused(element);
    }

    /// <summary>Something that the sensor has no metric for. It is told when nothing else of the frame is the sensor's: a station sends one report of all its sensors.</summary>
    /// <param name="name">As the protocol spells it.</param>
    public void Unused(string name)
    {
        if (_unused.Count < UnusedMax && !_unused.Contains(name)) _unused.Add(name);
    }

    /// <summary>What is unused is not told.</summary>
    public void OverlookUnused() => _unused.Clear();

    // Of a full name the last part is the metric: pump1/speed and pump2/speed of one sensor would be one, and the second of them is refused.
    void ISenmlSink.Value(string name, string? unit, long unixMs, double value)
    {
        var last = name[(name.LastIndexOfAny([':', '/']) + 1)..];
        var isOther = !_fullNames.TryAdd(last, name) && _fullNames[last] != name;
        var refused = isOther ? RejectionReason.MetricUnknown : InUnit(last, unit, unixMs, value);
        if (refused != RejectionReason.None) Refuse(refused, name);
    }

    // No kind has a metric for what a value adds up to; a generic sensor takes it beside the value.
    void ISenmlSink.Sum(string name, long unixMs, double sum, bool isAlone)
    {
        if (_kind == SensorKind.Generic) ((ISenmlSink)this).Value(name + "_sum", null, unixMs, sum);
        else if (isAlone) Refuse(RejectionReason.MetricUnknown, name + "_sum");
    }

    // A version, a state in words: told where nothing else in the pack is the sensor's.
    void ISenmlSink.Wordy(string name) => Unused(name);

    void ISenmlSink.Refused(RejectionReason reason, string name, int record) => Refuse(reason, $"{name}[{record}]");

    /// <summary>A value under a name that is the metric's own, or that <see cref="FrameMetrics"/> translates; false when the sensor has no such metric.</summary>
    public bool ByName(PayloadForm form, string name, long unixMs, double value)
    {
        if (_kind != SensorKind.Generic && _metrics.Of(form, _kind, name) is { } metric)
        {
            Add(unixMs, metric, value, true);
            return true;
        }
        var bytes = PlainName(name);
        if (_kind == SensorKind.Generic ? !Topic.IsMetricName(bytes) : KindCatalogue.Of(_kind).IndexOf(bytes) < 0) return false;
        Add(unixMs, bytes, value, true);
        return true;
    }

    /// <summary>Something of the payload is not taken: of several for one reason the first is told.</summary>
    public void Refuse(RejectionReason reason, string name)
    {
        if (!_refused.Exists(r => r.Reason == reason)) _refused.Add((reason, name));
    }

    // The record says its unit itself, so that the factor which stands for an unsaid one does not apply.
    private RejectionReason InUnit(string name, string? unit, long unixMs, double value)
    {
        if (_kind == SensorKind.Generic || string.IsNullOrEmpty(unit)) return ByName(PayloadForm.Senml, name, unixMs, value) ? RejectionReason.None : RejectionReason.MetricUnknown;
        var metric = _metrics.Of(PayloadForm.Senml, _kind, name)?.Name ?? PlainName(name);
        var kind = KindCatalogue.Of(_kind);
        var slot = kind.IndexOf(metric);
        if (slot < 0) return RejectionReason.MetricUnknown;
        if (!SenmlUnits.TryConvert(unit, kind.Metrics[slot].Unit, ref value)) return RejectionReason.UnitUnknown;
        Add(unixMs, metric, value, true);
        return RejectionReason.None;
    }

    private static byte[] PlainName(string name) => Encoding.UTF8.GetBytes(name.Replace('-', '_').Replace('.', '_').ToLowerInvariant());

    /// <summary>
    /// Gives out the readings in order of time; not None when there are more of them in the payload than it may hold. Amounts carry no sequence, so that the
    /// same interval, sent in two kinds of report, counts once.
    /// </summary>
    public RejectionReason Give(ref DecodeSink sink, long sequence)
    {
        foreach (var state in _states)
            for (var bit = 0; bit < state.Named; bit++) Value(StateNames[bit], state.AtMs, state.Bits >> bit & 1);
        _entries.Sort(static (a, b) => a.AtMs != b.AtMs ? a.AtMs.CompareTo(b.AtMs) : a.Order.CompareTo(b.Order));
        var index = 0;
        for (var i = 0; i < _entries.Count; index++)
        {
            if (++_readings > TelemetryReader.ReadingsMax) return RejectionReason.TooManyReadings;
            var atMs = _entries[i].AtMs;
            if (atMs is < TelemetryReader.TsMin or >= TelemetryReader.TsMax)
            {
                sink.Refuse(index, RejectionReason.TsOutOfRange);
                while (i < _entries.Count && _entries[i].AtMs == atMs) i++;
                continue;
            }
            sink.BeginReading();
            var from = i;
            for (; i < _entries.Count && _entries[i].AtMs == atMs; i++)
                if (!IsOutranked(from, i)) sink.Value(_entries[i].Metric, _entries[i].Value, _entries[i].Good);
            sink.EndReading(index, atMs, _isAmount ? TelemetryReader.NoSequence : sequence);
            if (_untimed.Contains(atMs)) sink.DoubtTime();
            if (_isAmount && RainMinutes(from, i) is var minutes and not 0) sink.SetRainMinutes(minutes);
            foreach (var (toldMs, component, isOnFire) in _told)
                if (toldMs == atMs) sink.Tell(component, isOnFire);
        }
        if (!_hasOwn && _refused.Count == 0 && _unused.Count > 0) Refuse(RejectionReason.MetricUnknown, string.Join(' ', _unused));
        foreach (var (reason, name) in _refused) sink.RefuseMetric(reason, name);
        Drop();
        return RejectionReason.None;
    }

    // Of the value that counts.
    private int RainMinutes(int from, int to)
    {
        for (var i = from; i < to; i++)
            if (_entries[i].Minutes != 0 && !IsOutranked(from, i)) return _entries[i].Minutes;
        return 0;
    }

    // A river's level and a reservoir's in one frame, for a reservoir: two elements of one metric and time. The nearer one counts; the other is told where it says something else.
    private bool IsOutranked(int from, int at)
    {
        if (_entries[at] is not { Row: { } row } entry) return false;
        for (var i = from; i < _entries.Count && _entries[i].AtMs == entry.AtMs; i++)
        {
            if (_entries[i].Row is not { } other || other.Rank >= row.Rank || !other.Name.AsSpan().SequenceEqual(row.Name)) continue;
            // An hour's rain beside that of five minutes says nothing else.
            if (_entries[i].Value != entry.Value && entry.Minutes == 0) Refuse(RejectionReason.MetricUnknown, row.Element);
            return true;
        }
        return false;
    }

    /// <summary>Forgets what was collected and not given out.</summary>
    public void Drop()
    {
        _entries.Clear();
        _unused.Clear();
        _hasOwn = false;
        _states.Clear();
        _told.Clear();
        _untimed.Clear();
        _fullNames.Clear();
        _refused.Clear();
    }

    private void Add(long unixMs, FrameMetric metric, double value, bool good, int minutes = 0) => Add(unixMs, metric.Name, value * metric.Factor, good, metric, minutes);

    private void Add(long unixMs, byte[] metric, double value, bool good, FrameMetric? row = null, int minutes = 0)
    {
        _hasOwn = true;
        _entries.Add(new Entry(unixMs, metric, value, good, _entries.Count, row, minutes));
    }

    private readonly record struct States(long AtMs, ushort Bits, int Named);

    private readonly record struct Entry(long AtMs, byte[] Metric, double Value, bool Good, int Order, FrameMetric? Row, int Minutes);
}
