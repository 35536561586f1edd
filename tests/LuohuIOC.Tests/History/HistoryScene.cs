using LuohuIOC.DeviceProtocol;
using LuohuIOC.History;
using LuohuIOC.History.DuckDb;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using Xunit;

namespace LuohuIOC.Tests.History;

/// <summary>A history file in a folder of its own, with sensors of many kinds and no registry behind them.</summary>
internal sealed class HistoryScene : IAsyncDisposable
{
    /// <summary>2024-11-22 08:00 in Shanghai.</summary>
    public const long Start = 1_732_233_600_000;

    private readonly List<Sensor> _sensors = [];
    private long _position;

    public HistoryScene() => History = Open();

    public string Folder { get; } = Directory.CreateTempSubdirectory("luohu-history-").FullName;

    public string File => Path.Combine(Folder, "history.duckdb");

    public DuckDbOptions Options { get; } = new();

    public DuckDbHistory History { get; private set; }

    /// <summary>Stands for the registry's flush; a test may make it fail.</summary>
    public Func<CancellationToken, Task> FlushRegistry { get; set; } = _ => Task.CompletedTask;

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

    public void Replace(Sensor sensor)
    {
        _sensors[sensor.Number] = sensor;
        History.SensorChanged(sensor);
    }

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
        await History.AppendAsync([group], TestContext.Current.CancellationToken);
        group.Release();
    }

    public async Task RestartAsync()
    {
        await History.DisposeAsync();
        History = Open();
        await History.OpenAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>What the counter says.</summary>
    public async Task<long> CountAsync()
    {
        if (History.Cursor == 0) await History.OpenAsync(TestContext.Current.CancellationToken);
        return await History.CountAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Identity of every row of every table.</summary>
    public Task<List<(int Sensor, long DeviceMs, long Sequence)>> IdentitiesAsync() => History.QueryAsync(
        (_, connection) =>
        {
            using var query = connection.CreateCommand();
            query.CommandText = string.Join(" UNION ALL ", KindCatalogue.All.Select(k =>
                $"SELECT sensor, epoch_ms(coalesce(device_ts, ts)), seq FROM \"{k.Name}\""));
            using var reader = query.ExecuteReader();
            var identities = new List<(int, long, long)>();
            while (reader.Read()) identities.Add((reader.GetInt32(0), reader.GetInt64(1), reader.IsDBNull(2) ? ReadingGroup.NoSequence : reader.GetInt64(2)));
            return identities;
        },
        TestContext.Current.CancellationToken);

    /// <summary>Asks the file itself.</summary>
    public Task<T> ScalarAsync<T>(string sql, T none) =>
        History.QueryAsync((_, connection) => connection.Scalar(sql, none), TestContext.Current.CancellationToken);

    public Task<List<StoredReading>> ReadAsync(int sensor, long fromMs = long.MinValue, long toMs = long.MaxValue) =>
        History.ReadAsync(sensor, fromMs, toMs, TestContext.Current.CancellationToken).ToListAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await History.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private DuckDbHistory Open() => new(Folder, Options, n => _sensors[n], c => FlushRegistry(c));
}

/// <param name="Sensor">Number.</param>
/// <param name="DeviceMs">The device's time.</param>
/// <param name="Sequence">None by default.</param>
/// <param name="ReceivedMs">The device's time by default.</param>
/// <param name="Values">Slot and value; 1.5 in slot 0 by default.</param>
/// <param name="Mark">Good by default.</param>
internal sealed record SomeReading(
    int Sensor, long DeviceMs, long? Sequence = null, long? ReceivedMs = null, (int Slot, double Value)[]? Values = null, QualityMark Mark = default);
