using System.CommandLine;
using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Faults;
using LuohuIOC.Simulator.Language;
using LuohuIOC.Simulator.Registry;
using LuohuIOC.Simulator.Stations;
using LuohuIOC.Simulator.Wire;
using Spectre.Console;

namespace LuohuIOC.Simulator.City;

/// <summary><c>city</c>: the whole simulated city until Ctrl+C or the end of <c>--duration</c>.</summary>
internal sealed class CityCommand
{
    private static readonly TimeSpan District = TimeSpan.FromHours(8);

    private readonly Wording _texts;
    private readonly TimeProvider _clock;
    private readonly BrokerOption _broker;
    private readonly Option<FileInfo> _registry;
    private readonly Option<FileInfo?> _credentials;
    private readonly Option<double> _speed;
    private readonly Option<int> _seed;
    private readonly Option<string> _storm;
    private readonly Option<double> _returnPeriod;
    private readonly Option<double> _stormMinutes;
    private readonly Option<double> _peak;
    private readonly Option<double> _stormStart;
    private readonly Option<double> _duration;
    private readonly Option<double> _interval;
    private readonly Option<string> _faults;
    private readonly Option<double> _fires;
    private readonly Option<FileInfo?> _labels;
    private readonly Option<FileInfo?> _stations;
    private readonly Option<int> _sl651Port;
    private readonly Option<int> _hj212Port;
    private readonly Option<int> _gb26875Port;
    private readonly Option<double> _loss;

    private CityCommand(Wording texts, TimeProvider clock)
    {
        (_texts, _clock) = (texts, clock);
        _broker = new BrokerOption(texts);
        _registry = new("--registry") { Description = texts["option.registry"], Required = true };
        _credentials = new("--credentials") { Description = texts["city.credentials"] };
        _speed = Positive("--speed", 1);
        _seed = Option("--seed", 1);
        _storm = Option("--storm", "none");
        _storm.AcceptOnlyFromAmong("none", "chicago", "2023-09-07");
        _returnPeriod = Positive("--return-period", 50);
        _stormMinutes = Positive("--storm-duration", 120);
        _peak = Option("--peak", 0.4);
        _peak.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<double>() is <= 0 or >= 1) r.AddError(texts["city.peak.invalid"]);
        });
        _stormStart = Option("--storm-start", 5.0);
        _duration = Option("--duration", 0.0);
        _interval = Option("--interval", 0.0);
        _faults = Option("--faults", "on");
        _faults.AcceptOnlyFromAmong("on", "off");
        _fires = Option("--fires", 2.0);
        _labels = new("--labels") { Description = texts["city.labels"] };
        _stations = new("--stations") { Description = texts["city.stations"] };
        (_sl651Port, _hj212Port, _gb26875Port) = (Option("--sl651-port", 0), Option("--hj212-port", 0), Option("--gb26875-port", 0));
        _loss = Option("--loss", 0.0);
    }

    public static Command Create(Wording texts, TimeProvider clock)
    {
        var city = new CityCommand(texts, clock);
        var command = new Command("city", texts["city"])
        {
            city._broker, city._registry, city._credentials, city._speed, city._seed, city._storm, city._returnPeriod, city._stormMinutes,
            city._peak, city._stormStart, city._duration, city._interval, city._faults, city._fires, city._labels,
            city._stations, city._sl651Port, city._hj212Port, city._gb26875Port, city._loss,
        };
        command.SetAction(city.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken interrupted)
    {
        var secrets = parsed.GetValue(_credentials) is { } file ? GatewaySecrets.Read(file.FullName) : null;
        var sensors = RegistryFile.Read(parsed.GetRequiredValue(_registry).FullName)
            .Where(s => s.Kind != SensorKind.Generic && secrets?.ContainsKey(s.Gateway) != false).ToArray();
        if (sensors.Length == 0) throw new InputException("city.nobody");
        var (seed, speed, start) = (parsed.GetValue(_seed), parsed.GetValue(_speed), _clock.GetUtcNow().ToOffset(District));
        var model = new CityModel(sensors, Options(parsed, start));
        var interval = parsed.GetValue(_interval);
        var schedule = new ReportSchedule(sensors, speed, interval > 0 ? TimeSpan.FromSeconds(interval) : null, seed, start);
        var faults = parsed.GetValue(_faults) == "on" ? new FaultPlan(sensors, seed, start) : null;
        using var labels = faults is not null && parsed.GetValue(_labels) is { } path
            ? new FaultLabels(new StreamWriter(path.FullName, append: false, new UTF8Encoding(false)), sensors) : null;
        var run = new CityRun(model, schedule, speed, seed, faults, labels, _clock, (gateway, asked) =>
            new GatewayLink(parsed.GetRequiredValue(_broker), gateway, secrets?[gateway], seed, _clock) { OnCommand = asked })
        {
            Stations = Stations(parsed, seed),
        };

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        var duration = parsed.GetValue(_duration);
        using var end = duration > 0 ? new CancellationTokenSource(TimeSpan.FromSeconds(duration), _clock) : new CancellationTokenSource();
        using var ending = end.Token.Register(stop.Cancel);
        var shown = new CityScreen(_texts, AnsiConsole.Console, _clock).ShowAsync(() => run.Progress, stop.Token);
        await run.RunAsync(stop.Token);
        await shown;
        if (run.Stations is { Links.Count: > 0, Counts: var counts })
            AnsiConsole.Console.Profile.Out.Writer.WriteLine(_texts["city.stations.line", counts.Sent, counts.Resent, counts.Taken, counts.Lost]);
        return 0;
    }

    private StationFleet? Stations(ParseResult parsed, int seed) =>
        parsed.GetValue(_stations) is not { } list ? null : new StationFleet(
            StationFrame.ReadList(list.FullName), parsed.GetRequiredValue(_broker).Host,
            form => parsed.GetValue(form switch { PayloadForm.Sl651 => _sl651Port, PayloadForm.Hj212 => _hj212Port, _ => _gb26875Port }),
            parsed.GetValue(_loss), seed, _clock);

    private CityOptions Options(ParseResult parsed, DateTimeOffset start) => new()
    {
        Seed = parsed.GetValue(_seed),
        Start = start,
        Storm = parsed.GetValue(_storm) switch
        {
            "chicago" => StormKind.Chicago,
            "2023-09-07" => StormKind.September2023,
            _ => StormKind.None,
        },
        ReturnPeriodYears = parsed.GetValue(_returnPeriod),
        StormDuration = TimeSpan.FromMinutes(parsed.GetValue(_stormMinutes)),
        PeakRatio = parsed.GetValue(_peak),
        StormDelay = TimeSpan.FromMinutes(parsed.GetValue(_stormStart)),
        FiresPerDay = parsed.GetValue(_fires),
    };

    private Option<T> Option<T>(string name, T value) =>
        new(name) { Description = _texts[$"city.{name[2..]}"], DefaultValueFactory = _ => value };

    private Option<double> Positive(string name, double value)
    {
        var option = Option(name, value);
        option.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<double>() <= 0) r.AddError(_texts["option.positive", name]);
        });
        return option;
    }
}
