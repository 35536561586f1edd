using LuohuIOC.Alerts;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;
using ClusterOptions = LuohuIOC.Storage.ClusterOptions;
using Some = LuohuIOC.Tests.Alerts.Some;

namespace LuohuIOC.Tests.Sensing;

public sealed class UntoldAlertsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ioc-untold-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_the_ledger_has_not_taken_is_there_after_the_end_in_order_and_what_it_has_is_not()
    {
        RuleChange offline = new("offline", Severity.Blue, "", double.NaN, double.NaN, 1_000, """{"note":1}""");
        RuleChange[] flood = [Some.Change(Severity.Yellow, 1), Some.Change(null, 60)];
        await RunAsync(untold =>
        {
            untold.Keep("wl-001", [flood[0], offline]);
            untold.Keep("wl-002", flood);
            untold.Keep("wl-001", [flood[1]]);
            untold.Forget("wl-002", flood);
        });
        await RunAsync(untold =>
        {
            var left = untold.Read();
            Assert.All(left, row => Assert.Equal("wl-001", row.Sensor));
            Assert.Equal([flood[0], offline, flood[1]], left.Select(row => row.Noted.Change));
            Assert.Equal(Some.Now, left[0].Noted.At);
            untold.Keep("wl-001", [flood[0]]);
        });
        await RunAsync(untold => Assert.Equal(3, untold.Read().Count));
    }

    private async Task RunAsync(Action<UntoldAlerts> use)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("DataDirectory", (string?)_folder)]).Build();
        var identity = new JournalIdentity(settings, Options.Create(new ClusterOptions { PostgreSql = "Host=127.0.0.1" }));
        using var untold = new UntoldAlerts(settings, identity, null!, new SensorRegistry(), null!, new Standing(), NullLogger<UntoldAlerts>.Instance);
        await untold.StartingAsync(CancellationToken.None);
        use(untold);
        await untold.StoppedAsync(CancellationToken.None);
    }

    private sealed class Standing : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Some.Now;
    }
}
