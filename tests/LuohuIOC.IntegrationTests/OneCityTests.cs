using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LuohuIOC.Tests.Notices;
using Microsoft.AspNetCore.SignalR.Client;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.IntegrationTests;

/// <summary>Two real hosts on one PostgreSQL, as behind a proxy: whichever is asked, the answer is the same.</summary>
public sealed class OneCityTests(OneCityTests.City city) : IClassFixture<OneCityTests.City>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private readonly HostProcess _a = city.Hosts[0];
    private readonly HostProcess _b = city.Hosts[1];

    [Fact]
    public async Task A_token_of_one_host_opens_the_other_and_a_revoked_one_ends_what_it_opened_there()
    {
        Assert.NotEqual(_a.Token, _b.Token);
        foreach (var (host, theirs) in ((HostProcess, string)[])[(_a, _b.Token), (_b, _a.Token)])
        {
            await KnowsAsync(host, tokens => tokens.Count >= 2, "each host's administrator on the other");
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "me", theirs));
        }

        var issued = await _a.SendAsync(HttpMethod.Post, "tokens", new { name = "代班", role = "viewer" });
        var (id, text) = (issued.GetProperty("id").GetString()!, issued.GetProperty("token").GetString()!);
        await KnowsAsync(_b, tokens => tokens.Contains(id), "the token of host a on host b");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_b, "me", text));
        await using var hub = new HubConnectionBuilder().WithUrl(new Uri(_b.Http.BaseAddress!, "/hubs/wall"), o => o.AccessTokenProvider = () => Task.FromResult<string?>(text)).Build();
        var ended = new TaskCompletionSource();
        hub.Closed += _ =>
        {
            ended.TrySetResult();
            return Task.CompletedTask;
        };
        await HostProcess.JoinAsync(hub);
        await _a.SendAsync(HttpMethod.Delete, $"tokens/{id}", null);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(_b, "me", text));
    }

    /// <summary>By the list that an administrator sees: trying a token too early counts as guessing, and too much of that is answered with 429.</summary>
    private static Task KnowsAsync(HostProcess host, Func<List<string>, bool> known, string reason) => Wait.UntilAsync(
        async () => known([.. (await host.GetAsync("tokens")).GetProperty("items").EnumerateArray().Select(t => t.GetProperty("id").GetString()!)]), () => reason);

    [Fact]
    public async Task A_ticket_of_one_host_opens_the_hub_of_the_other_once()
    {
        var ticket = (await _a.SendAsync(HttpMethod.Post, "tickets", new { })).GetProperty("ticket").GetString();
        async Task<HttpStatusCode> Open(HostProcess host)
        {
            using var response = await host.Http.PostAsync($"/hubs/wall/negotiate?negotiateVersion=1&access_token={ticket}", null, Cancel);
            return response.StatusCode;
        }
        Assert.Equal(HttpStatusCode.OK, await Open(_b));
        Assert.Equal(HttpStatusCode.Unauthorized, await Open(_b));
        Assert.Equal(HttpStatusCode.Unauthorized, await Open(_a));
    }

    [Fact]
    public async Task Every_gateway_has_one_secret_and_one_that_is_replaced_ends_the_connection_to_the_other_host()
    {
        var (mine, theirs) = (SecretsOf(_a), SecretsOf(_b));
        Assert.Empty(mine.Keys.Intersect(theirs.Keys));
        var gateways = (await _a.GetAsync("gateways?limit=1000")).GetProperty("items").EnumerateArray().Select(g => g.GetProperty("gateway").GetString()!).ToList();
        Assert.Equal(gateways.Order(StringComparer.Ordinal), mine.Keys.Concat(theirs.Keys).Order(StringComparer.Ordinal));

        var gateway = (await _a.GetAsync("sensors?kind=heat&limit=1")).GetProperty("items")[0].GetProperty("gateway").GetString()!;
        using var client = await ConnectAsync(_b, gateway, mine.TryGetValue(gateway, out var own) ? own : theirs[gateway]);
        var ended = new TaskCompletionSource();
        client.DisconnectedAsync += _ =>
        {
            ended.TrySetResult();
            return Task.CompletedTask;
        };
        var fresh = (await _a.SendAsync(HttpMethod.Post, $"gateways/{gateway}/secret", null)).GetProperty("secret").GetString()!;
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        using var again = await ConnectAsync(_b, gateway, fresh);
        Assert.True(again.IsConnected);
        await Wait.UntilAsync(() => !SecretsOf(_a).ContainsKey(gateway) && !SecretsOf(_b).ContainsKey(gateway), () => "the void copy to go");
    }

    [Fact]
    public async Task Sensors_imported_on_one_host_send_by_the_other_and_their_command_comes_back_answered()
    {
        using var import = new HttpRequestMessage(HttpMethod.Post, "/api/v1/sensors/import")
        {
            Content = new StringContent("id,kind,name,longitude,latitude,gateway\nnew-outfall,outfall,新排口,114.1336,22.5553,gw-new\n", Encoding.UTF8, "text/csv"),
        };
        import.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _a.Token);
        using (var answer = await _a.Http.SendAsync(import, Cancel))
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        await Wait.UntilAsync(async () => await StatusAsync(_b, "sensors/new-outfall", _b.Token) == HttpStatusCode.OK, () => "the imported sensor on host b");
        string? secret = null;
        await Wait.UntilAsync(() => SecretsOf(_a).TryGetValue("gw-new", out secret) || SecretsOf(_b).TryGetValue("gw-new", out secret), () => "the new gateway's secret");
        await Wait.UntilAsync(
            async () => (await _b.GetAsync("gateways?limit=1000")).GetProperty("items").EnumerateArray().Any(g => g.GetProperty("gateway").GetString() == "gw-new"),
            () => "the new gateway on host b");

        using var client = await ConnectAsync(_b, "gw-new", secret!);
        var commands = new BlockingCollection<JsonElement>();
        client.ApplicationMessageReceivedAsync += message =>
        {
            commands.Add(JsonSerializer.Deserialize<JsonElement>(message.ApplicationMessage.ConvertPayloadToString()));
            return Task.CompletedTask;
        };
        await client.SubscribeAsync("luohu/v1/gw-new/+/command", MqttQualityOfServiceLevel.AtLeastOnce, Cancel);
        var sent = default(JsonElement);
        await Wait.UntilAsync(
            async () => (sent = await _a.SendAsync(HttpMethod.Post, "sensors/new-outfall/commands", new { name = "report_now" })).GetProperty("gatewayOnline").GetBoolean(),
            () => "host a to know that the gateway is online by host b");
        var id = sent.GetProperty("id").GetString();
        string? got;
        do
        {
            Assert.True(commands.TryTake(out var command, TimeSpan.FromSeconds(30)), "The command did not come.");
            got = command.GetProperty("id").GetString();
        }
        while (got != id);
        await client.PublishStringAsync(
            "luohu/v1/gw-new/new-outfall/command/reply", $$"""{"id":"{{id}}","state":"done","ts":1732262401250}""", MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: Cancel);
        await Wait.UntilAsync(
            async () => (await _a.GetAsync("sensors/new-outfall/commands")).GetProperty("items")[0].GetProperty("state").GetString() == "done", () => $"the reply to {id}; {_a.Output}");

        await _b.SendAsync(HttpMethod.Post, "sensors/new-outfall/retire", null);
        await Wait.UntilAsync(
            async () => (await _a.GetAsync("sensors/new-outfall")).GetProperty("retiredAt").ValueKind == JsonValueKind.String, () => "the retirement on host a");
    }

    [Fact]
    public async Task A_deadline_that_passes_is_told_once_and_on_both_hosts()
    {
        var alert = (await FloodAsync(point: 0)).Alert;
        await _b.SendAsync(HttpMethod.Post, $"alerts/{alert}/acknowledge", new { });
        await _b.SendAsync(HttpMethod.Post, $"alerts/{alert}/assign", new { assignee = "抢险一队", dueAt = DateTimeOffset.UtcNow.AddSeconds(10) });
        foreach (var host in (HostProcess[])[_a, _b])
            await Wait.UntilAsync(
                async () => (await host.GetAsync("city")).GetProperty("alerts").EnumerateArray().Any(a => a.GetProperty("id").GetString() == alert
                    && a.GetProperty("overdueAt").ValueKind == JsonValueKind.String && a.GetProperty("state").GetString() == "raised"),
                () => $"the deadline to be told; {host.Output}");
        var events = (await _a.GetAsync($"alerts/{alert}")).GetProperty("events").EnumerateArray().Select(e => e.GetProperty("type").GetString()).Where(t => t is not ("surveyed" or "notified"));
        Assert.Equal(["raised", "acknowledged", "assigned", "overdue"], events);
        Assert.True((await _a.GetAsync("alerts/verification")).GetProperty("intact").GetBoolean());
    }

    /// <summary>Both look every tenth of a second; one tells, and the record of both has it.</summary>
    [Fact]
    public async Task Nobody_is_told_of_an_alert_by_each_host()
    {
        foreach (var point in (int[])[1, 2])
        {
            var (name, alert) = await FloodAsync(point);
            foreach (var host in (HostProcess[])[_a, _b])
                await Wait.UntilAsync(
                    async () => (await host.GetAsync($"alerts/{alert}")).GetProperty("events").EnumerateArray().Any(e => e.GetProperty("type").GetString() == "notified"), () => $"the notice of {name}; {host.Output}");
            Assert.Single(city.Mail.Messages, message => $"{message.Subject}{message.TextBody}".Contains(name, StringComparison.Ordinal));
        }
        Assert.True((await _a.GetAsync("alerts/verification")).GetProperty("intact").GetBoolean());
    }

    /// <summary>Half a metre of water at a waterlogging point, by its gateway at host a; asked of host b until the ledger has the alert.</summary>
    private async Task<(string Name, string Alert)> FloodAsync(int point)
    {
        var sensor = (await _a.GetAsync("sensors?kind=waterlogging&limit=10")).GetProperty("items")[point];
        var (id, gateway) = (sensor.GetProperty("id").GetString()!, sensor.GetProperty("gateway").GetString()!);
        using var client = await ConnectAsync(_a, gateway, SecretsOf(_a).GetValueOrDefault(gateway) ?? SecretsOf(_b)[gateway]);
        await client.PublishStringAsync(
            $"luohu/v1/{gateway}/{id}/telemetry", $$$"""{"ts":{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}},"values":{"depth":0.5}}""", MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: Cancel);
        JsonElement stored = default;
        await Wait.UntilAsync(
            async () => (stored = (await _b.GetAsync($"alerts?sensor={id}")).GetProperty("items")).GetArrayLength() == 1, () => "the alert in the ledger");
        return (sensor.GetProperty("name").GetString()!, stored[0].GetProperty("id").GetString()!);
    }

    [Fact]
    public async Task Each_host_says_that_its_history_is_of_its_own_gateways()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz/ready");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _a.Token);
        request.Headers.AcceptLanguage.ParseAdd("en");
        using var response = await _a.Http.SendAsync(request, Cancel);
        var parts = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(Cancel)).GetProperty("parts").EnumerateArray();
        Assert.Contains("its own gateways", parts.Single(p => p.GetProperty("part").GetString() == "history").GetProperty("why").GetString());
        Assert.Contains("History:Store=Influx", _a.Output);
    }

    private static Dictionary<string, string> SecretsOf(HostProcess host) =>
        File.Exists(Path.Combine(host.Data, "credentials", "gateways.csv")) ? host.Secrets() : [];

    private static async Task<HttpStatusCode> StatusAsync(HostProcess host, string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await host.Http.SendAsync(request);
        return response.StatusCode;
    }

    private static async Task<IMqttClient> ConnectAsync(HostProcess host, string gateway, string secret)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", host.MqttPort).WithClientId(gateway).WithCredentials(gateway, secret).WithTimeout(TimeSpan.FromSeconds(10)).Build(), Cancel);
        return client;
    }

    /// <summary>The two hosts, started at the same time for the first time.</summary>
    public sealed class City : IAsyncLifetime
    {
        private readonly CityHosts _city = new();

        internal IReadOnlyList<HostProcess> Hosts => _city.Hosts;

        internal MailServer Mail { get; } = MailServer.Start();

        public async ValueTask InitializeAsync() => await _city.StartAsync(
            2, HostProcess.Patient, "--Alerts:DeadlineGrace=00:00:00", "--Notices:LookEvery=00:00:00.100", "--Notices:Every=00:00:00", "--Notices:Mail:Host=127.0.0.1", $"--Notices:Mail:Port={Mail.Port}", "--Notices:Mail:Security=None",
            "--Notices:Mail:From=ioc@luohu.test", "--Notices:Policies:0:Name=值班长", "--Notices:Policies:0:To:0=chief@luohu.test");

        public async ValueTask DisposeAsync()
        {
            await _city.DisposeAsync();
            await Mail.DisposeAsync();
        }
    }
}
