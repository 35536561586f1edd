using System.ComponentModel;
using System.Diagnostics;

namespace LuohuIOC.IntegrationTests;

/// <summary>Debian's MQTT clients: an implementation that shares no line with ours.</summary>
internal static class Mosquitto
{
    /// <summary>Exit code and output of <c>mosquitto_pub</c>; 0 means that the broker acknowledged.</summary>
    public static Task<(int ExitCode, string Output)> PublishAsync(int port, string topic, string message, string? user = null, string? secret = null, string version = "mqttv311") =>
        RunAsync("mosquitto_pub", port, user, secret, ["-V", version, "-q", "1", "-t", topic, "-m", message]);

    /// <summary>What <c>mosquitto_sub</c> is answered to its subscription.</summary>
    public static Task<(int ExitCode, string Output)> SubscribeAsync(int port, string filter, string user, string secret) =>
        RunAsync("mosquitto_sub", port, user, secret, ["-V", "mqttv5", "-d", "-E", "-W", "30", "-q", "1", "-t", filter]);

    public static async Task<(int ExitCode, string Output)> RunAsync(string tool, int port, string? user, string? secret, string[] rest)
    {
        string[] who = user is null ? [] : ["-u", user, "-P", secret!];
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(tool, ["-h", "127.0.0.1", "-p", $"{port}", .. who, .. rest]) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            Assert.Fail($"{tool} is missing. Install it: apt-get install mosquitto-clients");
        }
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            Assert.Fail($"{tool} waited 90 s in vain for port {port}: {await output}{await error}");
        }
        return (process.ExitCode, await output + await error);
    }
}
