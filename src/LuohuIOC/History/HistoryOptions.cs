using LuohuIOC.DeviceProtocol;
using LuohuIOC.History.Influx;

namespace LuohuIOC.History;

/// <summary>Configuration section <c>History</c>.</summary>
public sealed class HistoryOptions
{
    /// <summary>Which store: <c>DuckDb</c>, the embedded one, or <c>Influx</c>.</summary>
    public string Store { get; set; } = "DuckDb";

    public DuckDbOptions DuckDb { get; set; } = new();

    public InfluxOptions Influx { get; set; } = new();

    /// <summary>Readings that may wait in memory for the writer, 80 to 160 bytes each of three metrics. Beyond it groups are read back from the journal.</summary>
    public int QueueReadings { get; set; } = 400_000;

    /// <summary>Bytes that they may take, give or take a group; what comes first, this or <see cref="QueueReadings"/>, is the bound.</summary>
    public long QueueBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Readings in one transaction at most. Larger ones cost less per reading and hold up queries no longer.</summary>
    public int BatchReadings { get; set; } = 100_000;

    /// <summary>Shortest wait of a reading for company in its transaction, unless a whole batch is there sooner.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Longest wait. A transaction costs about 1 ms for each kind of sensor in it, however few readings; the wait grows to twenty times what the
    /// last one took, so that a quiet city with all its kinds costs a twentieth of a core at most.
    /// </summary>
    public TimeSpan FlushIntervalMax { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Days that readings are kept, by kind. 0 keeps them for ever.</summary>
    public Dictionary<string, int> Retention { get; set; } = DefaultRetention();

    /// <summary>Write a day to Parquet before retention deletes it.</summary>
    public bool ExportBeforeDelete { get; set; }

    /// <summary>Time of day, Asia/Shanghai, at which retention runs.</summary>
    public TimeOnly RetentionAt { get; set; } = new(3, 30);

    /// <summary>What is wrong with the values, null when nothing is.</summary>
    public string? Fault()
    {
        if (Store is not ("DuckDb" or "Influx")) return $"History:Store is '{Store}'; it must be DuckDb or Influx.";
        if (QueueReadings < 1_000) return "History:QueueReadings must be at least 1000.";
        if (QueueBytes < 1024 * 1024) return "History:QueueBytes must be at least 1048576 (1 MiB).";
        if (BatchReadings is < 1_000 or > 1_000_000) return "History:BatchReadings must be 1000 to 1000000.";
        if (FlushInterval <= TimeSpan.Zero || FlushInterval > TimeSpan.FromSeconds(10)) return "History:FlushInterval must be above 0 and at most 10 s.";
        if (FlushIntervalMax < FlushInterval || FlushIntervalMax > TimeSpan.FromMinutes(1)) return "History:FlushIntervalMax must be FlushInterval to 1 min.";
        if (DuckDb.Threads is < 1 or > 64) return "History:DuckDb:Threads must be 1 to 64.";
        if (DuckDb.Readers is < 1 or > 64) return "History:DuckDb:Readers must be 1 to 64.";
        if (Store == "Influx" && Influx.Fault() is { } fault) return fault;
        if (Store == "Influx" && ExportBeforeDelete) return "History:ExportBeforeDelete needs History:Store=DuckDb: Parquet is written from the embedded file.";
        foreach (var (kind, days) in Retention)
        {
            if (!KindCatalogue.TryParse(kind, out _)) return $"History:Retention:{kind} names no kind of sensor.";
            if (days < 0) return $"History:Retention:{kind} must be 0 (for ever) or a number of days.";
        }
        return null;
    }

    private static Dictionary<string, int> DefaultRetention() => KindCatalogue.All.ToDictionary(k => k.Name, k => k.Kind switch
    {
        SensorKind.Outfall or SensorKind.Pipe or SensorKind.Waterlogging or SensorKind.WaterQuality or SensorKind.RainGauge
            or SensorKind.Reservoir or SensorKind.River or SensorKind.Tide or SensorKind.Slope => 3 * 365,
        SensorKind.Parking => 90,
        _ => 365,
    });
}

/// <summary>Configuration section <c>History:DuckDb</c>.</summary>
public sealed class DuckDbOptions
{
    /// <summary>Memory that DuckDB may take for data and queries; beyond it queries spill to disk. DuckDB's spelling, for example <c>512MB</c>.</summary>
    public string MemoryLimit { get; set; } = "512MB";

    /// <summary>Processor threads of one query or write. 1 leaves the other core to the broker.</summary>
    public int Threads { get; set; } = 1;

    /// <summary>Queries at once; more wait in line.</summary>
    public int Readers { get; set; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>
    /// Size of the write-ahead log at which a commit also moves it into the file. Larger: rarer but longer pauses of the writer
    /// (70 ms at 16 MB, 250 ms at 64 MB) and a slower start after a crash.
    /// </summary>
    public string CheckpointThreshold { get; set; } = "16MB";
}
