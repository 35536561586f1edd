using System.Text.Json;

namespace LuohuIOC.IntegrationTests;

/// <summary>A host that is killed soon after an alarm, with the calm before it in its journal still to be judged again.</summary>
public sealed class CalmBeforeAlarmTests
{
    [Fact]
    public async Task The_calm_before_an_alarm_does_not_end_it_when_it_is_judged_again()
    {
        await using var host = new HostProcess(null, "--Mqtt:AllowAnonymous=true", "--Sensing:SaveEvery=01:00:00");
        await host.StartAsync();
        var sensor = (await SmokeDetector.SomeAsync(host, 1))[0];
        await sensor.SendAsync(host, false);
        await sensor.SendAsync(host, true);
        await Wait.UntilAsync(async () => (await sensor.StoredAsync(host)).Count == 1, () => "the alarm's alert in the ledger");
        await host.KillAsync();
        await host.StartAsync();
        // A host that stops has judged all that it has.
        await host.StopAsync();
        await host.StartAsync();
        var alert = Assert.Single(await sensor.StoredAsync(host));
        Assert.Equal(("raised", JsonValueKind.Null), (alert.GetProperty("state").GetString(), alert.GetProperty("clearedAt").ValueKind));
    }
}
