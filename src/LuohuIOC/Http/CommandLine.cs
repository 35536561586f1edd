using LuohuIOC.Texts;

namespace LuohuIOC.Http;

/// <summary>
/// The words behind a verb. A command takes the switches of its own and settings of the host, written as the host takes them
/// (<c>--DataDirectory=/data</c>, <c>--Cluster:PostgreSql …</c>). Anything else is a mistake that may mean anything: it is told by its name, and nothing is done.
/// </summary>
internal sealed class CommandLine
{
    /// <summary>Settings whose names have no section.</summary>
    private static readonly string[] Plain = ["DataDirectory", "SecretsDirectory"];

    private readonly Dictionary<string, string?> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _words = [];
    private readonly HashSet<string> _flags = [];
    private bool _isHelp;
    private (string Key, string Argument)? _fault;

    private CommandLine()
    {
    }

    /// <summary>Configuration keys with their values, for a configuration.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Values => _values;

    /// <summary>The words that are no switches.</summary>
    public IReadOnlyList<string> Words => _words;

    /// <summary>The value of one of the command's own switches, null when it is not given; never one that the environment happens to have under the name.</summary>
    /// <param name="key">Its configuration key.</param>
    public string? this[string key] => _values.GetValueOrDefault(key);

    public bool Has(string flag) => _flags.Contains(flag);

    /// <param name="args">Without the verb.</param>
    /// <param name="switches">Switches that take a value, with their configuration keys.</param>
    /// <param name="flag">A switch that takes none, or null.</param>
    /// <param name="wordsMax">How many words there may be that are no switches.</param>
    public static CommandLine Read(string[] args, IReadOnlyDictionary<string, string> switches, string? flag = null, int wordsMax = 0)
    {
        var line = new CommandLine { _isHelp = args.Any(arg => arg is "--help" or "-h") || args is ["help"] };
        for (var i = 0; i < args.Length && line is { _isHelp: false, _fault: null }; i++)
        {
            // --data=/data and --data /data
            var (name, value) = args[i].IndexOf('=') is > 0 and var equals ? (args[i][..equals], args[i][(equals + 1)..]) : (args[i], null);
            if (!args[i].StartsWith('-')) line.Take(args[i], wordsMax);
            else if (args[i] == flag) line._flags.Add(flag);
            else if (KeyOf(name, switches) is not { } key) line._fault = ("command.unknown", name);
            else if (value is not null || (i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal))) line._values[key] = value ?? args[++i];
            else line._fault = ("command.value-missing", name);
        }
        return line;
    }

    /// <summary>What is answered to a line that is not for the command to act on: its usage, or what is wrong.</summary>
    /// <param name="usage">Key of the text that says how it is used.</param>
    /// <param name="output">Gets the usage that was asked for.</param>
    /// <param name="notes">Gets what is wrong.</param>
    /// <returns>The exit code; null when the command may go on.</returns>
    public int? Answer(string usage, TextWriter output, TextWriter notes)
    {
        if (_isHelp) output.WriteLine(TextBook.InBoth(usage));
        else if (_fault is { } fault) notes.WriteLine(TextBook.InBoth(fault.Key, fault.Argument));
        else return null;
        return _isHelp ? 0 : StartupErrors.ExitConfiguration;
    }

    /// <summary>
    /// The first word of a start that is neither a setting nor the value of one, which the configuration would pass over: a verb that is written wrong.
    /// <c>--Http:Port=1 --Mqtt:Port 2 /Wall:Tick 3 Http:Bind=*</c> has none; a single dash sets nothing.
    /// </summary>
    public static string? StrayOf(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i].Contains('=')) continue;
            if (!args[i].StartsWith("--", StringComparison.Ordinal) && !args[i].StartsWith('/')) return args[i];
            i++;
        }
        return null;
    }

    private void Take(string word, int wordsMax)
    {
        if (_words.Count == wordsMax) _fault = ("command.unknown", word);
        else _words.Add(word);
    }

    private static string? KeyOf(string name, IReadOnlyDictionary<string, string> switches)
    {
        if (switches.TryGetValue(name, out var key)) return key;
        if (!name.StartsWith("--", StringComparison.Ordinal)) return null;
        return name.Contains(':') || Plain.Contains(name[2..], StringComparer.OrdinalIgnoreCase) ? name[2..] : null;
    }
}
