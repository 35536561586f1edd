using System.Net.Sockets;
using System.Text.RegularExpressions;
using LuohuIOC.Texts;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Http;

/// <summary>
/// A start that fails for a reason outside the program ends with one line on stderr, Chinese then English, that names the cause and the
/// configuration key, and an exit code that a unit file can act on. Anything else keeps its stack trace: that is a defect and needs it.
/// </summary>
public static partial class StartupErrors
{
    /// <summary>A setting is wrong; starting again will not help.</summary>
    public const int ExitConfiguration = 2;

    /// <summary>A port is taken or may not be opened.</summary>
    public const int ExitPort = 3;

    /// <summary>The data directory cannot be used: rights, a full disk, a damaged or newer file.</summary>
    public const int ExitData = 4;

    private static readonly (string Key, int Default)[] PortKeys = [("Http:Port", HttpOptions.DefaultPort), ("Mqtt:Port", 1883)];

    /// <summary>Runs the whole program, from building the host to its end, and turns known causes of failure into an exit code.</summary>
    public static int Guard(string[] args, TextWriter error, Func<int> run)
    {
        try
        {
            return run();
        }
        catch (Exception e) when (Explain(e, args) is { } known)
        {
            error.WriteLine(known.Line);
            return known.ExitCode;
        }
    }

    /// <summary>The line and exit code for a failure with a known cause, null for one without.</summary>
    internal static (string Line, int ExitCode)? Explain(Exception thrown, string[] args)
    {
        foreach (var e in Causes(thrown))
        {
            switch (e)
            {
                case AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }:
                    return (PortLine("startup.port-in-use", thrown, args), ExitPort);
                case SocketException { SocketErrorCode: SocketError.AccessDenied or SocketError.AddressNotAvailable }:
                    return (PortLine("startup.port-refused", thrown, args), ExitPort);
                case OptionsValidationException invalid:
                    return (Line("startup.configuration", string.Join(' ', invalid.Failures)), ExitConfiguration);
                case FormatException or InvalidOperationException when IsFromBinder(e):
                    return (Line("startup.configuration", e.Message), ExitConfiguration);
                case UnauthorizedAccessException or SqliteException { SqliteErrorCode: SqliteReadOnly or SqliteCannotOpen }:
                    return (Line("startup.not-writable", DataDirectory(args), e.Message), ExitData);
                case IOException or SqliteException:
                    return (Line("startup.data", DataDirectory(args), e.Message), ExitData);
            }
        }
        return null;
    }

    private const int SqliteReadOnly = 8;
    private const int SqliteCannotOpen = 14;

    /// <summary>Innermost first: Kestrel wraps the socket's error in an IOException, hosted services wrap theirs in an AggregateException.</summary>
    private static IEnumerable<Exception> Causes(Exception e)
    {
        var inner = e is AggregateException many ? many.InnerExceptions : e.InnerException is { } one ? [one] : (IReadOnlyCollection<Exception>)[];
        return inner.SelectMany(Causes).Append(e);
    }

    /// <summary>Options binding: <c>Failed to convert configuration value 'x' at 'Http:Port' to type 'System.Int32'.</c></summary>
    private static bool IsFromBinder(Exception e) => e.Message.StartsWith("Failed to convert configuration value", StringComparison.Ordinal);

    private static string PortLine(string key, Exception thrown, string[] args)
    {
        var configuration = Configuration(args);
        // "Failed to bind to address http://[::]:8080: address already in use." and "http://0.0.0.0:1883" >> 8080, 1883
        var match = Causes(thrown).Select(e => PortInMessage().Match(e.Message)).FirstOrDefault(m => m.Success);
        if (match is null) return Line(key + "-unnamed", thrown.Message);
        var port = match.Groups[1].Value;
        var setting = PortKeys.Where(p => (configuration[p.Key] ?? $"{p.Default}") == port).Select(p => p.Key).FirstOrDefault();
        return Line(key, port, setting ?? string.Join(" / ", PortKeys.Select(p => p.Key)));
    }

    private static string DataDirectory(string[] args) => Path.GetFullPath(Configuration(args)["DataDirectory"] is { Length: > 0 } set ? set : "./data");

    private static IConfiguration Configuration(string[] args) => new ConfigurationBuilder()
        .AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true).AddEnvironmentVariables().AddCommandLine(args).Build();

    private static string Line(string key, params object?[] arguments) =>
        $"{TextBook.Get(TextBook.Chinese, key, arguments)} / {TextBook.Get(TextBook.English, key, arguments)}".ReplaceLineEndings(" ");

    [GeneratedRegex(@"address \S+?:(\d+)(?:[:/.\s]|$)")]
    private static partial Regex PortInMessage();
}
