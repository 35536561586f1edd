using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;

namespace LuohuIOC.History.Influx.Meters;

/// <summary>
/// What the host's own instruments say, summed so that it can be asked at any time: counters and the count and sum of histograms since the
/// start, gauges as they are now. At most <see cref="SeriesMax"/> series; what comes beyond is left out and counted.
/// </summary>
internal sealed class MeterSums : IDisposable
{
    public const int SeriesMax = 2_000;

    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Series> _series = new(StringComparer.Ordinal);

    /// <param name="mine">Which instruments are of this host.</param>
    public MeterSums(Func<Instrument, bool> mine)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (mine(instrument)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Series that found no place.</summary>
    public long LeftOut { get; private set; }

    /// <summary>One series as it is now.</summary>
    /// <param name="Instrument">Its name, for example <c>luohu.ingestion.readings</c>.</param>
    /// <param name="Tags">Its labels in their order.</param>
    /// <param name="Value">Sum since the start of a counter or histogram; a gauge's last.</param>
    /// <param name="Count">A histogram's count, null for all others.</param>
    public readonly record struct Point(string Instrument, KeyValuePair<string, string>[] Tags, double Value, long? Count);

    public List<Point> Read()
    {
        lock (_gate)
            foreach (var series in _series.Values)
                if (series.IsObserved) series.Seen = false;
        _listener.RecordObservableInstruments();
        lock (_gate)
            return [.. _series.Values.Where(s => s.Seen).Select(s => new Point(s.Instrument, s.Tags, s.Value, s.IsHistogram ? s.Count : null))];
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_gate)
        {
            var key = KeyOf(instrument, tags);
            ref var series = ref CollectionsMarshal.GetValueRefOrAddDefault(_series, key, out var known);
            if (!known)
            {
                if (_series.Count > SeriesMax)
                {
                    _series.Remove(key);
                    LeftOut++;
                    return;
                }
                series = new Series(instrument, tags);
            }
            series!.Add(value);
        }
    }

    private static string KeyOf(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = instrument.Name;
        foreach (var tag in tags) key += $"\n{tag.Key}\r{tag.Value}";
        return key;
    }

    private sealed class Series
    {
        private readonly bool _adds;

        public Series(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            Instrument = instrument.Name;
            IsObserved = instrument.IsObservable;
            var type = instrument.GetType().GetGenericTypeDefinition();
            IsHistogram = type == typeof(Histogram<>);
            _adds = !IsObserved && type != typeof(Gauge<>);
            var labels = new List<KeyValuePair<string, string>>();
            foreach (var tag in tags)
                if (tag.Value?.ToString() is { Length: > 0 } text) labels.Add(new(tag.Key, text));
            labels.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
            Tags = [.. labels];
        }

        public string Instrument { get; }

        public KeyValuePair<string, string>[] Tags { get; }

        public bool IsObserved { get; }

        public bool IsHistogram { get; }

        public double Value { get; private set; }

        public long Count { get; private set; }

        /// <summary>False for a gauge's series that no longer comes.</summary>
        public bool Seen { get; set; } = true;

        public void Add(double value)
        {
            Value = _adds ? Value + value : value;
            Count++;
            Seen = true;
        }
    }
}
