using System.Diagnostics;
using Npgsql;

namespace LuohuIOC.Tests.Storage;

/// <summary>
/// Debian's PostgreSQL as a process of its own, on a loopback port and in a folder of its own. It can be killed and started again. It refuses to
/// be run by root, and is then run as the user <c>postgres</c> that its package has made.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly string Programs = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "postgres"))).Order().LastOrDefault() ?? ""
        : "";

    private static readonly string[] AsPostgres =
        Environment.UserName == "root" ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] : [];

    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-postgres-").FullName;
    private Process? _process;
    private volatile string _said = "";

    public int Port { get; } = Ports.Next();

    /// <summary>Connection string of one database.</summary>
    public string To(string database) => $"Host=127.0.0.1;Port={Port};Username=luohu;Database={database}";

    public async Task StartAsync()
    {
        if (Programs.Length == 0) throw new InvalidOperationException("postgres is missing. Install it: apt-get install postgresql");
        if (_process is null)
        {
            if (AsPostgres.Length > 0) await RunAsync("chown", "postgres:postgres", _folder);
            await RunAsync([.. AsPostgres, Path.Combine(Programs, "initdb"), "-D", $"{_folder}/data", "-U", "luohu", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]);
        }
        string[] command =
        [
            .. AsPostgres, Path.Combine(Programs, "postgres"), "-D", $"{_folder}/data", "-c", $"port={Port}", "-c", "listen_addresses=127.0.0.1",
            "-c", "unix_socket_directories=", "-c", "max_connections=300", "-c", "log_min_messages=fatal",
        ];
        var isAgain = _process is not null;
        var started = Stopwatch.GetTimestamp();
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        do
        {
            if (_process is not null) await pause.WaitForNextTickAsync();
            _process?.Dispose();
            _process = Start(command);
            _process.OutputDataReceived += (_, _) => { };
            _process.ErrorDataReceived += (_, line) => _said = line.Data ?? _said;
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }
        // Those who worked for one that was killed may outlive it, and while their memory is in use a new one ends at once.
        while (!await AnswersAsync(TimeSpan.FromSeconds(60)) && isAgain && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60));
        if (_process.HasExited) throw new InvalidOperationException($"postgres ended with exit code {_process.ExitCode}: {_said}");
    }

    /// <summary>An empty database; returns its connection string.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = $"city_{Guid.NewGuid():N}";
        await using var source = NpgsqlDataSource.Create(To("postgres") + ";Pooling=false");
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync();
        return To(name);
    }

    /// <summary>SIGKILL for the server and all who work for it.</summary>
    public async Task KillAsync()
    {
        _process!.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        // Connections of this process that lie idle do not know yet.
        NpgsqlConnection.ClearAllPools();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) await KillAsync();
        _process?.Dispose();
        NpgsqlConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    // False when it has ended.
    private async Task<bool> AnswersAsync(TimeSpan longest)
    {
        var started = Stopwatch.GetTimestamp();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        await using var source = NpgsqlDataSource.Create(To("postgres") + ";Pooling=false");
        while (true)
        {
            if (_process!.HasExited)
            {
                // Its last words, too.
                await _process.WaitForExitAsync();
                return false;
            }
            try
            {
                await using var connection = await source.OpenConnectionAsync();
                return true;
            }
            catch (NpgsqlException e) when (Stopwatch.GetElapsedTime(started) > longest)
            {
                throw new TimeoutException($"PostgreSQL did not answer within {longest}.", e);
            }
            catch (NpgsqlException)
            {
                // It is still starting.
            }
            await look.WaitForNextTickAsync();
        }
    }

    private static Process Start(params string[] command) =>
        Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/tmp" })!;

    private static async Task RunAsync(params string[] command)
    {
        using var process = Start(command);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', command)} failed: {await output}{error}");
    }
}
