using System.Threading.Channels;
using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Rain;

namespace LuohuIOC.Wall.Neighbours;

/// <summary>
/// One other host as long as it lives, and what it has not been told yet: alerts at once and in order, of each sensor only the newest reading, of a gauge the rain that it remembers. What
/// it did not take is told again; a host that is dead is told nothing.
/// </summary>
internal sealed class Neighbour(IHostWall wall, SensorRegistry registry, LatestBoard latest, RainBoard rain, TimeProvider time, ILogger log) : IDisposable
{
    /// <summary>Alerts that wait for it at most. It looks into the ledger every now and then, which makes up for those that find no room.</summary>
    private const int AlertsMax = 10_000;

    private const int AlertsAtOnce = 200;
    private const int ReadingsAtOnce = 4_000;

    /// <summary>
    /// After telling, it rests so many times as long as that took, at most <see cref="RestMax"/>: busy hosts would otherwise tell each other ten times a second what walls draw
    /// twice a second. Of a sensor that goes on meanwhile only the newest reading is told.
    /// </summary>
    private const int RestPerTelling = 20;

    private static readonly TimeSpan RestMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromMilliseconds(200);

    private readonly Channel<AlertView> _alerts =
        Channel.CreateBounded<AlertView>(new BoundedChannelOptions(AlertsMax) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly CancellationTokenSource _gone = new();
    private readonly SensorSet _readings = new();
    private readonly Dictionary<int, MetricLayout> _told = [];
    private Task _sending = Task.CompletedTask;
    private long _restUntil;

    /// <summary>Begins with all that is shown here: what changed before the two knew of each other was told to nobody.</summary>
    public void PutAll() => _readings.Add([.. Enumerable.Range(0, registry.Count).Where(number => latest[number] is not null)]);

    public void Put(AlertView alert) => _alerts.Writer.TryWrite(alert);

    /// <summary>Tells of the sensors that changed, unless it is still busy with the last ones or rests from them; those wait for the next time. For one caller.</summary>
    public void Put(ReadOnlySpan<int> changed)
    {
        _readings.Add(changed);
        if (_readings.IsEmpty || !_sending.IsCompleted || time.GetTimestamp() < _restUntil) return;
        var numbers = _readings.Take(ReadingsAtOnce);
        // What was not taken is put back by the same caller, the next time.
        _sending = Send(numbers);
    }

    /// <summary>Takes over what it shows, then tells it of alerts for as long as it lives.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var until = CancellationTokenSource.CreateLinkedTokenSource(stopping, _gone.Token);
        await Insist(async () =>
        {
            foreach (var sensor in await wall.Registered()) sensor.RegisterIn(registry);
            foreach (var reading in await wall.Latest())
                if (registry.TryFind(reading.Sensor, out var sensor)) latest.Learn(sensor.Number, reading.Reading);
        }, until.Token);
        var batch = new List<AlertView>();
        while (!until.IsCancellationRequested)
        {
            try
            {
                await _alerts.Reader.WaitToReadAsync(until.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            batch.Clear();
            while (batch.Count < AlertsAtOnce && _alerts.Reader.TryRead(out var alert)) batch.Add(alert);
            await Insist(() => wall.Alerts([.. batch]), until.Token);
        }
    }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    private async Task Send(int[] numbers)
    {
        var begun = time.GetTimestamp();
        var readings = new List<ReadingAbroad>(numbers.Length);
        var sensors = new List<SensorAbroad>();
        var gauges = new List<RainAbroad>();
        foreach (var number in numbers)
        {
            var sensor = registry[number];
            // Which metrics it has is told before their first values.
            if (sensor.Kind == SensorKind.Generic && (!_told.TryGetValue(number, out var layout) || layout != sensor.Layout))
            {
                _told[number] = sensor.Layout;
                sensors.Add(SensorAbroad.Of(sensor));
            }
            if (latest[number] is { } reading) readings.Add(ReadingAbroad.Of(sensor, reading));
            if (sensor.Kind == SensorKind.RainGauge && rain.Tell(number) is { } fallen) gauges.Add(new RainAbroad(sensor.Id, fallen));
        }
        var until = _gone.Token;
        if (sensors.Count > 0) await Insist(() => wall.Sensors([.. sensors]), until);
        await Insist(() => wall.Readings([.. readings]), until);
        if (gauges.Count > 0) await Insist(() => wall.Rain([.. gauges]), until);
        // It has just met the other and tells all it has, or is far behind: no rest from that.
        if (numbers.Length == ReadingsAtOnce) return;
        var ended = time.GetTimestamp();
        _restUntil = ended + Math.Min((ended - begun) * RestPerTelling, (long)(RestMax.TotalSeconds * time.TimestampFrequency));
    }

    private async Task Insist(Func<Task> tell, CancellationToken until)
    {
        for (var told = false; !until.IsCancellationRequested;)
        {
            try
            {
                await tell();
                return;
            }
            catch (Exception e)
            {
                if (!told) log.LogWarning("Another host does not take what this one shows, it is told again: {Cause}", e.Message);
                told = true;
            }
            await Task.Delay(AgainAfter, until).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
