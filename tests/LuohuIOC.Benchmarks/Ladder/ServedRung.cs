using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LuohuIOC.Tests;

namespace LuohuIOC.Benchmarks.Ladder;

/// <summary>A rung's process with its own ports and data directory; stopped and cleaned up on dispose.</summary>
internal sealed class ServedRung : IAsyncDisposable
{
    private readonly string[] _command;
    private readonly string _data;
    private readonly HttpClient _http;
    private Process _process;

    private ServedRung(string[] command, string data, int mqttPort, int httpPort)
    {
        _command = command;
        _process = Launch(command);
        _data = data;
        MqttPort = mqttPort;
        Url = new Uri($"http://127.0.0.1:{httpPort}");
        _http = new HttpClient { BaseAddress = Url };
    }

    public int MqttPort { get; }

    public Uri Url { get; }

    public string Token { get; private set; } = "";

    /// <summary>From the start of the process to the first ready answer.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public double ResidentMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1e6;
        }
    }

    public int ProcessId => _process.Id;

    /// <summary>A counter of <c>/metrics</c>, added up over its labels.</summary>
    public async Task<double> MetricAsync(string name)
    {
        var lines = (await _http.GetStringAsync("/metrics")).Split('\n');
        return lines.Where(l => l.StartsWith(name + "{", StringComparison.Ordinal) || l.StartsWith(name + " ", StringComparison.Ordinal))
            .Sum(l => double.Parse(l[(l.LastIndexOf('}') + 1)..].Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries)[l.Contains('}') ? 0 : 1], CultureInfo.InvariantCulture));
    }

    public static async Task<ServedRung> StartAsync(Rung rung, params string[] settings)
    {
        var data = Directory.CreateTempSubdirectory("luohu-bench-").FullName;
        int mqtt = Ports.Next(), http = Ports.Next(), silo = Ports.Next();
        string[] program = rung == Rung.Published ? [Published()] : [typeof(ServedRung).Assembly.Location, "serve", rung.ToString()];
        string[] command =
        [
            "dotnet", .. program, $"--DataDirectory={data}", $"--Mqtt:Port={mqtt}", $"--Http:Port={http}",
            $"--Cluster:SiloPort={silo}", "--Mqtt:AllowAnonymous=true", "--Registry:AutoRegister=true", "--Logging:LogLevel:Default=Warning", .. settings,
        ];
        var started = Stopwatch.GetTimestamp();
        var served = new ServedRung(command, data, mqtt, http);
        await served.WaitUntilReadyAsync(started);
        return served;
    }

    /// <summary>SIGKILL, as power loss would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>A signal by its name.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for its end after a signal that asks for it.</summary>
    public Task EndedAsync() => _process.WaitForExitAsync();

    /// <summary>Starts it anew with its data and ports.</summary>
    public async Task StartAgainAsync()
    {
        _process.Dispose();
        var started = Stopwatch.GetTimestamp();
        _process = Launch(_command);
        await WaitUntilReadyAsync(started);
    }

    /// <summary>GET under <c>/api/v1</c> with the administrator's token.</summary>
    public Task<JsonElement> GetAsync(string path) => _http.GetFromJsonAsync<JsonElement>($"/api/v1/{path}");

    /// <summary>GET under <c>/api/v1</c> of another type.</summary>
    public async Task<string> GetTextAsync(string path, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/{path}");
        request.Headers.Accept.ParseAdd(type);
        using var response = await _http.SendAsync(request);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }

    /// <summary>POST under <c>/api/v1</c>.</summary>
    public async Task PostAsync(string path, string body, string type)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, type);
        using var response = await _http.PostAsync($"/api/v1/{path}", content);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Bytes on disk of files in the data directory.</summary>
    public long BytesOf(string pattern) => new DirectoryInfo(_data).EnumerateFiles(pattern).Sum(f => f.Length);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private async Task WaitUntilReadyAsync(long started)
    {
        while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1))
        {
            if (_process.HasExited) throw new InvalidOperationException($"The host ended with exit code {_process.ExitCode} before it was ready.");
            try
            {
                var token = Path.Combine(_data, "credentials", "administrator.token");
                if (File.Exists(token))
                {
                    Token = (await File.ReadAllTextAsync(token)).Trim();
                    _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
                    if ((await _http.GetAsync("/healthz/ready")).IsSuccessStatusCode)
                    {
                        ReadyAfter = Stopwatch.GetElapsedTime(started);
                        return;
                    }
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            await Task.Delay(20);
        }
        throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"The host at {Url} was not ready within a minute."));
    }

    private static Process Launch(string[] command) => Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = false })!;

    private static string Published()
    {
        var path = Environment.GetEnvironmentVariable("LUOHU_HOST");
        return File.Exists(path) ? path
            : throw new FileNotFoundException("The published host is not there. Run it as ./ioc bench, which builds it, or name its LuohuIOC.dll in LUOHU_HOST.", path);
    }
}
