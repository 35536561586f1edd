using System.Buffers;
using System.Collections.Concurrent;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Faults;
using LuohuIOC.Simulator.Stations;
using LuohuIOC.Simulator.Wire;

namespace LuohuIOC.Simulator.City;

/// <summary>
/// The city in real time: the physics runs at its speed, every sensor's clock is the real one, and what is due goes out through the
/// sensor's gateway, many readings a message. One task runs it; only the commands that come in are from elsewhere.
/// </summary>
public sealed class CityRun
{
    private const int ReadingsPerMessageMax = 100;
    private static readonly TimeSpan DrainWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly CityModel _model;
    private readonly ReportSchedule _schedule;
    private readonly TimeProvider _clock;
    private readonly double _speed;
    private readonly FaultPlan? _faults;
    private readonly FaultyReading _spoiler;
    private readonly FaultLabels? _labels;
    private readonly Dictionary<string, GatewayLink> _links;
    private readonly Dictionary<string, int> _indexById;
    private readonly Dictionary<string, Batch> _batches = [];
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly long[] _sequence;
    private readonly double[] _values = new double[KindCatalogue.All.Max(k => k.Metrics.Count)];
    private int _faulty;

    public CityRun(CityModel model, ReportSchedule schedule, double speed, int seed, FaultPlan? faults, FaultLabels? labels, TimeProvider clock,
        Func<string, Action<string>, GatewayLink> link)
    {
        (_model, _schedule, _speed, _faults, _labels, _clock) = (model, schedule, speed, faults, labels, clock);
        _spoiler = new FaultyReading(seed);
        _sequence = new long[model.Sensors.Count];
        _indexById = model.Sensors.Select((s, i) => (s.Id, i)).ToDictionary(s => s.Id, s => s.i);
        _links = model.Sensors.Select(s => s.Gateway).Distinct().ToDictionary(g => g, g => link(g, _asked.Enqueue));
        foreach (var gateway in _links.Keys) _batches[gateway] = new Batch();
    }

    /// <summary>Sensors that speak a national protocol instead of the contract's JSON.</summary>
    public StationFleet? Stations { get; init; }

    public CityProgress Progress => new(
        _model.Local, _model.Elapsed, _model.RainIntensity, _model.TideMetres, _model.FloodedPoints, _model.Crossings.Count, _model.Fires.Count, _faulty,
        _links.Count, _links.Values.Count(l => l.Connected), _links.Values.Sum(l => l.Offered), _links.Values.Sum(l => l.Acknowledged),
        _links.Values.Sum(l => l.AcknowledgedReadings), _links.Values.Sum(l => l.Refused), _links.Values.Sum(l => l.Dropped),
        _links.Values.FirstOrDefault(l => !l.Connected)?.Trouble);

    /// <summary>Runs until stopped; then the gateways say offline and leave.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        Task[] links = [.. _links.Values.Select(l => l.RunAsync(stop))];
        using var drained = new CancellationTokenSource();
        var stations = Stations?.RunAsync(drained.Token) ?? Task.CompletedTask;
        using var timer = new PeriodicTimer(Tick, _clock);
        var started = _clock.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                _model.AdvanceTo(_clock.GetElapsedTime(started) * _speed);
                ReportDue(_clock.GetUtcNow());
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped by the person or the duration.
        }
        // A station that is told to stop says what it has still to say; the line may be dead.
        Stations?.Complete();
        drained.CancelAfter(DrainWithin);
        await Task.WhenAll([.. links, stations]);
    }

    /// <summary>Reads every sensor that is due at this time and hands the messages to the gateways.</summary>
    public void ReportDue(DateTimeOffset now)
    {
        while (_asked.TryDequeue(out var id))
            if (_indexById.TryGetValue(id, out var asked)) _schedule.Hasten(asked, now);
        if (_faults is not null)
        {
            foreach (var fault in _faults.Begun(now)) _labels?.Write(fault);
            _faulty = Enumerable.Range(0, _model.Sensors.Count).Count(i => _faults.At(i, now) is not null);
        }
        for (var i = 0; i < _model.Sensors.Count; i++)
        {
            var due = _schedule.Due(i, now);
            if (due || _schedule.Watched(i)) Report(i, due, now);
        }
        foreach (var (gateway, batch) in _batches)
            if (batch.Readings > 0) _links[gateway].Offer(batch.Take(gateway));
    }

    private void Report(int index, bool due, DateTimeOffset now)
    {
        var slots = _model.Read(index, _values, due && _schedule.WithHealth(index));
        if (slots == 0) return;
        var values = _values.AsSpan(0, slots);
        if (!due && !_schedule.Changed(index, values)) return;
        _schedule.Reported(index, values, now);

        var sensor = _model.Sensors[index];
        var time = now;
        var kind = KindCatalogue.Of(sensor.Kind);
        if (_faults?.At(index, now) is { } fault)
        {
            if (fault.Kind == FaultKind.Garbage)
            {
                _links[sensor.Gateway].Offer(new GatewayMessage($"{Topic.Prefix}{sensor.Gateway}/{sensor.Id}/telemetry", _spoiler.Garbage(sensor.Id), 0));
                return;
            }
            if (!_spoiler.Spoil(fault, kind, values, ref time)) return;
        }
        if (Stations?.Take(sensor, kind, values, time.ToUnixTimeMilliseconds(), _sequence[index], _links[sensor.Gateway]) == true)
        {
            _sequence[index]++;
            return;
        }
        var batch = _batches[sensor.Gateway];
        batch.Add(sensor.Id, time.ToUnixTimeMilliseconds(), _sequence[index]++, kind, values);
        if (batch.Readings == ReadingsPerMessageMax) _links[sensor.Gateway].Offer(batch.Take(sensor.Gateway));
    }

    /// <summary>The message that a gateway is filling.</summary>
    private sealed class Batch
    {
        private readonly ArrayBufferWriter<byte> _bytes = new(16 << 10);
        private readonly TelemetryWriter _writer;

        public Batch() => _writer = new TelemetryWriter(_bytes);

        public int Readings { get; private set; }

        public void Add(string sensor, long milliseconds, long sequence, KindDefinition kind, ReadOnlySpan<double> values)
        {
            _writer.Sensor(sensor);
            _writer.Reading(milliseconds, sequence);
            for (var slot = 0; slot < values.Length; slot++) _writer.Value(kind.Metrics[slot].Name, values[slot]);
            Readings++;
        }

        public GatewayMessage Take(string gateway)
        {
            _writer.End();
            var message = new GatewayMessage(Topic.Telemetry(gateway), _bytes.WrittenSpan.ToArray(), Readings);
            _bytes.ResetWrittenCount();
            Readings = 0;
            return message;
        }
    }
}
