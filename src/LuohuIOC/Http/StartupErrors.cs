using System.Net.Sockets;
using System.Text.RegularExpressions;
using LuohuIOC.Http.Tls;
using LuohuIOC.Texts;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;

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

    /// <summary>The hosts' shared database does not answer; starting again will help when it does.</summary>
    public const int ExitDatabase = 5;

    private const int SqliteReadOnly = 8;
    private const int SqliteCannotOpen = 14;

    private static readonly (string Key, int Default)[] PortKeys = [
        ("Http:Port", HttpOptions.DefaultPort), ("Mqtt:Port", 1883), ("Http:Tls:Port", 0), ("Mqtt:Tls:Port", 0), ("Stations:Sl651:Port", 0), ("Stations:Hj212:Port", 0), ("Stations:Gb26875:Port", 0),
    ];

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
        var causes = Causes(thrown).ToList();
        // Before its cause, which may be a socket's or a stream's and then reads like a file of ours.
        return causes.Select(OfDatabase).LastOrDefault(k => k is not null)
            ?? causes.Select(e => OfPortOrSetting(e, thrown, args)).FirstOrDefault(k => k is not null)
            // Outermost first: our own storage wraps SQLite's few words in a sentence that names the file.
            ?? causes.AsEnumerable().Reverse().Select(e => OfData(e, args)).FirstOrDefault(k => k is not null);
    }

    private static (string Line, int ExitCode)? OfDatabase(Exception cause) =>
        cause is NpgsqlException { IsTransient: true } ? (Line("startup.database", cause.Message), ExitDatabase) : null;

    private static (string Line, int ExitCode)? OfPortOrSetting(Exception cause, Exception thrown, string[] args) => cause switch
    {
        AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } =>
            (PortLine("startup.port-in-use", thrown, args), ExitPort),
        SocketException { SocketErrorCode: SocketError.AccessDenied or SocketError.AddressNotAvailable } =>
            (PortLine("startup.port-refused", thrown, args), ExitPort),
        TlsFaultException tls => (Line("startup.configuration", tls.Message), ExitConfiguration),
        OptionsValidationException invalid => (Line("startup.configuration", string.Join(' ', invalid.Failures)), ExitConfiguration),
        FormatException or InvalidOperationException when IsFromBinder(cause) => (Line("startup.configuration", cause.Message), ExitConfiguration),
        _ => null,
    };

    private static (string Line, int ExitCode)? OfData(Exception cause, string[] args) => cause switch
    {
        UnauthorizedAccessException or SqliteException { SqliteErrorCode: SqliteReadOnly or SqliteCannotOpen } =>
            (Line("startup.not-writable", DataDirectory(args), cause.Message), ExitData),
        IOException or SqliteException => (Line("startup.data", DataDirectory(args), cause.Message), ExitData),
        _ => null,
    };

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
