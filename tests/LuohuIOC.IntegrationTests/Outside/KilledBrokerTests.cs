using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using LuohuIOC.Simulator.Load;
using MQTTnet;

namespace LuohuIOC.IntegrationTests.Outside;

/// <summary>
/// A real mosquitto is killed with SIGKILL under a running host. What the host has received is stored once whatever becomes of the broker; what the
/// broker had acknowledged to gateways, not yet handed on and not yet saved is lost with it, and nobody here can know it.
/// </summary>
public sealed class KilledBrokerTests : IAsyncLifetime
{
    private const int Sensors = 20;

    private readonly MosquittoServer _broker = new();
    private readonly HostProcess _host;

    public KilledBrokerTests() => _host = new HostProcess(
        null, $"--Mqtt:Outside:Url={_broker.Url}", "--Mqtt:Outside:Host=one", "--Registry:District=Empty", "--Registry:AutoRegister=true")
    { MqttPort = 0 };

    public async ValueTask InitializeAsync()
    {
        await _broker.StartAsync();
        await _host.StartAsync();
        await OutsideBrokerTests.ServesAsync(_host, 1);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _broker.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Under_load_everything_the_host_received_is_stored_once_and_it_goes_on_with_the_old_session_or_a_new_one(bool isSaved)
    {
        if (isSaved) await SaveAsync();
        var before = new ConcurrentQueue<AcknowledgedMessage>();
        await LoadAsync(before, async () =>
        {
            await Wait.UntilAsync(async () => await ReceivedAsync() > 500, () => $"the load to arrive; output:\n{_host.Output}");
            await _broker.KillAsync();
        });
        await OutsideBrokerTests.ServesAsync(_host, 0);
        // Acknowledged to the broker or not: it is in the journal, and from there in history.
        await Wait.UntilAsync(async () => await _host.CountAsync() == await ReceivedAsync(), () => $"what was received in history; output:\n{_host.Output}");
        var received = await ReceivedAsync();

        await _broker.StartAsync();
        await OutsideBrokerTests.ServesAsync(_host, 1);
        bool IsForgotten() => _host.Output.Contains("has forgotten session", StringComparison.Ordinal);
        if (isSaved) Assert.False(IsForgotten());
        else await Wait.UntilAsync(IsForgotten, () => $"the host to tell that its session is forgotten; output:\n{_host.Output}");
        // A broker that has forgotten its sessions has forgotten what hosts said retained as well; who starts later must hear it.
        Assert.Equal("1", await RetainedAsync("luohu/ioc/ioc/one/sessions"));
        var after = new ConcurrentQueue<AcknowledgedMessage>();
        await LoadAsync(after, () => Wait.UntilAsync(() => after.Count > 500, () => $"the load to go on; output:\n{_host.Output}"));
        await Wait.UntilAsync(async () => await UnacknowledgedAsync() == 0, () => "all to be acknowledged to the broker");

        var expected = Identities(after).ToHashSet();
        var stored = new List<(string, long, long)>();
        await Wait.UntilAsync(
            async () =>
            {
                stored = await StoredAsync();
                return expected.IsSubsetOf(stored);
            },
            () => $"everything sent after the restart in history; output:\n{_host.Output}");
        Assert.Equal(stored.Count, stored.Distinct().Count());
        Assert.Equal(stored.Count, await _host.CountAsync());
        Assert.True(stored.Count >= received + expected.Count, $"{stored.Count} stored, {received} received before and {expected.Count} sent after the restart");
        var lost = Identities(before).Except(stored).Count();
        TestContext.Current.TestOutputHelper?.WriteLine($"mosquitto had acknowledged {before.Count} messages when it was killed, of which it lost {lost}; the host had received {received}");
    }

    [Fact]
    public async Task What_waits_at_the_broker_survives_as_far_as_it_was_saved_and_what_comes_to_it_before_the_hosts_does_too()
    {
        Assert.Equal(0, await _host.StopAsync());
        using (var gateway = await OutsideBrokerTests.GatewayAsync(_broker.Port, "gw-1"))
        {
            for (var i = 0; i < 10; i++) await SendAsync(gateway, i);
            await SaveAsync();
            for (var i = 10; i < 20; i++) await SendAsync(gateway, i);
        }
        await _broker.KillAsync();
        await _broker.StartAsync();
        // mosquitto has forgotten the share by now, and keeps nothing for it until a host has subscribed again.
        using (var gateway = await OutsideBrokerTests.GatewayAsync(_broker.Port, "gw-1")) await SendAsync(gateway, 20);
        await _host.StartAsync();
        await Wait.UntilAsync(async () => await IsWholeAsync(), () => $"the share to stand; output:\n{_host.Output}");
        // What waited comes first: when the last one is there, so is all that comes.
        using (var gateway = await OutsideBrokerTests.GatewayAsync(_broker.Port, "gw-1")) await SendAsync(gateway, 21);
        var kept = 0L;
        await Wait.UntilAsync(async () => (kept = await _host.CountAsync()) >= 12, () => $"the last reading in history, {kept} are there; broker:\n{_broker.Output}\noutput:\n{_host.Output}");
        var stored = (await PowerLossTests.ReadAllAsync(_host, "s-1")).Select(r => r.Sequence).Order();
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 20, 21], stored);
        // From there on the guard reads nothing.
        var taken = await GuardAsync("taken");
        using (var gateway = await OutsideBrokerTests.GatewayAsync(_broker.Port, "gw-1")) await SendAsync(gateway, 22);
        await Wait.UntilAsync(async () => await _host.CountAsync() == 13, () => $"one more reading; output:\n{_host.Output}");
        Assert.Equal(taken.GetInt64(), (await GuardAsync("taken")).GetInt64());
    }

    private async Task<bool> IsWholeAsync() => (await GuardAsync("shareIsWhole")).GetBoolean();

    private async Task<JsonElement> GuardAsync(string member)
    {
        var guard = new JsonElement();
        await Wait.UntilAsync(
            async () => (guard = (await _host.GetAsync("ingestion/outside")).GetProperty("guard")).ValueKind == JsonValueKind.Object, () => $"this host to guard the share; output:\n{_host.Output}");
        return guard.GetProperty(member);
    }

    private static Task SendAsync(IMqttClient gateway, int i) =>
        OutsideBrokerTests.SendAsync(gateway, "luohu/v1/gw-1/telemetry", $$$"""{"s-1":[{"ts":{{{1732262400000 + i}}},"seq":{{{i}}},"values":{"level":0.5}}]}""");

    private async Task LoadAsync(ConcurrentQueue<AcknowledgedMessage> acknowledged, Func<Task> until)
    {
        using var source = new LoadSource(
            new LoadOptions
            {
                Port = _broker.Port,
                Connections = 4,
                InFlight = 20,
                MessagesPerSecond = 1_000,
                Duration = TimeSpan.FromMinutes(10),
                Gateways = LoadGateway.Anonymous(4, Sensors, 2),
                OnAcknowledged = acknowledged.Enqueue,
            },
            TimeProvider.System);
        await source.ConnectAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var load = source.RunAsync(stop.Token);
        await until();
        await stop.CancelAsync();
        await load;
    }

    private static IEnumerable<(string, long, long)> Identities(IEnumerable<AcknowledgedMessage> messages) =>
        messages.SelectMany(m => m.Sensors.Select((s, k) => (s, m.UnixMilliseconds, m.FirstSequence + k)));

    private async Task<List<(string, long, long)>> StoredAsync()
    {
        var stored = new List<(string, long, long)>();
        for (var s = 1; s <= Sensors; s++)
        {
            var sensor = $"load-{s:00000}";
            foreach (var (ts, sequence) in await PowerLossTests.ReadAllAsync(_host, sensor)) stored.Add((sensor, ts, sequence));
        }
        return stored;
    }

    private async Task<string> RetainedAsync(string topic)
    {
        using var client = await OutsideBrokerTests.GatewayAsync(_broker.Port, "listener");
        var word = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ApplicationMessageReceivedAsync += message =>
        {
            word.TrySetResult(Encoding.UTF8.GetString(message.ApplicationMessage.Payload));
            return Task.CompletedTask;
        };
        await client.SubscribeAsync(topic);
        return await word.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private Task<long> ReceivedAsync() => OutsideBrokerTests.SumAsync(_host, "received");

    private Task<long> UnacknowledgedAsync() => OutsideBrokerTests.SumAsync(_host, "unacknowledged");

    private async Task SaveAsync()
    {
        await _broker.BeginSaveAsync();
        await Wait.UntilAsync(() => _broker.HasSaved, () => $"the broker's file; output:\n{_broker.Output}");
    }
}
