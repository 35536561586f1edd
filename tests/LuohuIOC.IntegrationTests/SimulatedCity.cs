using System.Net.Http.Headers;

namespace LuohuIOC.IntegrationTests;

/// <summary>What the simulator needs of a host.</summary>
internal static class SimulatedCity
{
    /// <summary>The registry as CSV, which the simulated city is built from.</summary>
    public static async Task SaveRegistryAsync(HostProcess host, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/sensors");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", host.Token);
        request.Headers.Accept.ParseAdd("text/csv");
        using var response = await host.Http.SendAsync(request);
        await File.WriteAllBytesAsync(path, await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync());
    }
}
