using LuohuIOC.DeviceProtocol;
using LuohuIOC.History;
using LuohuIOC.History.Queries;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using Xunit;

namespace LuohuIOC.Tests.History;

/// <summary>One of the stores in a folder of its own, with sensors of many kinds and no registry behind them.</summary>
internal abstract class StoreScene : IAsyncDisposable
{
    /// <summary>2024-11-22 08:00 in Shanghai.</summary>
    public const long Start = 1_732_233_600_000;

    private readonly List<Sensor> _sensors = [];
    private long _position;

    public string Folder { get; } = Directory.CreateTempSubdirectory("luohu-history-").FullName;

    /// <summary>The store.</summary>
    public abstract IReadingHistory Store { get; }

    public abstract IReadingQueries Queries { get; }

    public Sensor this[int number] => _sensors[number];

    public Sensor AddSensor(SensorKind kind, params string[] genericMetrics)
    {
        var number = _sensors.Count;
        var sensor = new Sensor
        {
            Number = number,
            Id = $"{KindCatalogue.Of(kind).Name}-{number:000}",
            Kind = kind,
            Name = $"测点{number}",
            Street = "东门街道",
            Longitude = 114.12,
            Latitude = 22.55,
            Gateway = "gw-1",
            Layout = kind == SensorKind.Generic ? new MetricLayout(genericMetrics) : MetricLayout.Of(kind),
        };
        _sensors.Add(sensor);
        return sensor;
    }

    public virtual void Replace(Sensor sensor) => _sensors[sensor.Number] = sensor;

    /// <summary>A group at the next journal position.</summary>
    public ReadingGroup Group(params IEnumerable<SomeReading> readings) => Group(++_position, readings);

    public static ReadingGroup Group(long position, IEnumerable<SomeReading> readings)
    {
        var group = new ReadingGroup { Position = position };
        foreach (var reading in readings)
        {
            group.Add(reading.Sensor, reading.DeviceMs, reading.Sequence ?? ReadingGroup.NoSequence, reading.ReceivedMs ?? reading.DeviceMs);
            foreach (var (slot, value) in reading.Values ?? [(0, 1.5)]) group.AddValue((byte)slot, value);
            group.Marks[group.Count - 1] = reading.Mark;
        }
        return group;
    }

    public async Task AppendAsync(params IEnumerable<SomeReading> readings)
    {
        var group = Group(readings);
        await Store.AppendAsync([group], TestContext.Current.CancellationToken);
        group.Release();
    }

    /// <summary>Tries to store groups; the store fails when it has taken some of them.</summary>
    public abstract Task FailAsync(List<ReadingGroup> groups);

    /// <summary>Closes the store and opens it again, as another process would.</summary>
    public abstract Task RestartAsync();

    /// <summary>What the store counts.</summary>
    public async Task<long> CountAsync()
    {
        if (Store.Cursor == 0) await Store.OpenAsync(TestContext.Current.CancellationToken);
        return await Store.CountAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Every reading of every sensor, as the API gives it.</summary>
    public async Task<List<ReadingItem>> ItemsAsync(ReadingRequest request)
    {
        var items = new List<ReadingItem>();
        while (true)
        {
            var page = await Queries.RawAsync(request, TestContext.Current.CancellationToken);
            Assert.True(page.Items.Count <= request.Limit || request.Last is not null);
            items.AddRange(page.Items);
            if (page.Next is null) return items;
            Assert.True(PageMark.TryParse(page.Next, out var mark));
            request = request with { After = mark };
        }
    }

    /// <summary>Identity of every reading.</summary>
    public async Task<List<(int Sensor, long DeviceMs, long Sequence)>> IdentitiesAsync()
    {
        var request = new ReadingRequest { Sensors = _sensors, FromMs = 0, ToMs = 4_000_000_000_000, Quality = QualityFilter.All, Limit = 10_000 };
        var items = await ItemsAsync(request);
        return [.. items.Select(i => (i.Sensor is null ? 0 : _sensors.FindIndex(s => s.Id == i.Sensor), i.DeviceTs ?? i.Ts, i.Seq ?? ReadingGroup.NoSequence))];
    }

    public Task<List<StoredReading>> ReadAsync(int sensor, long fromMs = long.MinValue, long toMs = long.MaxValue) =>
        Store.ReadAsync(sensor, fromMs, toMs, TestContext.Current.CancellationToken).ToListAsync().AsTask();

    public virtual ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <param name="Sensor">Number.</param>
/// <param name="DeviceMs">The device's time.</param>
/// <param name="Sequence">None by default.</param>
/// <param name="ReceivedMs">The device's time by default.</param>
/// <param name="Values">Slot and value; 1.5 in slot 0 by default.</param>
/// <param name="Mark">Good by default.</param>
internal sealed record SomeReading(
    int Sensor, long DeviceMs, long? Sequence = null, long? ReceivedMs = null, (int Slot, double Value)[]? Values = null, QualityMark Mark = default);
