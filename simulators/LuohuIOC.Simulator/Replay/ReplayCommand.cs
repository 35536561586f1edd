using System.CommandLine;
using LuohuIOC.Simulator.Language;
using LuohuIOC.Simulator.Registry;
using LuohuIOC.Simulator.Wire;

namespace LuohuIOC.Simulator.Replay;

/// <summary><c>replay FILE.csv</c>: sends real measurements; bad lines are named and the others sent.</summary>
internal sealed class ReplayCommand
{
    private const int BadLinesShown = 50;

    private readonly Wording _texts;
    private readonly TimeProvider _clock;
    private readonly Argument<FileInfo> _file;
    private readonly BrokerOption _broker;
    private readonly Option<FileInfo?> _registry;
    private readonly Option<FileInfo?> _credentials;
    private readonly Option<string?> _gateway;
    private readonly Option<double> _speed;
    private readonly Option<string> _sensorColumn;
    private readonly Option<string> _timeColumn;
    private readonly Option<string> _metricColumn;
    private readonly Option<string> _valueColumn;
    private readonly Option<string> _timeZone;
    private readonly Option<bool> _shiftToNow;

    private ReplayCommand(Wording texts, TimeProvider clock)
    {
        (_texts, _clock) = (texts, clock);
        _file = new("FILE.csv") { Description = texts["replay.file"] };
        _broker = new BrokerOption(texts);
        _registry = new("--registry") { Description = texts["option.registry"] };
        _credentials = new("--credentials") { Description = texts["option.credentials"] };
        _gateway = new("--gateway") { Description = texts["replay.gateway"] };
        _speed = Option("--speed", 1.0);
        _sensorColumn = Option("--sensor-column", "sensor");
        _timeColumn = Option("--time-column", "time");
        _metricColumn = Option("--metric-column", "metric");
        _valueColumn = Option("--value-column", "value");
        _timeZone = Option("--timezone", "Asia/Shanghai");
        _shiftToNow = Option("--shift-to-now", false);
    }

    public static Command Create(Wording texts, TimeProvider clock)
    {
        var replay = new ReplayCommand(texts, clock);
        var command = new Command("replay", texts["replay"])
        {
            replay._file, replay._broker, replay._registry, replay._credentials, replay._gateway, replay._speed, replay._sensorColumn,
            replay._timeColumn, replay._metricColumn, replay._valueColumn, replay._timeZone, replay._shiftToNow,
        };
        command.SetAction(replay.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var (rows, bad) = ReadFile(parsed, out var gateways);
        foreach (var line in bad.Take(BadLinesShown)) Console.Error.WriteLine(Told(line));
        if (bad.Count > BadLinesShown) Console.Error.WriteLine(_texts["replay.bad.more", bad.Count - BadLinesShown]);
        if (rows.Count == 0)
        {
            Console.Error.WriteLine(_texts["replay.none"]);
            return 1;
        }

        var secrets = parsed.GetValue(_credentials) is { } file ? GatewaySecrets.Read(file.FullName) : null;
        var links = new Dictionary<string, GatewayLink>();
        foreach (var gateway in rows.Select(r => gateways(r.Sensor)).Distinct())
        {
            if (secrets?.ContainsKey(gateway) == false) throw new InputException("replay.no-secret", gateway);
            links[gateway] = new GatewayLink(parsed.GetRequiredValue(_broker), gateway, secrets?[gateway], 1, _clock);
        }
        var shift = parsed.GetValue(_shiftToNow) ? _clock.GetUtcNow() - rows[0].Time : TimeSpan.Zero;
        var run = new ReplayRun(rows, parsed.GetValue(_speed), shift, _clock);
        await run.RunAsync(gateways, links, stop);
        var refused = links.Values.Sum(l => l.Refused);
        Console.WriteLine(_texts["replay.done", links.Values.Sum(l => l.AcknowledgedReadings), rows.Count, bad.Count, refused]);
        return bad.Count == 0 && refused == 0 && run.Sent == rows.Count ? 0 : 1;
    }

    private (List<Measurement> Rows, List<BadLine> Bad) ReadFile(ParseResult parsed, out Func<string, string> gateways)
    {
        var path = parsed.GetRequiredValue(_file);
        using var reader = path.OpenText();
        var (rows, bad) = MeasurementFile.Read(reader, path.Name, new MeasurementFormat
        {
            SensorColumn = parsed.GetRequiredValue(_sensorColumn),
            TimeColumn = parsed.GetRequiredValue(_timeColumn),
            MetricColumn = parsed.GetRequiredValue(_metricColumn),
            ValueColumn = parsed.GetRequiredValue(_valueColumn),
            TimeZone = Zone(parsed.GetRequiredValue(_timeZone)),
        });
        if (parsed.GetValue(_gateway) is { } one)
        {
            gateways = _ => one;
            return ([.. rows], [.. bad]);
        }
        if (parsed.GetValue(_registry) is not { } registry) throw new InputException("replay.who");
        var byId = RegistryFile.Read(registry.FullName).ToDictionary(s => s.Id, s => s.Gateway);
        gateways = sensor => byId[sensor];
        var strangers = rows.Where(r => !byId.ContainsKey(r.Sensor)).Select(r => r.Sensor).Distinct().Select(s => new BadLine(0, "replay.bad.unknown", [s]));
        return ([.. rows.Where(r => byId.ContainsKey(r.Sensor))], [.. bad, .. strangers]);
    }

    // A stranger to the registry is told once and not line by line.
    private string Told(BadLine bad) =>
        bad.Line == 0 ? _texts[bad.Reason, bad.Arguments] : _texts["replay.bad", bad.Line, _texts[bad.Reason, bad.Arguments]];

    private static TimeZoneInfo Zone(string id)
    {
        if (TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone)) return zone;
        // A machine without a time zone database still knows the district's own.
        if (id == "Asia/Shanghai") return TimeZoneInfo.CreateCustomTimeZone(id, TimeSpan.FromHours(8), id, id);
        throw new InputException("replay.timezone.unknown", id);
    }

    private Option<T> Option<T>(string name, T value) =>
        new(name) { Description = _texts[$"replay.{name[2..]}"], DefaultValueFactory = _ => value };
}
