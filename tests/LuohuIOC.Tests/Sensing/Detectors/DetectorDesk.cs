using LuohuIOC.Alerts;
using LuohuIOC.Detection;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Sensing.Rain;
using LuohuIOC.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace LuohuIOC.Tests.Sensing.Detectors;

/// <summary>The detectors of a program over one <c>models.db</c>, and readings shown to one sensor minute by minute.</summary>
internal sealed class DetectorDesk : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-detectors-").FullName;
    private readonly Random _random = new(5);

    public DetectorDesk(DetectionOptions? options = null)
    {
        Options = options ?? new DetectionOptions();
        File = ModelsDatabase.Open(_folder);
        Open();
    }

    public SqliteFile File { get; }

    public DetectionOptions Options { get; set; }

    /// <summary>Without gauges: nothing is taken for rain.</summary>
    public RainAround Rain { get; set; } = new(new GaugeMap(new SensorRegistry(), new RainOptions(), TimeProvider.System), new RainBoard(), new RainOptions());

    public StationDetectors Stations { get; private set; } = null!;

    public Thresholds Thresholds { get; private set; } = null!;

    public SensorDetectors Detectors { get; private set; } = null!;

    public StreamViews Views { get; private set; } = null!;

    public List<RuleChange> Changes { get; } = [];

    public long NowMs { get; set; } = 1_735_660_800_000;

    /// <summary>As after a restart: everything is read from the file again.</summary>
    public void Open()
    {
        var boards = new StreamBoards();
        Stations = new StationDetectors(new ModelStore<PcaModel, ModelEvaluation>(File, ModelsDatabase.Anomaly, NullLogger.Instance));
        Thresholds = new Thresholds(File, Options);
        Detectors = new SensorDetectors(Stations, Thresholds, boards, Rain, Options, NullLogger<SensorDetectors>.Instance);
        Views = new StreamViews(Detectors, Thresholds, boards, Options, new AlertQueries(new AlertDatabase(Path.Combine(_folder, "alerts.db"))), TimeProvider.System);
    }

    /// <summary>An ordinary level about 1.5 m, rough by a centimetre.</summary>
    public double Level() => 1.5 + (_random.NextDouble() * 0.02);

    public void Level(SensorDetector detector, double metres) => detector.Observe(NowMs += 300_000, [0], [metres], Changes);

    public void Levels(SensorDetector detector, int readings)
    {
        for (var i = 0; i < readings; i++) Level(detector, Level());
    }

    /// <summary>An ordinary row of a water-quality station: pH 7.5, ammonia 1 mg/L, each rough by its own noise.</summary>
    public void Rows(SensorDetector detector, int rows, double ammonia = 1)
    {
        for (var i = 0; i < rows; i++)
            detector.Observe(NowMs += 900_000, [1, 4], [7.5 + (_random.NextDouble() * 0.1), ammonia + (_random.NextDouble() * 0.1)], Changes);
    }

    /// <summary>An outfall reports level and flow; a river, a reservoir and a tide station the level alone.</summary>
    public static Sensor River() => Some.Station(SensorKind.River, "rv-1");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
