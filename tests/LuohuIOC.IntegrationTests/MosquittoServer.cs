using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LuohuIOC.Tests;

namespace LuohuIOC.IntegrationTests;

/// <summary>
/// Debian's mosquitto as a process of its own, on a loopback port and in a folder of its own, set up as <c>firmware-contracts</c> tells an operator
/// to. It can be stopped, killed and started again.
/// </summary>
internal sealed class MosquittoServer : IAsyncDisposable
{
    private static readonly string Program = File.Exists("/usr/sbin/mosquitto") ? "/usr/sbin/mosquitto" : "mosquitto";

    private readonly ConcurrentQueue<string> _output = new();
    private readonly string _settings;
    private Process? _process;

    /// <param name="more">Further lines of <c>mosquitto.conf</c>, made from the folder; null lets anybody do anything.</param>
    public MosquittoServer(Func<string, string>? more = null)
    {
        Folder = Directory.CreateTempSubdirectory("luohu-mosquitto-").FullName;
        _settings = Path.Combine(Folder, "mosquitto.conf");
        File.WriteAllText(_settings, $"""
            listener {Port} 127.0.0.1
            user {Environment.UserName}
            persistence true
            persistence_location {Folder}/
            autosave_interval 0
            max_queued_messages 0
            max_inflight_messages 1000
            max_inflight_bytes 0
            set_tcp_nodelay true
            sys_interval 1
            log_dest stdout
            log_type error
            log_type warning
            {more?.Invoke(Folder) ?? "allow_anonymous true"}

            """);
    }

    public int Port { get; } = Ports.Next();

    public string Url => $"mqtt://127.0.0.1:{Port}";

    /// <summary>Its own folder, for what its settings name.</summary>
    public string Folder { get; }

    public string Output => string.Join('\n', _output);

    /// <summary>Processor time so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process!.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Writes a file of users as <c>mosquitto_passwd</c> does it.</summary>
    public static void Passwords(string file, params (string User, string Password)[] users)
    {
        File.WriteAllLines(file, users.Select(u => $"{u.User}:{u.Password}"));
        using var process = Process.Start("mosquitto_passwd", ["-U", file]);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"mosquitto_passwd ended with exit code {process.ExitCode}.");
    }

    public async Task StartAsync()
    {
        try
        {
            _process = Process.Start(new ProcessStartInfo(Program, ["-c", _settings]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException("mosquitto is missing. Install it: apt-get install mosquitto", e);
        }
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var started = Stopwatch.GetTimestamp();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        while (!await ListensAsync())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(30))
                throw new InvalidOperationException($"mosquitto does not run:\n{Output}");
            await look.WaitForNextTickAsync();
        }
    }

    /// <summary>SIGTERM: it saves what it keeps.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process!.Id}"]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>SIGUSR1: it writes down what it keeps, as it does by itself every <c>autosave_interval</c>. Done when <see cref="HasSaved"/>.</summary>
    public async Task BeginSaveAsync()
    {
        File.Delete(Saved);
        using var save = Process.Start("kill", ["-USR1", $"{_process!.Id}"]);
        await save.WaitForExitAsync();
    }

    /// <summary>Since <see cref="BeginSaveAsync"/>. The file is written beside and renamed, so it is there whole or not at all.</summary>
    public bool HasSaved => File.Exists(Saved);

    private string Saved => Path.Combine(Folder, "mosquitto.db");

    /// <summary>SIGKILL: what it keeps is as it was at the last save.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task<bool> ListensAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        _output.Enqueue(line);
        while (_output.Count > 200) _output.TryDequeue(out _);
    }
}
