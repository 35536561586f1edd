using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Hj212;
using LuohuIOC.Ingestion;
using LuohuIOC.Ingestion.Frames;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Ingestion.Rejections;
using LuohuIOC.Ingestion.Stations;
using LuohuIOC.Registry;
using LuohuIOC.Spatial;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Tests.Ingestion.Stations;

/// <summary>The intake of stations with a journal of its own. HJ 212: MN <c>A</c> is sensor <c>s</c>, MN <c>B</c> one that is not registered.</summary>
internal sealed class StationScene : IAsyncDisposable
{
    private readonly string _here = Directory.CreateTempSubdirectory("luohu-stations-").FullName;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly PublishJournal _journal;
    private readonly RejectionStore _rejections;
    private readonly StationRecords _records;

    private StationScene()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("DataDirectory", _here)]).Build();
        var registry = new SensorRegistry();
        registry.Apply([new SensorDraft { Line = 1, Id = "s", Kind = SensorKind.WaterQuality, Name = "s", Place = new GeoPoint(114.13, 22.55), Gateway = "gw" }]);
        (StationOptions.Hj212.Sensors["A"], StationOptions.Hj212.Sensors["B"]) = ("s", "nobody");
        var meters = _services.GetRequiredService<IMeterFactory>();
        _journal = new PublishJournal(Options.Create(new JournalOptions()), configuration, TimeProvider.System, NullLogger<PublishJournal>.Instance);
        _rejections = new RejectionStore(configuration, meters, NullLogger<RejectionStore>.Instance);
        _records = new StationRecords(configuration, NullLogger<StationRecords>.Instance);
        Book = new StationBook(Options.Create(StationOptions), configuration, NullLogger<StationBook>.Instance);
        Intake = new StationIntake(
            new PublishDecoder(registry, new FrameMetrics(), Options.Create(new RegistrationOptions())), _journal, _rejections, Book, registry, _records,
            new IngestionMetrics(meters, _journal), TimeProvider.System);
    }

    public StationOptions StationOptions { get; } = new();

    public StationBook Book { get; }

    public StationIntake Intake { get; }

    /// <summary>What was refused, newest first.</summary>
    public IEnumerable<Rejection> Refused => _rejections.Read(null, null, null, null, 100).Select(row => row.Rejection);

    public static async Task<StationScene> OpenAsync()
    {
        var scene = new StationScene();
        scene._journal.Open();
        await scene._rejections.StartAsync(CancellationToken.None);
        return scene;
    }

    public static byte[] Packet(string station, string parameters, int command = 2011)
    {
        var packet = new ArrayBufferWriter<byte>();
        Hj212Writer.Packet(packet, Encoding.ASCII.GetBytes($"QN=20230907180001000;ST=21;CN={command};PW=1;MN={station};Flag=5;CP=&&{parameters}&&"));
        return packet.WrittenSpan.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        await _rejections.StopAsync(CancellationToken.None);
        _journal.Dispose();
        await _services.DisposeAsync();
        Directory.Delete(_here, true);
    }
}
