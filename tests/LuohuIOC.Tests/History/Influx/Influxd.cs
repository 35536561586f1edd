using System.ComponentModel;
using System.Diagnostics;

namespace LuohuIOC.Tests.History.Influx;

/// <summary>Debian's InfluxDB 1.6.7 as a process of its own, on loopback ports and in a folder of its own. It can be killed and started again.</summary>
public sealed class Influxd : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-influxd-").FullName;
    private readonly int _rpcPort = Ports.Next();
    private readonly string _settings;
    private Process? _process;

    /// <param name="walFsyncDelay">How long a write may wait for others before its log is synced; InfluxDB's own default is 0 s.</param>
    public Influxd(string walFsyncDelay = "20ms")
    {
        _settings = Path.Combine(_folder, "influxdb.conf");
        File.WriteAllText(_settings, Repository.Read("plant/influxdb/influxdb-1.conf")
            .Replace("@folder@", _folder, StringComparison.Ordinal).Replace("@rpc@", $"{_rpcPort}", StringComparison.Ordinal).Replace("@http@", $"{Port}", StringComparison.Ordinal)
            .Replace("wal-fsync-delay = \"20ms\"", $"wal-fsync-delay = \"{walFsyncDelay}\"", StringComparison.Ordinal));
    }

    public int Port { get; } = Ports.Next();

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>What it has taken of the processors since it was started.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process!.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(60) };

    public async Task StartAsync()
    {
        try
        {
            _process = Process.Start(new ProcessStartInfo("influxd", ["-config", _settings]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException("influxd is missing. Install it: apt-get install influxdb", e);
        }
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await AnswersAsync(Http, new Uri($"{Url}/ping"), _process, TimeSpan.FromSeconds(60));
    }

    /// <summary>Runs InfluxQL that answers nothing of interest.</summary>
    public async Task<string> QueryAsync(string statement, string database = "")
    {
        using var content = new FormUrlEncodedContent([new("q", statement)]);
        using var response = await Http.PostAsync(new Uri($"{Url}/query?db={database}"), content);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await KillAsync();
        Http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Waits until a server answers at an address.</summary>
    internal static async Task AnswersAsync(HttpClient http, Uri address, Process process, TimeSpan longest)
    {
        var started = Stopwatch.GetTimestamp();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        while (true)
        {
            if (process.HasExited) throw new InvalidOperationException($"{process.StartInfo.FileName} ended with exit code {process.ExitCode}.");
            try
            {
                using var response = await http.GetAsync(address);
                if (response.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException e) when (Stopwatch.GetElapsedTime(started) > longest)
            {
                throw new TimeoutException($"{address} did not answer within {longest}.", e);
            }
            catch (HttpRequestException)
            {
                // It is still starting.
            }
            await look.WaitForNextTickAsync();
        }
    }
}
