using LuohuIOC.Alerts;
using LuohuIOC.Identity;
using LuohuIOC.Notices;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Storage;
using LuohuIOC.Tests.Http;
using LuohuIOC.Wall;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LuohuIOC.Tests.Wall;

/// <summary>Alerts and wall on a real silo and a real Kestrel, with identity; sensors register themselves, tests speak for their rules.</summary>
internal sealed class CityHost : IAsyncDisposable
{
    private readonly WebHost _web;

    private CityHost(WebHost web)
    {
        _web = web;
        Officer = web.ClientAs(Role.DutyOfficer);
        Address = web.Address;
    }

    public ApiClient Officer { get; }

    public string Address { get; }

    public CapturedLog Log => _web.Log;

    public IServiceProvider Services => _web.Services;

    public SensorRegistry Registry => Services.GetRequiredService<SensorRegistry>();

    public AlertBoard Alerts => Services.GetRequiredService<AlertBoard>();

    public static async Task<CityHost> StartAsync(string? dataDirectory = null, params string[] settings)
    {
        string[] all = [$"--Cluster:SiloPort={Ports.Next()}", "--Wall:Tick=00:00:00.050", "--Alerts:DeadlineGrace=00:00:00", "--Alerts:ReadPatience=00:01:00", .. settings];
        return new CityHost(await WebHost.StartAsync(all, Add, app => app.MapAlerts().MapNotices().MapWall(), dataDirectory));
    }

    public ApiClient ClientAs(Role role) => _web.ClientAs(role);

    public string TokenOf(Role role) => Services.GetRequiredService<TokenBook>().Issue($"a {role}", role, null).Text;

    public Sensor Sensor(string id) => Registry.AutoRegister(id, "gw-1");

    /// <summary>What a sensor's rule found, durable when the task completes.</summary>
    public Task ObserveAsync(string sensor, params RuleChange[] changes) =>
        Services.GetRequiredService<IGrainFactory>().GetGrain<IAlertGrain>(Sensor(sensor).Id).Observe(changes);

    public void Show(string sensor, long timeMs, params double[] values) =>
        Services.GetRequiredService<LatestBoard>().Set(Sensor(sensor).Number, new LatestReading(timeMs, values, default));

    /// <summary>A real SignalR client, connected.</summary>
    public async Task<HubConnection> ConnectAsync(bool messagePack = false, string query = "")
    {
        var token = TokenOf(Role.Viewer);
        var builder = new HubConnectionBuilder().WithUrl($"{Address}/hubs/wall{query}", options =>
        {
            options.AccessTokenProvider = () => Task.FromResult<string?>(token);
            options.Transports = HttpTransportType.WebSockets;
        });
        if (messagePack) builder.AddMessagePackProtocol();
        var connection = builder.Build();
        await connection.StartAsync();
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        Officer.Dispose();
        await _web.DisposeAsync();
    }

    private static void Add(Microsoft.AspNetCore.Builder.WebApplicationBuilder builder)
    {
        // The silo's own timers need a clock that runs.
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<LatestBoard>();
        builder.AddSilo();
        builder.AddAlerts();
        builder.AddNotices();
        builder.AddWall();
    }
}

/// <summary>One city for all tests of a class: a silo takes seconds to start. Each test has sensors of its own.</summary>
public sealed class SharedCity : IAsyncLifetime
{
    internal CityHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await CityHost.StartAsync();

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
