using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Frames;
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
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Stations;

/// <summary>MN <c>A</c> is sensor <c>s</c>; MN <c>B</c> is a sensor that is not registered.</summary>
public sealed class StationIntakeTests : IAsyncLifetime, IDisposable
{
    private readonly string _here = Directory.CreateTempSubdirectory("luohu-intake-").FullName;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly PublishJournal _journal;
    private readonly RejectionStore _rejections;
    private readonly StationRecords _records;
    private readonly StationIntake _intake;

    public StationIntakeTests()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("DataDirectory", _here)]).Build();
        var registry = new SensorRegistry();
        registry.Apply([new SensorDraft { Line = 1, Id = "s", Kind = SensorKind.WaterQuality, Name = "s", Place = new GeoPoint(114.13, 22.55), Gateway = "gw" }]);
        var options = new StationOptions();
        (options.Hj212.Sensors["A"], options.Hj212.Sensors["B"]) = ("s", "nobody");
        var meters = _services.GetRequiredService<IMeterFactory>();
        _journal = new PublishJournal(Options.Create(new JournalOptions()), configuration, TimeProvider.System, NullLogger<PublishJournal>.Instance);
        _rejections = new RejectionStore(configuration, meters, NullLogger<RejectionStore>.Instance);
        _records = new StationRecords(configuration, NullLogger<StationRecords>.Instance);
        _intake = new StationIntake(
            new PublishDecoder(registry, new FrameMetrics(), Options.Create(new RegistrationOptions())), _journal, _rejections,
            new StationBook(Options.Create(options), configuration, NullLogger<StationBook>.Instance), registry, _records, new IngestionMetrics(meters, _journal), TimeProvider.System);
    }

    [Theory]
    [InlineData("A", "DataTime=20230907180000;w01001-Rtd=7.1", true)]
    // Kept in the journal, although nothing in it is a reading.
    [InlineData("A", "DataTime=20230907180000;w99999-Rtd=7.1", true)]
    [InlineData("A", "DataTime=20230907180000;w01001-Rtd=7.1mg;w01010-Rtd=25", true)]
    [InlineData("A", "DataTime=20230907180000;w01001-Rtd=7.1mg", false)]
    [InlineData("A", "w01001-Rtd=7.1", false)]
    [InlineData("B", "DataTime=20230907180000;w01001-Rtd=7.1", false)]
    public async Task What_stands_nowhere_but_among_the_rejections_is_not_stored(string station, string parameters, bool isStored)
    {
        var packet = new ArrayBufferWriter<byte>();
        Hj212Writer.Packet(packet, Encoding.ASCII.GetBytes($"ST=21;CN=2011;PW=1;MN={station};Flag=5;CP=&&{parameters}&&"));
        var message = new StationMessage(FrameFault.None, station, [new StationPart(station, packet.WrittenSpan.ToArray())]);
        Assert.Equal(isStored, await _intake.StoreAsync(PayloadForm.Hj212, message, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_heartbeat_has_nothing_to_store() =>
        Assert.True(await _intake.StoreAsync(PayloadForm.Hj212, new StationMessage(FrameFault.None, "A", []), TestContext.Current.CancellationToken));

    public async ValueTask InitializeAsync()
    {
        _journal.Open();
        await _rejections.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _rejections.StopAsync(CancellationToken.None);
        Dispose();
    }

    public void Dispose()
    {
        _journal.Dispose();
        _rejections.Dispose();
        _records.Dispose();
        _services.Dispose();
        Directory.Delete(_here, true);
    }
}
