using System.Collections.Concurrent;
using System.Net;
using LuohuIOC.Simulator.Load;
using Microsoft.AspNetCore.SignalR.Client;

namespace LuohuIOC.IntegrationTests;

public sealed class GracefulStopTests
{
    [Fact]
    public async Task Stopped_under_load_it_ends_with_0_and_the_next_start_finds_nothing_to_judge_or_store_again()
    {
        var acknowledged = new ConcurrentQueue<AcknowledgedMessage>();
        await using var host = new HostProcess(null, "--Mqtt:AllowAnonymous=true", "--Registry:AutoRegister=true", "--Registry:District=Empty", "--Drain:Max=00:02:00");
        await host.StartAsync();
        // One gateway that is connected and says nothing: it must not hold the stop up.
        using var silent = new MQTTnet.MqttClientFactory().CreateMqttClient();
        await silent.ConnectAsync(new MQTTnet.MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", host.MqttPort).Build(), TestContext.Current.CancellationToken);
        // A wall that comes back at once whenever it is sent away: that must not either.
        var answers = new ConcurrentQueue<HttpStatusCode?>();
        await using var wall = host.Hub();
        wall.Closed += _ => ReturnAsync(wall, answers);
        await HostProcess.JoinAsync(wall);
        using var source = new LoadSource(
            new LoadOptions
            {
                Port = host.MqttPort,
                Connections = 10,
                InFlight = 50,
                Duration = TimeSpan.FromSeconds(60),
                Drain = TimeSpan.FromSeconds(1),
                ReadingsPerMessage = 2,
                Gateways = LoadGateway.Anonymous(10, 100, 3),
                OnAcknowledged = acknowledged.Enqueue,
            },
            TimeProvider.System);
        await source.ConnectAsync(TestContext.Current.CancellationToken);
        var load = source.RunAsync(CancellationToken.None);
        await Wait.UntilAsync(() => acknowledged.Count >= 20_000, () => "load");

        Assert.True(await host.StopAsync(TimeSpan.FromMinutes(3)) == 0, host.Output);
        await load;
        Assert.Contains("everything taken is judged and in history", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("not all saved", host.Output, StringComparison.Ordinal);
        // It came back to a host that takes nobody any more, or to none, as quick as either was.
        await Wait.UntilAsync(() => !answers.IsEmpty, () => "the wall to come back");
        Assert.All(answers, answer => Assert.True(answer is null or HttpStatusCode.ServiceUnavailable, $"{answer}"));

        await host.StartAsync();
        Assert.DoesNotContain("judged again", host.Output, StringComparison.Ordinal);
        // Nothing comes later: what was acknowledged is there at the first look.
        Assert.InRange(await host.CountAsync(), acknowledged.Sum(m => (long)m.Sensors.Count), long.MaxValue);
        Assert.Equal(0, (await host.GetAsync("history")).GetProperty("lagGroups").GetInt64());
    }

    /// <summary>Until it is let in, or nobody answers any more.</summary>
    private static async Task ReturnAsync(HubConnection wall, ConcurrentQueue<HttpStatusCode?> answers)
    {
        while (true)
        {
            try
            {
                await wall.StartAsync();
                return;
            }
            catch (HttpRequestException e)
            {
                answers.Enqueue(e.StatusCode);
                if (e.StatusCode is null) return;
            }
            catch (Exception)
            {
                return;
            }
        }
    }
}
