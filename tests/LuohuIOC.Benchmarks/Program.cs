using LuohuIOC.Benchmarks;
using LuohuIOC.Benchmarks.Copies;
using LuohuIOC.Benchmarks.Decode;
using LuohuIOC.Benchmarks.Detectors;
using LuohuIOC.Benchmarks.Influx;
using LuohuIOC.Benchmarks.Ladder;
using LuohuIOC.Benchmarks.MadeWater;
using LuohuIOC.Benchmarks.Nab;
using LuohuIOC.Benchmarks.Nights;
using LuohuIOC.Benchmarks.Nowcast;
using LuohuIOC.Benchmarks.Outside;
using LuohuIOC.Benchmarks.Scale;
using LuohuIOC.Benchmarks.Scores;
using LuohuIOC.Benchmarks.Skab;
using LuohuIOC.Simulator.City;

// Tables go to files and documents as often as to a terminal.
Spectre.Console.AnsiConsole.Profile.Width = 220;
const string help =
    """
    ladder   [seconds]   messages/s: bare broker, + journal, + grains, + history (default 10 s a rung)
    latency  [seconds]   publish → alert at a SignalR client under 2,000, 8,000 and 40,000 messages/s (default 20 s each)
    capacity             start to ready, memory with 100,000 sensors
    silos    [seconds] [readings] [warm-up s] [rounds] [settings]   messages/s of one host and of three that form one city on the same processors (default 5, 1 and 20, 60, 3)
    nights   [minutes] [seed]   three hosts of one city in trouble (killed, stopped, frozen, the database killed or locked): is each fault one alert of the ledger (default 10, 1)
    scale    [times …]   memory, processor, disk and queries with the district once, 10 and 100 times in one host, and lines through them
    influx   [readings]  the InfluxDB sink beside a raw line-protocol file, posted to influxd in the same run (default 1,000,000)
    outage   [minutes]   influxd killed under 2,000 messages/s and back: alerts, memory, lag, and whether all arrives (default 10)
    outside  [seconds]   messages/s through mosquitto to one host, beside what mosquitto delivers at all (default 5 s a round)
    decode sl651|hj212|gb26875  one frame a line on standard input (hex; HJ 212 as text), one JSON line for each on standard output
    fuzz [frames] [seed]   mutated frames through the decoders (default 10,000,000)
    frames [loop]        frames/s a core, by BenchmarkDotNet and by a plain loop
    nab DIR OUT          the detector of single metrics on CSVs of timestamp,value (Numenta Anomaly Benchmark and its like)
                         OUT gets a file for each CSV at its path below DIR, or below DIR/data where DIR is a benchmark's own folder (labels/ beside data/, or data/valve1/)
    nab-prefix DIR       proof that it does not look ahead: scores of cut files against those of whole ones
    nab-score DIR OUT [--by-site] [--threshold-of DIR OUT]   what nab wrote for DIR against DIR/labels: standard score, cross-validated score by folder or site, events caught at few false alarms
    nab-pictures OUT DIR … [--skip FOLDER]   five hits and five misses as SVG
    skab DIR OUT [--fit ROWS] [--pca]   the stations' detector on the Skoltech Anomaly Benchmark's files; paths as for nab; the folder anomaly-free,
                         which the benchmark does not score, is passed over; ROWS 8 to 1000000 (default 400)
    skab-cross DIR       its false alarms and misses on SKAB's labelled files by level, with the level that other folders or files choose; DIR may hold copies
    copies nab|skab DIR OUT   a benchmark's files changed in eight or twelve ways, labels carried along, each a folder below OUT that the commands above take, or OUT as a whole
    made-water           the stations' detector on made drinking water: what it finds of made contaminations, beside the median of an hour
    nowcast [--storms N] [--seed S] [--pipes N]   expectation 15, 30 and 60 minutes ahead, learned and judged on simulated storms
    nowcast --prior DIR   the models that a host without history begins with: learned in four simulated cities, judged in a fifth
    storms               five storms over host and simulated city: how long before a flood its forecast is told, how many floods, how many false alarms
    residuals [storms] [city …]   the nowcast's residual as an alert in storms and dry weather: false alarms, and faults made into readings found
    detectors            cost of a reading in each detector
    city-alarms [days] [seed] [none|chicago|september2023] [storm day] [dry|storm]   alerts of the detectors in the simulated district; dry, storm: faults made then
    city-health [days] [seed] [none|chicago|september2023] [storm day]   sensors suspected and faults found in the simulated district
    all                  ladder, latency, capacity
    """;

try
{
    switch (args)
    {
        case ["serve", var rung, .. var settings]:
            return await RungHost.RunAsync(Arguments.Word<Rung>(rung, "serve: the rung"), settings);
        case ["ladder", ..]:
            return await LadderRunner.RunAsync(Seconds(10), [.. args.Skip(2).Select(rung => Arguments.Word<Rung>(rung, "ladder: a rung"))]);
        case ["latency", ..]:
            return await LatencyRunner.RunAsync(Seconds(20), args[Math.Min(2, args.Length)..]);
        case ["capacity"]:
            return await CapacityRunner.RunAsync();
        case ["silos", ..]:
            return await SilosRunner.RunAsync(
                Seconds(5), args.Length > 2 ? [WholeAt(2, "readings", 0, 1)] : [1, 20], args.Length > 3 ? TimeSpan.FromSeconds(WholeAt(3, "warm-up", 0, 0)) : SilosRunner.WarmUp,
                WholeAt(4, "rounds", SilosRunner.Rounds, 1), args[Math.Min(5, args.Length)..]);
        case ["outage", ..]:
            Arguments.AtMost(args[1..], "outage", 1);
            return await OutageRunner.RunAsync(WholeAt(1, "minutes", 10, 1));
        case ["nights", ..]:
            Arguments.AtMost(args[1..], "nights", 2);
            return await NightsRunner.RunAsync(TimeSpan.FromMinutes(NumberAt(1, "minutes", 10, 0.1)), WholeAt(2, "seed", 1, 0));
        case ["scale", .. var times]:
            return await ScaleRunner.RunAsync([.. times.Select(t => Arguments.Whole(t, "scale: times", 1, 10_000))]);
        case ["influx", ..]:
            Arguments.AtMost(args[1..], "influx", 1);
            return await InfluxRunner.RunAsync(WholeAt(1, "readings", 1_000_000, 1));
        case ["outside", ..]:
            Arguments.AtMost(args[1..], "outside", 1);
            return await OutsideRunner.RunAsync(Seconds(5));
        case ["nab", .. var rest]:
            return NabRunner.Run(rest);
        case ["nab-prefix", .. var rest]:
            return NabRunner.Prefix(rest);
        case ["nab-score", .. var rest]:
            return ScoreRunner.Run(rest);
        case ["nab-pictures", .. var rest]:
            return NabPictures.Run(rest);
        case ["detectors"]:
            return DetectorCost.Run();
        case ["city-alarms", ..]:
            Arguments.AtMost(args[1..], "city-alarms", 5);
            if (args.Length > 5 && args[5] is not ("dry" or "storm")) throw new BadArgumentException($"city-alarms: faults are made dry or storm, not '{args[5]}'.");
            return CityAlarms.Run(NumberAt(1, "days", 4, 0.01), WholeAt(2, "seed", 1, 0), Storm(3), NumberAt(4, "storm day", 3, 0), args.Length > 5 ? args[5] : "");
        case ["city-health", ..]:
            Arguments.AtMost(args[1..], "city-health", 4);
            return CityHealth.Run(NumberAt(1, "days", 10, 0.01), WholeAt(2, "seed", 1, 0), Storm(3), NumberAt(4, "storm day", 4, 0));
        case ["storms"]:
            return await ProductStorms.RunAsync();
        case ["residuals", ..]:
            return ResidualRunner.Run(args.Length > 2 ? [.. args.Skip(2).Select(seed => Arguments.Whole(seed, "residuals: a city", 0))] : [31, 32], WholeAt(1, "storms", 40, 2, 1_000));
        case ["nowcast", .. var rest]:
            return NowcastRunner.Run(rest);
        case ["skab", .. var rest]:
            return SkabRunner.Run(rest);
        case ["skab-cross", .. var rest]:
            return SkabCross.Run(rest);
        case ["copies", .. var rest]:
            return CopiesRunner.Run(rest);
        case ["made-water"]:
            return MadeWaterRunner.Run();
        case ["decode", ("sl651" or "hj212" or "gb26875") and var protocol]:
            return DecodeRunner.Run(protocol);
        case ["decode", ..]:
            throw new BadArgumentException("decode wants sl651, hj212 or gb26875, and nothing else.");
        case ["fuzz", .. var rest]:
            Arguments.AtMost(rest, "fuzz", 2);
            return FrameFuzz.Run(
                rest.Length > 0 ? Arguments.Whole(rest[0], "fuzz: frames", 1L, long.MaxValue) : 10_000_000,
                rest.Length > 1 ? Arguments.Whole(rest[1], "fuzz: seed", 0UL, ulong.MaxValue) : (ulong)Environment.TickCount64);
        case ["frames"]:
            return FrameRate.Run();
        case ["frames", "loop"]:
            return FrameRate.Loop();
        case [] or ["all"]:
            return await LadderRunner.RunAsync(Seconds(10), []) + await LatencyRunner.RunAsync(Seconds(20), []) + await CapacityRunner.RunAsync();
        case ["help" or "--help" or "-h"]:
            Console.WriteLine(help);
            return 0;
        default:
            throw new BadArgumentException($"There is no benchmark '{args[0]}', or it does not take '{string.Join(' ', args[1..])}'; help lists them all.");
    }
}
catch (BadArgumentException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

TimeSpan Seconds(double standard) => TimeSpan.FromSeconds(NumberAt(1, "seconds", standard, 0.1, 86_400));

// What stands at a place of the line, or the standard.
int WholeAt(int place, string name, int standard, int least, int most = int.MaxValue) => args.Length > place ? Arguments.Whole(args[place], $"{args[0]}: {name}", least, most) : standard;

double NumberAt(int place, string name, double standard, double least, double most = 10_000) => args.Length > place ? Arguments.Number(args[place], $"{args[0]}: {name}", least, most) : standard;

StormKind Storm(int place) => args.Length > place ? Arguments.Word<StormKind>(args[place], $"{args[0]}: the storm") : default;
