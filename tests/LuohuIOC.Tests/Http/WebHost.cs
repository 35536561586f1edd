using LuohuIOC.Http;
using LuohuIOC.Identity;
using LuohuIOC.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LuohuIOC.Tests.Http;

/// <summary>The HTTP shell and identity on a real Kestrel at a free loopback port, with a data directory and a clock of its own.</summary>
internal sealed class WebHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string? _ownDirectory;

    private WebHost(WebApplication app, string directory, string? ownDirectory, FakeClock clock, CapturedLog log)
    {
        _app = app;
        _ownDirectory = ownDirectory;
        DataDirectory = directory;
        Clock = clock;
        Log = log;
        Client = ClientWith(null);
    }

    public string DataDirectory { get; }

    public FakeClock Clock { get; }

    public CapturedLog Log { get; }

    /// <summary>A client without a token.</summary>
    public ApiClient Client { get; }

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public IServiceProvider Services => _app.Services;

    public string FirstToken => File.ReadAllText(Path.Combine(DataDirectory, "credentials", "administrator.token")).Trim();

    public static async Task<WebHost> StartAsync(
        string[]? settings = null, Action<WebApplicationBuilder>? add = null, Action<WebApplication>? map = null, string? dataDirectory = null, CapturedLog? log = null)
    {
        var directory = dataDirectory ?? Directory.CreateTempSubdirectory("ioc-web-").FullName;
        var clock = new FakeClock();
        log ??= new CapturedLog();
        var builder = WebApplication.CreateSlimBuilder(["--DataDirectory=" + directory, "--Http:Port=0", "--Http:Bind=127.0.0.1", .. settings ?? []]);
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<SensorRegistry>();
        builder.AddHttp();
        builder.AddIdentity();
        add?.Invoke(builder);
        var app = builder.Build();
        app.MapHttp();
        app.MapIdentity();
        map?.Invoke(app);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            if (dataDirectory is null) Directory.Delete(directory, recursive: true);
            throw;
        }
        return new WebHost(app, directory, dataDirectory is null ? directory : null, clock, log);
    }

    public ApiClient ClientWith(string? token) => new(Address, token);

    public ApiClient ClientAs(Role role) => ClientWith(Services.GetRequiredService<TokenBook>().Issue($"a {role}", role, null).Text);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        if (_ownDirectory is not null) Directory.Delete(_ownDirectory, recursive: true);
    }
}
