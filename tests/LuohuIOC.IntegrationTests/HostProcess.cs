using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LuohuIOC.Tests;
using Microsoft.AspNetCore.SignalR.Client;

namespace LuohuIOC.IntegrationTests;

/// <summary>The real host as a process of its own on loopback ports of its own; it can be killed as power loss would.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly string[] _settings;
    private readonly ConcurrentQueue<string> _beginning = new();
    private readonly ConcurrentQueue<string> _output = new();
    private readonly bool _ownsData;
    private Process? _process;

    /// <param name="data">Data directory; null makes one that is deleted at the end.</param>
    /// <param name="settings"><c>--Section:Key=value</c>.</param>
    public HostProcess(string? data = null, params string[] settings)
    {
        _ownsData = data is null;
        Data = data ?? Directory.CreateTempSubdirectory("luohu-test-").FullName;
        _settings = settings;
        MqttPort = Ports.Next();
        HttpPort = Ports.Next();
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{HttpPort}"), Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>The host as it is published, precompiled, which is what <c>./ioc test</c> names; else the one that was compiled last and takes longer to start.</summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("LUOHU_HOST") ?? Built();

    // Not the copy beside the tests: what it needs of native libraries lies in its own folder.
    private static string Built() => Directory.EnumerateFiles(Repository.PathOf("src/LuohuIOC/bin"), "LuohuIOC.runtimeconfig.json", SearchOption.AllDirectories)
        .Select(file => Path.ChangeExtension(file[..^".json".Length], ".dll")).MaxBy(File.GetLastWriteTimeUtc)!;

    /// <summary>For several hosts on a machine that is too busy for them: none is given up for a moment's silence.</summary>
    public const string Patient = "--Cluster:ProbeTimeout=00:00:10";

    public string Data { get; }

    public int MqttPort { get; init; }

    public int HttpPort { get; init; }

    public HttpClient Http { get; }

    public string Token => File.ReadAllText(Path.Combine(Data, "credentials", "administrator.token")).Trim();

    // Shanghai's time twelve hours from now: what a test stores of the past is not deleted while it counts it, whatever the hour it runs at.
    private static string FarFromNow => DateTime.UtcNow.AddHours(8 + 12).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>What the host has written to its output so far.</summary>
    public string Output => string.Join('\n', _beginning.Concat(_output));

    public int Id => _process!.Id;

    /// <summary>A command and its arguments before <c>dotnet LuohuIOC.dll …</c>, for a namespace or a limit.</summary>
    public string[] Wrapper { get; init; } = [];

    public async Task StartAsync()
    {
        Launch();
        await Wait.UntilAsync(IsReadyAsync, () => $"the host to be ready; its output:\n{Output}");
    }

    /// <summary>Starts the process and does not wait.</summary>
    public void Launch()
    {
        string[] command =
        [
            .. Wrapper, "dotnet", Program, $"--DataDirectory={Data}", $"--Mqtt:Port={MqttPort}",
            $"--Http:Port={HttpPort}", $"--Cluster:SiloPort={Ports.Next()}", $"--History:RetentionAt={FarFromNow}", .. _settings,
        ];
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
    }

    /// <summary>SIGKILL: nothing is flushed, nothing is said.</summary>
    public async Task KillAsync()
    {
        _process!.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as a service manager stops it.</summary>
    public async Task<int> StopAsync(TimeSpan? longest = null)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{Id}"]);
        await kill.WaitForExitAsync();
        return await ExitAsync(longest);
    }

    /// <summary>The exit code, waited for.</summary>
    public async Task<int> ExitAsync(TimeSpan? longest = null)
    {
        await Wait.UntilAsync(() => _process!.HasExited, () => $"the host to end; its output:\n{Output}", longest);
        await _process!.WaitForExitAsync();
        return _process.ExitCode;
    }

    public Task<JsonElement> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    public async Task<long> CountAsync() => (await GetAsync("readings/count")).GetProperty("count").GetInt64();

    /// <summary>One of the registered sensors of a kind, and its gateway.</summary>
    public async Task<(string Id, string Gateway)> SensorAsync(string kind, int index = 0)
    {
        var sensor = (await GetAsync($"sensors?kind={kind}&limit={index + 1}")).GetProperty("items")[index];
        return (sensor.GetProperty("id").GetString()!, sensor.GetProperty("gateway").GetString()!);
    }

    /// <summary>The clear secrets as the first start wrote them.</summary>
    public Dictionary<string, string> Secrets() => File.ReadLines(Path.Combine(Data, "credentials", "gateways.csv")).Skip(1)
        .Select(line => line.Split(',')).ToDictionary(f => f[0], f => f[1]);

    public HubConnection Hub() => new HubConnectionBuilder()
        .WithUrl(new Uri(Http.BaseAddress!, "/hubs/wall"), o => o.AccessTokenProvider = () => Task.FromResult<string?>(Token)).Build();

    /// <summary>Starts a hub's connection and waits until it is told of alerts.</summary>
    public static async Task JoinAsync(HubConnection hub)
    {
        await hub.StartAsync(TestContext.Current.CancellationToken);
        // A start is over before the host has let it into the room; an answer comes after that.
        await hub.InvokeAsync<JsonElement>("Stats", TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) await KillAsync();
        _process?.Dispose();
        Http.Dispose();
        if (_ownsData) Directory.Delete(Data, recursive: true);
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        // What it says at its start is looked for however much it says later.
        if (_beginning.Count < 200) _beginning.Enqueue(line);
        else _output.Enqueue(line);
        while (_output.Count > 400) _output.TryDequeue(out _);
    }

    private async Task<bool> IsReadyAsync()
    {
        Assert.False(_process!.HasExited, $"The host ended with exit code {(_process.HasExited ? _process.ExitCode : 0)}:\n{Output}");
        if (!File.Exists(Path.Combine(Data, "credentials", "administrator.token"))) return false;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz/ready");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
            using var response = await Http.SendAsync(request);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return false;
        }
    }
}
