using LuohuIOC.Identity;
using LuohuIOC.Registry;
using LuohuIOC.Tests.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LuohuIOC.Tests.Registry;

/// <summary>The registry's addresses on a real Kestrel, with clients for two roles.</summary>
internal sealed class RegistryHost(WebHost host) : IAsyncDisposable
{
    public ApiClient Viewer { get; } = host.ClientAs(Role.Viewer);

    public ApiClient Administrator { get; } = host.ClientAs(Role.Administrator);

    public SensorRegistry Registry { get; } = host.Services.GetRequiredService<SensorRegistry>();

    public WebHost Host => host;

    public static Task<RegistryHost> EmptyAsync(params string[] settings) => StartAsync(["--Registry:District=Empty", .. settings]);

    public static async Task<RegistryHost> StartAsync(params string[] settings) =>
        new(await WebHost.StartAsync(settings, b => b.AddRegistry(), a => a.MapRegistry()));

    public async ValueTask DisposeAsync()
    {
        Viewer.Dispose();
        Administrator.Dispose();
        await host.DisposeAsync();
    }
}
