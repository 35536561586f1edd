using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion.Rejections;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Rejections;

/// <summary>What is kept has a bound by gateway and by row, so that nobody's rubbish drives out another's evidence or fills the disk.</summary>
public sealed class RejectionStoreTests : IAsyncLifetime
{
    private const int More = 500;

    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-rejections-").FullName;
    private readonly ServiceProvider _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private RejectionStore _store = null!;

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _meters.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_gateway_that_sends_rubbish_drives_out_its_own_evidence_and_nobody_elses()
    {
        await _store.Add(Of("gw-good", "first"));
        await FloodAsync("gw-bad", RejectionStore.RowsOfGatewayMax + More);
        // Also over a restart: the rows in the file count.
        await StopAsync();
        await StartAsync();
        await FloodAsync("gw-bad", More);

        var rows = _store.Read("gw-bad", null, null, null, int.MaxValue);
        Assert.Equal(RejectionStore.RowsOfGatewayMax, rows.Count);
        Assert.Equal(["first"], _store.Read("gw-good", null, null, null, 10).Select(r => r.Rejection.Topic));
        Assert.Equal(RejectionStore.RowsOfGatewayMax + (2 * More) + 1, _store.CountOf(RejectionReason.NotJson));
    }

    [Fact]
    public async Task What_is_only_counted_is_counted_over_a_restart()
    {
        _store.Count(RejectionReason.SecretWrong);
        await StopAsync();
        // Stopped as soon as they are started, too: nothing of the stop may hang on what has begun in between.
        for (var n = 1; n < 20; n++)
        {
            await StartAsync();
            Assert.Equal(n, _store.CountOf(RejectionReason.SecretWrong));
            _store.Count(RejectionReason.SecretWrong);
            await StopAsync();
        }
        await StartAsync();
        _store.Count(RejectionReason.SecretWrong);
        await _store.Add(Of("gw-1", "of another reason"));
        // As after a kill: nobody has stopped the first.
        Assert.Equal(21, NewStore().CountOf(RejectionReason.SecretWrong));
        // A stop whose time is up says nothing and keeps what it can.
        _store.Count(RejectionReason.SecretWrong);
        await _store.StopAsync(new CancellationToken(canceled: true));
        Assert.Equal(22, NewStore().CountOf(RejectionReason.SecretWrong));
    }

    [Fact]
    public async Task All_gateways_together_have_a_bound()
    {
        for (var g = 0; g <= RejectionStore.RowsMax / RejectionStore.RowsOfGatewayMax; g++) await FloodAsync($"gw-{g}", RejectionStore.RowsOfGatewayMax);
        var rows = _store.Read(null, null, null, null, int.MaxValue);
        Assert.Equal(RejectionStore.RowsMax, rows.Count);
        Assert.DoesNotContain(rows, r => r.Rejection.Gateway == "gw-0");
    }

    [Fact]
    public async Task What_is_longer_than_any_name_is_kept_by_its_beginning()
    {
        await _store.Add(new Rejection(1, "gw-1", new string('t', 65_000), RejectionReason.TopicInvalid, new string('s', 200_000), 0, new string('m', 200_000), 1, []));
        var row = Assert.Single(_store.Read("gw-1", null, null, null, 10)).Rejection;
        Assert.Equal(new string('t', Rejection.TopicLengthMax) + '…', row.Topic);
        Assert.Equal((Rejection.NameLengthMax + 1, Rejection.NameLengthMax + 1), (row.Sensor.Length, row.Metric.Length));
    }

    private static Rejection Of(string gateway, string topic) => new(1, gateway, topic, RejectionReason.NotJson, "", -1, "", 1, [1]);

    // No more at a time than may wait.
    private async Task FloodAsync(string gateway, int rows)
    {
        foreach (var part in Enumerable.Range(0, rows).Chunk(10_000)) await Task.WhenAll(part.Select(i => _store.Add(Of(gateway, $"t{i}"))));
    }

    private async Task StartAsync()
    {
        _store = NewStore();
        await _store.StartAsync(default);
    }

    private RejectionStore NewStore()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("DataDirectory", _folder)]).Build();
        return new RejectionStore(configuration, _meters.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), NullLogger<RejectionStore>.Instance);
    }

    private Task StopAsync() => _store.StopAsync(default);
}
