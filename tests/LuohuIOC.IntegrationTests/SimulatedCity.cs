using System.Diagnostics;
using System.Net.Http.Headers;

namespace LuohuIOC.IntegrationTests;

/// <summary>What the simulator needs of a host.</summary>
internal static class SimulatedCity
{
    /// <summary>The simulator as a process of its own, until it is disposed.</summary>
    public static Running Start(HostProcess host, string registry, params string[] options) => Start(host.MqttPort, host, registry, options);

    /// <summary>The same at a broker outside.</summary>
    public static Running Start(int port, HostProcess host, string registry, params string[] options) => new(Process.Start(new ProcessStartInfo(
        "dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "LuohuIOC.Simulator.dll"), "city", "--broker", $"127.0.0.1:{port}",
            "--credentials", Path.Combine(host.Data, "credentials", "gateways.csv"), "--registry", registry, .. options,
        ])
    { RedirectStandardOutput = true })!);

    /// <summary>The registry as CSV, which the simulated city is built from.</summary>
    public static async Task SaveRegistryAsync(HostProcess host, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/sensors");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", host.Token);
        request.Headers.Accept.ParseAdd("text/csv");
        using var response = await host.Http.SendAsync(request);
        await File.WriteAllBytesAsync(path, await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync());
    }

    public sealed class Running(Process process) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}
