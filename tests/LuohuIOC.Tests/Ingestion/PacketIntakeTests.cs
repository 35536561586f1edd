using System.Diagnostics.Metrics;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Sl651;
using LuohuIOC.Ingestion;
using LuohuIOC.Ingestion.Frames;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Ingestion.Rejections;
using LuohuIOC.Ingestion.Stations;
using LuohuIOC.Registry;
using LuohuIOC.Spatial;
using LuohuIOC.Tests.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace LuohuIOC.Tests.Ingestion;

/// <summary>Packets in publishes of their own, with a real journal that is closed and opened again where a host would be killed.</summary>
public sealed class PacketIntakeTests : IAsyncLifetime
{
    private const string Head = "000C230907180003" + "F1F1001234567848" + "F0F02309071800";

    private static readonly byte[] Body = Convert.FromHexString(Head + "392300001250" + "272300012345" + "38121220");

    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-packets-").FullName;
    private readonly FakeClock _clock = new();
    private readonly ServiceProvider _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly PublishDecoder _decoder;
    private PublishJournal _journal = null!;
    private PacketIntake _packets = null!;
    private RejectionStore _rejections = null!;

    public PacketIntakeTests()
    {
        var registry = new SensorRegistry();
        registry.Apply([new SensorDraft { Line = 1, Id = "s", Kind = SensorKind.Outfall, Name = "s", Place = new GeoPoint(114.13, 22.55), Gateway = "gw" }]);
        _decoder = new PublishDecoder(registry, new FrameMetrics(), Options.Create(new RegistrationOptions()));
        Start();
    }

    public async ValueTask InitializeAsync() => await _rejections.StartAsync(default);

    public async ValueTask DisposeAsync()
    {
        _journal.Dispose();
        await _rejections.StopAsync(default);
        await _meters.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("123", 0)]
    [InlineData("3121", 0)]
    [InlineData("123123", 0)]
    [InlineData("123", 1)]
    [InlineData("1233", 3)]
    public async Task The_readings_of_all_packets_are_taken_once_with_the_messages_identity(string order, int kills)
    {
        for (var i = 0; i < order.Length; i++)
        {
            await Take(Packet(order[i] - '0'));
            if (i < kills) Restart();
        }
        Assert.Equal(["seq=12 1.25 12.345"], Journalled());
        _clock.Advance(TimeSpan.FromMinutes(6));
        await _packets.Expire();
        Restart();
        Assert.Equal((0, 1), (_rejections.CountOf(RejectionReason.FrameIncomplete), Journalled().Count));
    }

    [Fact]
    public async Task What_waits_in_vain_is_told_once_and_its_beginning_counts()
    {
        await Take(Packet(1));
        await Take(Packet(3));
        Assert.Equal(0, _rejections.CountOf(RejectionReason.FrameIncomplete));
        _clock.Advance(TimeSpan.FromMinutes(6));
        Restart();
        // What a host that was away could not hear is waited for again.
        await _packets.Expire();
        Assert.Equal(0, _rejections.CountOf(RejectionReason.FrameIncomplete));
        for (var time = 0; time < 2; time++)
        {
            _clock.Advance(TimeSpan.FromMinutes(6));
            await _packets.Expire();
        }
        Restart();
        _clock.Advance(TimeSpan.FromMinutes(6));
        await _packets.Expire();
        Assert.Equal((1, 1), (_rejections.CountOf(RejectionReason.FrameIncomplete), Journalled().Count));
        Assert.StartsWith("seq=none 1.25", Journalled()[0]);
    }

    // What the readings of each group were when it was committed, and what they are when the journal is read again.
    private List<string> Journalled()
    {
        var lines = new List<string>();
        _journal.Read(0, (_, position, body) =>
        {
            var group = _decoder.DecodeGroup(_journal, position, body);
            for (var i = 0; i < group.Count; i++)
                lines.Add($"seq={(group.Sequences[i] == ReadingGroup.NoSequence ? "none" : group.Sequences[i])} {FormattableString.Invariant($"{string.Join(' ', group.ValuesOf(i).ToArray())}")}");
            return true;
        });
        return lines;
    }

    private async Task Take(byte[] packet)
    {
        var durable = _packets.Take("gw", "s", packet, _clock.GetUtcNow().ToUnixTimeMilliseconds(), out var isAtFault);
        Assert.False(isAtFault);
        await durable!;
        while (_journal.Committed.TryRead(out var live))
        {
            var group = live;
            _journal.Read(live.Position - 1, (_, position, body) =>
            {
                Assert.Equal(group.Count, _decoder.DecodeGroup(_journal, position, body).Count);
                return false;
            });
        }
    }

    private void Restart()
    {
        _journal.Dispose();
        Start();
    }

    private void Start()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("DataDirectory", _folder)]).Build();
        var meters = _meters.GetRequiredService<IMeterFactory>();
        _journal = new PublishJournal(Options.Create(new JournalOptions()), configuration, _clock, NullLogger<PublishJournal>.Instance);
        _rejections ??= new RejectionStore(configuration, meters, NullLogger<RejectionStore>.Instance);
        _packets = new PacketIntake(
            _decoder, _journal, _rejections, new StationRecords(configuration, NullLogger<StationRecords>.Instance), new IngestionMetrics(meters, _journal), _clock);
        _journal.Open(_packets.Recover);
    }

    private static byte[] Packet(int index)
    {
        byte[] body = index switch { 1 => Body[..31], 2 => Body[31..36], _ => Body[36..] };
        var buffer = new byte[128];
        return buffer[..Sl651Writer.Hex(buffer, 1, 0x0012345678, 0, Sl651Function.Timed, false, body, index == 3 ? Sl651Mark.Etx : Sl651Mark.Etb, 3, index)];
    }
}
